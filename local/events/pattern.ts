import { isJsonObject } from '../aws/json-object.ts';

/** True where an event fits. */
export type Pattern = (event: unknown) => boolean;

type Matcher = (value: unknown) => boolean;

/**
 * Reads the pattern of a rule: objects name fields, lists name what a field may be, a field that is a list fits if one of its
 * values does. A matcher that is not known is an error, since a rule that is half understood would be silent or loud.
 */
export const parsePattern = (pattern: unknown, path = ''): Pattern => {
  if (!isJsonObject(pattern)) throw new Error(`The pattern at ${path || 'its top'} must be an object or a list.`);
  const fields = Object.entries(pattern).map(([name, inner]) => {
    const at = path === '' ? name : `${path}.${name}`;
    return [name, Array.isArray(inner) ? anyOf(inner, at) : parsePattern(inner, at)] as const;
  });
  return (event) => fields.every(([name, fits]) => fits(isJsonObject(event) ? event[name] : undefined));
};

const anyOf = (matchers: readonly unknown[], path: string): Pattern => {
  const tests = matchers.map((matcher) => valueMatcher(matcher, path));
  return (value) => {
    const values = Array.isArray(value) ? value : [value];
    return tests.some((fits) => values.some(fits));
  };
};

const valueMatcher = (matcher: unknown, path: string): Matcher => {
  if (!isJsonObject(matcher)) return (value) => value === matcher;
  const [[name, argument] = ['', undefined], ...others] = Object.entries(matcher);
  const make = others.length === 0 ? matchers[name] : undefined;
  if (make === undefined) throw new Error(`The pattern at ${path} has a matcher \`${name}\` that is not known.`);
  return make(argument, path);
};

const onText =
  (test: (text: string, argument: string) => boolean) =>
  (argument: unknown): Matcher =>
  (value) =>
    typeof value === 'string' && test(value, String(argument));

const matchers: Readonly<Record<string, (argument: unknown, path: string) => Matcher>> = {
  exists: (argument) => (value) => (value !== undefined) === (argument === true),
  prefix: onText((text, prefix) => text.startsWith(prefix)),
  suffix: onText((text, suffix) => text.endsWith(suffix)),
  'equals-ignore-case': onText((text, other) => text.toLowerCase() === other.toLowerCase()),
  wildcard: onText((text, wildcard) => wildcardForm(wildcard).test(text)),
  'anything-but': (argument, path) => {
    const list = Array.isArray(argument) ? argument : [argument];
    const excluded = list.map((matcher) => valueMatcher(matcher, path));
    return (value) => value !== undefined && !excluded.some((fits) => fits(value));
  },
  numeric: (argument, path) => numeric(argument, path),
};

const wildcardForm = (wildcard: string): RegExp =>
  new RegExp(`^${wildcard.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 's');

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

const numeric = (argument: unknown, path: string): Matcher => {
  const list = Array.isArray(argument) ? argument : [];
  const pairs = Array.from({ length: Math.ceil(list.length / 2) }, (_, index) => list.slice(2 * index, 2 * index + 2));
  const tests = pairs.map(([sign, limit]) => {
    const compare = comparisons[String(sign)];
    if (compare === undefined || typeof limit !== 'number')
      throw new Error(`The pattern at ${path} compares no number.`);
    return (value: number) => compare(value, limit);
  });
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
};
