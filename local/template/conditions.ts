import { exactly, resolve } from './intrinsics.ts';
import { describe, isRecord, listAt, recordAt, textAt } from './json.ts';
import type { Scope } from './scope.ts';
import { TemplateError } from './template-error.ts';

/** Makes the lookup of a template's conditions, each evaluated once. */
export const createConditions = (section: unknown, scope: () => Scope): ((name: string) => boolean) => {
  const conditions = recordAt(section, 'Conditions');
  const known = new Map<string, boolean | 'running'>();
  return (name) => {
    const value = known.get(name);
    if (value === 'running') throw new TemplateError(`the condition ${name} refers to itself`);
    if (value !== undefined) return value;
    if (!Object.hasOwn(conditions, name)) throw new TemplateError(`there is no condition ${name}`);
    known.set(name, 'running');
    const result = evaluateCondition(conditions[name], scope(), `Conditions.${name}`);
    known.set(name, result);
    return result;
  };
};

/** Evaluates a condition function of `Conditions` or `Rules`. */
export const evaluateCondition = (value: unknown, scope: Scope, place: string): boolean => {
  const [name, argument] = isRecord(value) ? (Object.entries(value)[0] ?? []) : [];
  switch (name) {
    case 'Condition':
      return scope.condition(textAt(argument, place));
    case 'Fn::Equals': {
      const [a, b] = exactly(2, argument, place).map((item) => comparable(resolve(item, scope, place)));
      return a === b;
    }
    case 'Fn::Not':
      return !evaluateCondition(exactly(1, argument, place)[0], scope, place);
    case 'Fn::And':
      return listAt(argument, place).every((item) => evaluateCondition(item, scope, place));
    case 'Fn::Or':
      return listAt(argument, place).some((item) => evaluateCondition(item, scope, place));
    case 'Fn::Contains': {
      const [list, item] = exactly(2, argument, place);
      const wanted = comparable(resolve(item, scope, place));
      return listAt(resolve(list, scope, place), place).some((candidate) => comparable(candidate) === wanted);
    }
    default:
      throw new TemplateError(`${place}: ${describe(value)} is not a condition function that is supported`);
  }
};

/** CloudFormation compares text: the number 1 equals "1". */
const comparable = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'symbol' ? '' : JSON.stringify(value);

/** Checks the template's `Rules` before anything is created; throws with the description of an assertion that fails. */
export const checkRules = (section: unknown, scope: Scope): void => {
  for (const [name, value] of Object.entries(recordAt(section, 'Rules'))) {
    const place = `Rules.${name}`;
    const rule = recordAt(value, place);
    if (rule['RuleCondition'] !== undefined && !evaluateCondition(rule['RuleCondition'], scope, place)) continue;
    for (const item of listAt(rule['Assertions'], place)) {
      const assertion = recordAt(item, place);
      if (evaluateCondition(assertion['Assert'], scope, place)) continue;
      throw new TemplateError(
        `the rule ${name} is not met: ${String(assertion['AssertDescription'] ?? 'it says no more')}`,
      );
    }
  }
};
