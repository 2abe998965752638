import { BlockList, isIP } from 'node:net';
import { matchesArnGlob, splitArnGlob } from './arn-pattern.ts';
import { fillPolicyText, matchesGlob, parsePolicyText } from './glob.ts';
import type { RequestValues } from './request-values.ts';
import { UnsupportedPolicy } from './unsupported.ts';

/** Compares one value of the request with one value of the policy; undefined where the request's value is of another type. */
export type Comparison = (actual: string, values: RequestValues) => boolean | undefined;

/** Prepares the comparison with one value of a policy; throws {@link UnsupportedPolicy} for a value the operator cannot take. */
export type CompileComparison = (expected: string, variables: boolean) => Comparison;

/** An operator without `ForAllValues:`, `ForAnyValue:` and `IfExists`. */
export interface ConditionOperator {
  /** True for the `…Not…` operators: they hold when no value of the policy compares equal, also when the key is absent. */
  readonly negated: boolean;
  readonly compile: CompileComparison;
}

const stringComparison =
  (wildcards: boolean, ignoreCase: boolean): CompileComparison =>
  (expected, variables) => {
    const text = parsePolicyText(ignoreCase ? expected.toLowerCase() : expected, { wildcards, variables });
    return (actual, values) => {
      const glob = fillPolicyText(text, ignoreCase ? lowerCaseValues(values) : values);
      return glob !== undefined && matchesGlob(glob, ignoreCase ? actual.toLowerCase() : actual);
    };
  };

const lowerCaseValues =
  (values: RequestValues): RequestValues =>
  (key) => {
    const value = values(key);
    return typeof value === 'string' ? value.toLowerCase() : value;
  };

/** `ArnEquals` and `ArnLike` are the same in AWS: both know wildcards. */
const arnComparison: CompileComparison = (expected, variables) => {
  const text = parsePolicyText(expected, { wildcards: true, variables });
  const fixed = text.fixed && splitArnGlob(text.fixed);
  if (text.fixed !== undefined && fixed === undefined) {
    throw new UnsupportedPolicy(`\`${expected}\`, which has fewer than the six parts of an ARN,`);
  }
  return (actual, values) => {
    if (!/^arn:(?:[^:]*:){4}/.test(actual)) return undefined;
    const filled = fillPolicyText(text, values);
    const parts = fixed ?? (filled && splitArnGlob(filled));
    return parts !== undefined && matchesArnGlob(parts, actual);
  };
};

const typedComparison =
  <T>(read: (text: string) => T | undefined, holds: (actual: T, expected: T) => boolean): CompileComparison =>
  (expectedText) => {
    const expected = read(expectedText);
    if (expected === undefined) throw new UnsupportedPolicy(`the value \`${expectedText}\``);
    return (actualText) => {
      const actual = read(actualText);
      return actual === undefined ? undefined : holds(actual, expected);
    };
  };

const readNumber = (text: string): number | undefined => (/^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined);

/** ISO 8601 in the forms that W3C's note allows, or seconds since the epoch. */
const readDate = (text: string): number | undefined => {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  if (!/^\d{4}-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?)?$/.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
};

const readBoolean = (text: string): boolean | undefined => {
  const word = text.toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : undefined;
};

const readBinary = (text: string): Buffer | undefined =>
  /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;

const ipComparison: CompileComparison = (expected) => {
  const [address = '', prefixText] = expected.split('/');
  const version = isIP(address);
  const prefix = prefixText === undefined ? (version === 4 ? 32 : 128) : Number(prefixText);
  if (version === 0 || !Number.isInteger(prefix) || prefix < 0 || prefix > (version === 4 ? 32 : 128)) {
    throw new UnsupportedPolicy(`the address range \`${expected}\``);
  }
  const range = new BlockList();
  range.addSubnet(address, prefix, version === 4 ? 'ipv4' : 'ipv6');
  return (actual) => {
    const actualVersion = isIP(actual);
    return actualVersion === 0
      ? undefined
      : actualVersion === version && range.check(actual, `ipv${version === 4 ? 4 : 6}`);
  };
};

const positive = (compile: CompileComparison): ConditionOperator => ({ negated: false, compile });
const negated = (compile: CompileComparison): ConditionOperator => ({ negated: true, compile });
const numeric = (holds: (actual: number, expected: number) => boolean) => typedComparison(readNumber, holds);
const date = (holds: (actual: number, expected: number) => boolean) => typedComparison(readDate, holds);

const equal = (a: number, b: number): boolean => a === b;
const less = (a: number, b: number): boolean => a < b;
const lessOrEqual = (a: number, b: number): boolean => a <= b;
const greater = (a: number, b: number): boolean => a > b;
const greaterOrEqual = (a: number, b: number): boolean => a >= b;

/** Every operator that compares values, by its lower-case name; `Null` asks only for presence and stands apart. */
export const conditionOperators: ReadonlyMap<string, ConditionOperator> = new Map([
  ['stringequals', positive(stringComparison(false, false))],
  ['stringnotequals', negated(stringComparison(false, false))],
  ['stringequalsignorecase', positive(stringComparison(false, true))],
  ['stringnotequalsignorecase', negated(stringComparison(false, true))],
  ['stringlike', positive(stringComparison(true, false))],
  ['stringnotlike', negated(stringComparison(true, false))],
  ['numericequals', positive(numeric(equal))],
  ['numericnotequals', negated(numeric(equal))],
  ['numericlessthan', positive(numeric(less))],
  ['numericlessthanequals', positive(numeric(lessOrEqual))],
  ['numericgreaterthan', positive(numeric(greater))],
  ['numericgreaterthanequals', positive(numeric(greaterOrEqual))],
  ['dateequals', positive(date(equal))],
  ['datenotequals', negated(date(equal))],
  ['datelessthan', positive(date(less))],
  ['datelessthanequals', positive(date(lessOrEqual))],
  ['dategreaterthan', positive(date(greater))],
  ['dategreaterthanequals', positive(date(greaterOrEqual))],
  ['bool', positive(typedComparison(readBoolean, (actual, expected) => actual === expected))],
  ['binaryequals', positive(typedComparison(readBinary, (actual, expected) => actual.equals(expected)))],
  ['ipaddress', positive(ipComparison)],
  ['notipaddress', negated(ipComparison)],
  ['arnequals', positive(arnComparison)],
  ['arnlike', positive(arnComparison)],
  ['arnnotequals', negated(arnComparison)],
  ['arnnotlike', negated(arnComparison)],
]);
