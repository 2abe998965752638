import { getAttParts, intrinsicName, subParts } from './intrinsics.ts';
import { isRecord, listAt, textAt } from './json.ts';
import { parseSub } from './sub.ts';

/**
 * The logical ids that a value refers to by `Ref`, `Fn::GetAtt` and `Fn::Sub`; parameters and pseudo parameters are among
 * them. Of `Fn::If` only the branch that its condition takes counts.
 */
export const referencesIn = (value: unknown, condition: (name: string) => boolean, place: string): Set<string> => {
  const found = new Set<string>();
  collect(value, { found, condition, place });
  return found;
};

interface Collector {
  readonly found: Set<string>;
  readonly condition: (name: string) => boolean;
  readonly place: string;
}

const collect = (value: unknown, collector: Collector): void => {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, collector);
    return;
  }
  if (!isRecord(value)) return;
  const name = intrinsicName(value, collector.place);
  if (name === undefined) collect(Object.values(value), collector);
  else collectIntrinsic(name, value[name], collector);
};

const collectIntrinsic = (name: string, argument: unknown, collector: Collector): void => {
  const { found, place, condition } = collector;
  if (name === 'Ref') {
    found.add(textAt(argument, place));
  } else if (name === 'Fn::GetAtt') {
    const [logicalId, attribute] = getAttParts(argument, place);
    found.add(logicalId);
    collect(attribute, collector);
  } else if (name === 'Fn::Sub') {
    const [text, variables] = subParts(argument, place);
    for (const part of parseSub(text, place)) {
      if (typeof part !== 'string' && !Object.hasOwn(variables, part.name)) found.add(part.name.split('.')[0] ?? '');
    }
    collect(variables, collector);
  } else if (name === 'Fn::If') {
    const [conditionName, ifTrue, ifFalse] = listAt(argument, place);
    collect(condition(textAt(conditionName, place)) ? ifTrue : ifFalse, collector);
  } else {
    collect(argument, collector);
  }
};
