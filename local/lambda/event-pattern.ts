import { isJsonObject, type JsonObject } from '../aws/json-object.ts';

type Matcher = (value: unknown) => boolean;

/**
 * Makes a test of an event pattern as event source mappings filter by: objects name fields, lists name what a field may be.
 * Exact values, `prefix`, `exists` and `anything-but` are offered; any other matcher is refused, since a filter that is not
 * understood must not let through or hold back anything.
 */
export const eventPattern = (pattern: unknown, path = ''): Matcher => {
  if (Array.isArray(pattern)) return anyOf(pattern.map((matcher) => valueMatcher(matcher, path)));
  if (!isJsonObject(pattern)) throw new Error(`The filter at ${path || 'its top'} must be an object or a list.`);
  const fields = Object.entries(pattern).map(
    ([name, inner]) => [name, eventPattern(inner, path === '' ? name : `${path}.${name}`)] as const,
  );
  return (value) => fields.every(([name, matches]) => matches(isJsonObject(value) ? value[name] : undefined));
};

const anyOf =
  (matchers: readonly Matcher[]): Matcher =>
  (value) =>
    matchers.some((matches) => matches(value));

const valueMatcher = (matcher: unknown, path: string): Matcher => {
  if (!isJsonObject(matcher)) return (value) => value === matcher;
  const [[name, argument] = ['', undefined], ...others] = Object.entries(matcher);
  const make = others.length === 0 ? matcherKinds[name] : undefined;
  if (make !== undefined) return make(argument, path);
  throw new Error(
    `The filter at ${path} uses \`${Object.keys(matcher).join(', ')}\`, which the platform does not offer.`,
  );
};

const matcherKinds: Readonly<Record<string, (argument: unknown, path: string) => Matcher>> = {
  exists: (argument) => (value) => (value !== undefined) === (argument === true),
  prefix: (argument) => (value) => typeof value === 'string' && value.startsWith(String(argument)),
  'anything-but': (argument) => {
    const excluded = new Set(Array.isArray(argument) ? argument : [argument]);
    return (value) => value !== undefined && !excluded.has(value);
  },
};

/** A test of several patterns, given as JSON text: one has to match. Without any, everything passes. */
export const eventPatterns = (patterns: readonly string[]): ((record: JsonObject) => boolean) => {
  if (patterns.length === 0) return () => true;
  return anyOf(patterns.map((text) => eventPattern(JSON.parse(text))));
};
