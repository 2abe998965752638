import type { RequestValues } from './request-values.ts';
import { UnsupportedPolicy } from './unsupported.ts';

/** `*` of a pattern: any run of characters, also none, also `/` and `:`. */
const any = -1;
/** `?` of a pattern: exactly one character. */
const one = -2;

/** UTF-16 code units, {@link any} and {@link one}. */
type Units = readonly number[];

/** A pattern, ready to be matched. */
export interface Glob {
  readonly units: Units;
  /** What stands before the first wildcard, compared as text because that is quick. */
  readonly prefix: string;
}

interface Variable {
  /** Lower case. */
  readonly name: string;
  readonly fallback: string | undefined;
}

/** Text of a policy with its wildcards and `${…}` variables recognised. */
export interface PolicyText {
  readonly parts: readonly (Units | Variable)[];
  /** The whole, where no variable has to be filled in. */
  readonly fixed: Glob | undefined;
}

export interface PolicyTextOptions {
  /** `*` and `?` are wildcards; otherwise they stand for themselves. */
  readonly wildcards: boolean;
  /** `${…}` is a variable, as in policies of version 2012-10-17; otherwise it stands for itself. */
  readonly variables: boolean;
}

/** Reads a text of a policy; throws {@link UnsupportedPolicy} for a malformed variable. */
export const parsePolicyText = (text: string, options: PolicyTextOptions): PolicyText => {
  const parts: (Units | Variable)[] = [];
  let from = 0;
  for (let start = text.indexOf('${'); options.variables && start !== -1; start = text.indexOf('${', from)) {
    const end = text.indexOf('}', start);
    if (end === -1) throw new UnsupportedPolicy(`the variable without a closing brace in \`${text}\``);
    if (start > from) parts.push(parseUnits(text.slice(from, start), options.wildcards));
    parts.push(parseVariable(text.slice(start + 2, end), text));
    from = end + 1;
  }
  if (from < text.length) parts.push(parseUnits(text.slice(from), options.wildcards));
  return { parts, fixed: parts.every(isUnits) ? toGlob(parts.flat()) : undefined };
};

/** Reads a pattern without variables. */
export const parseGlob = (text: string): Glob => toGlob(parseUnits(text, true));

/** Fills the variables in; undefined where one has no value, or several. A wildcard within a value stands for itself. */
export const fillPolicyText = ({ parts, fixed }: PolicyText, values: RequestValues): Glob | undefined => {
  if (fixed !== undefined) return fixed;
  const filled: number[] = [];
  for (const part of parts) {
    if (isUnits(part)) {
      filled.push(...part);
    } else {
      const value = values(part.name) ?? part.fallback;
      if (typeof value !== 'string') return undefined;
      filled.push(...literal(value));
    }
  }
  return toGlob(filled);
};

/** Makes a pattern of its units. */
export const toGlob = (units: Units): Glob => {
  const wildcard = units.findIndex((unit) => unit < 0);
  return { units, prefix: String.fromCharCode(...(wildcard === -1 ? units : units.slice(0, wildcard))) };
};

/** True if the pattern matches the whole text; takes at most pattern length × text length steps. */
export const matchesGlob = ({ units, prefix }: Glob, text: string, from = 0, to = text.length): boolean => {
  if (!text.startsWith(prefix, from)) return false;
  let at = from + prefix.length;
  let inGlob = prefix.length;
  let retryGlob = -1;
  let retryAt = from;
  while (at < to) {
    const wanted = units[inGlob];
    if (wanted === any) {
      retryGlob = ++inGlob;
      if (inGlob === units.length) return true;
      retryAt = at;
    } else if (wanted === one || wanted === text.charCodeAt(at)) {
      at += wanted === one ? characterLength(text, at) : 1;
      inGlob += 1;
    } else if (retryGlob !== -1) {
      inGlob = retryGlob;
      at = ++retryAt;
    } else {
      return false;
    }
  }
  while (units[inGlob] === any) inGlob += 1;
  return inGlob === units.length && at === to;
};

const isUnits = (part: Units | Variable): part is Units => Array.isArray(part);

const literal = (text: string): number[] => Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));

const parseUnits = (text: string, wildcards: boolean): Units => {
  if (!wildcards) return literal(text);
  return literal(text).map((unit) => (unit === 0x2a ? any : unit === 0x3f ? one : unit));
};

const parseVariable = (inner: string, text: string): Units | Variable => {
  if (inner === '*' || inner === '?' || inner === '$') return literal(inner);
  const match = /^([\w:/.@+=-]+)(?:, '([^']*)')?$/.exec(inner);
  if (match?.[1] === undefined) throw new UnsupportedPolicy(`the variable \`\${${inner}}\` in \`${text}\``);
  return { name: match[1].toLowerCase(), fallback: match[2] };
};

/** A character outside the basic plane takes two code units. */
const characterLength = (text: string, at: number): number => ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
