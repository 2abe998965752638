import type { Comparison, ConditionOperator } from './condition-operators.ts';
import { conditionOperators } from './condition-operators.ts';
import type { RequestValues } from './request-values.ts';
import { UnsupportedPolicy } from './unsupported.ts';

/** One line of a `Condition` block, ready to be asked. */
export type Condition = (values: RequestValues) => boolean;

interface OperatorName {
  readonly set: 'all' | 'any' | undefined;
  readonly base: string;
  readonly ifExists: boolean;
}

/** Prepares a `Condition` block: every line of it must hold. Throws {@link UnsupportedPolicy} that names what is not known. */
export const compileConditions = (block: unknown, variables: boolean): readonly Condition[] => {
  if (block === undefined) return [];
  return entriesOf(block, 'Condition').flatMap(([operator, keys]) =>
    entriesOf(keys, `Condition operator ${operator}`).map(([key, expected]) => {
      try {
        return compileCondition(operator, key, policyValues(expected), variables);
      } catch (error) {
        if (!(error instanceof UnsupportedPolicy)) throw error;
        throw new UnsupportedPolicy(`${error.message} in Condition ${operator} of ${key}`);
      }
    }),
  );
};

const compileCondition = (name: string, key: string, expected: readonly string[], variables: boolean): Condition => {
  const operatorName = parseOperatorName(name);
  const keyName = key.toLowerCase();
  if (operatorName.base === 'null') return compileNull(operatorName, keyName, expected);
  const operator = conditionOperators.get(operatorName.base);
  if (operator === undefined) throw new UnsupportedPolicy('an unknown operator');
  const comparisons = expected.map((value) => operator.compile(value, variables));
  const holds = (actual: string, values: RequestValues) => holdsForValue(operator, comparisons, actual, values);
  if (operatorName.set !== undefined) return compileSet(operatorName.set, keyName, holds);
  return (values) => {
    const actual = values(keyName);
    if (actual === undefined) return operatorName.ifExists || operator.negated;
    if (typeof actual !== 'string') {
      throw new UnsupportedPolicy(
        `${name} on ${key}, which has several values and needs ForAllValues: or ForAnyValue:,`,
      );
    }
    return holds(actual, values);
  };
};

/** `ForAllValues:` holds on an absent key, `ForAnyValue:` does not; for both `IfExists` changes nothing. */
const compileSet =
  (set: 'all' | 'any', key: string, holds: (actual: string, values: RequestValues) => boolean): Condition =>
  (values) => {
    const actual = values(key) ?? [];
    const list = typeof actual === 'string' ? [actual] : actual;
    return set === 'all' ? list.every((value) => holds(value, values)) : list.some((value) => holds(value, values));
  };

/** A value of another type than the operator's compares with nothing: neither the operator nor its negation holds. */
const holdsForValue = (
  operator: ConditionOperator,
  comparisons: readonly Comparison[],
  actual: string,
  values: RequestValues,
): boolean => {
  for (const comparison of comparisons) {
    const result = comparison(actual, values);
    if (result === undefined) return false;
    if (result) return !operator.negated;
  }
  return operator.negated;
};

/** `"Null": { "key": "true" }` holds where the key is absent. */
const compileNull = ({ set, ifExists }: OperatorName, key: string, expected: readonly string[]): Condition => {
  if (set !== undefined || ifExists) throw new UnsupportedPolicy('Null with a set operator or IfExists');
  const wanted = expected.map((value) => {
    const word = value.toLowerCase();
    if (word !== 'true' && word !== 'false') throw new UnsupportedPolicy(`the value \`${value}\``);
    return word === 'true';
  });
  return (values) => wanted.includes(values(key) === undefined);
};

const parseOperatorName = (name: string): OperatorName => {
  let base = name.toLowerCase();
  const set = base.startsWith('forallvalues:') ? 'all' : base.startsWith('foranyvalue:') ? 'any' : undefined;
  if (set !== undefined) base = base.slice(base.indexOf(':') + 1);
  const ifExists = base.endsWith('ifexists');
  return { set, ifExists, base: ifExists ? base.slice(0, -'ifexists'.length) : base };
};

const policyValues = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).map((item) => {
    if (typeof item === 'string') return item;
    if (typeof item === 'boolean' || typeof item === 'number') return String(item);
    throw new UnsupportedPolicy('a value that is neither text, number nor boolean');
  });

const entriesOf = (value: unknown, name: string): [string, unknown][] => {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new UnsupportedPolicy(`${name}, which is not an object`);
  }
  return Object.entries(value);
};
