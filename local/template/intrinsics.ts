import { describe, isRecord, listAt, recordAt, textAt } from './json.ts';
import type { Scope } from './scope.ts';
import { noValue, pseudoParameter } from './scope.ts';
import { parseSub } from './sub.ts';
import { TemplateError } from './template-error.ts';

/** Resolves every intrinsic function within a value; throws a {@link TemplateError} that names the place. */
export const resolve = (value: unknown, scope: Scope, place: string): unknown => {
  if (typeof value === 'string') return resolveText(value, place);
  if (Array.isArray(value)) {
    return value.map((item, index) => resolve(item, scope, `${place}[${index}]`)).filter((item) => item !== noValue);
  }
  if (!isRecord(value)) return value;
  const name = intrinsicName(value, place);
  if (name !== undefined) return callIntrinsic(name, value[name], scope, place);
  const entries = Object.entries(value).map(([key, item]) => [key, resolve(item, scope, `${place}.${key}`)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== noValue));
};

/** The intrinsic function that an object calls: `Ref`, `Fn::…`; undefined for an ordinary object. */
export const intrinsicName = (value: Readonly<Record<string, unknown>>, place: string): string | undefined => {
  const keys = Object.keys(value);
  const name = keys.find((key) => key.startsWith('Fn::') || (key === 'Ref' && keys.length === 1));
  if (name !== undefined && keys.length > 1) {
    throw new TemplateError(
      `${place}: ${name} must be the only key of its object, beside it stands ${keys.join(', ')}`,
    );
  }
  return name;
};

type Intrinsic = (argument: unknown, scope: Scope, place: string) => unknown;

const callIntrinsic = (name: string, argument: unknown, scope: Scope, place: string): unknown => {
  const intrinsic = intrinsics.get(name);
  if (intrinsic === undefined) {
    throw new TemplateError(`${place}: ${name} is not supported; supported are ${[...intrinsics.keys()].join(', ')}`);
  }
  return intrinsic(argument, scope, `${place}.${name}`);
};

const ref: Intrinsic = (argument, scope, place) => {
  const name = textAt(argument, place);
  const pseudo = pseudoParameter(name, scope);
  return pseudo === undefined ? scope.ref(name) : pseudo;
};

const getAtt: Intrinsic = (argument, scope, place) => {
  const [logicalId, attribute] = getAttParts(argument, place);
  return scope.attribute(logicalId, textAt(resolve(attribute, scope, place), place));
};

/** Both forms of `Fn::GetAtt`: a list, or `LogicalId.Attribute`, where the attribute may have dots of its own. */
export const getAttParts = (argument: unknown, place: string): [logicalId: string, attribute: unknown] => {
  if (typeof argument === 'string' && argument.includes('.')) {
    const dot = argument.indexOf('.');
    return [argument.slice(0, dot), argument.slice(dot + 1)];
  }
  const [logicalId, attribute] = exactly(2, argument, place);
  return [textAt(logicalId, place), attribute];
};

const sub: Intrinsic = (argument, scope, place) => {
  const [text, variables] = subParts(argument, place);
  return parseSub(text, place)
    .map((part) => (typeof part === 'string' ? part : subVariable(part.name, variables, scope, place)))
    .join('');
};

/** Both forms of `Fn::Sub`: a text, or a text with variables of its own. */
export const subParts = (
  argument: unknown,
  place: string,
): [text: string, variables: Readonly<Record<string, unknown>>] => {
  if (typeof argument === 'string') return [argument, {}];
  const [text, variables] = exactly(2, argument, place);
  return [textAt(text, place), recordAt(variables, place)];
};

const subVariable = (
  name: string,
  variables: Readonly<Record<string, unknown>>,
  scope: Scope,
  place: string,
): string => {
  const dot = name.indexOf('.');
  const value = Object.hasOwn(variables, name)
    ? resolve(variables[name], scope, place)
    : dot === -1
      ? ref(name, scope, place)
      : scope.attribute(name.slice(0, dot), name.slice(dot + 1));
  return textAt(value, `${place} \${${name}}`);
};

const join: Intrinsic = (argument, scope, place) => {
  const [delimiter, list] = exactly(2, argument, place);
  const parts = listAt(resolve(list, scope, place), place);
  return parts.map((part, index) => textAt(part, `${place}[${index}]`)).join(textAt(delimiter, place));
};

const split: Intrinsic = (argument, scope, place) => {
  const [delimiter, text] = exactly(2, argument, place);
  return textAt(resolve(text, scope, place), place).split(textAt(delimiter, place));
};

const select: Intrinsic = (argument, scope, place) => {
  const [indexValue, listValue] = exactly(2, argument, place);
  const index = Number(textAt(resolve(indexValue, scope, place), place));
  const list = listAt(resolve(listValue, scope, place), place);
  if (!Number.isInteger(index) || index < 0 || index >= list.length) {
    throw new TemplateError(`${place}: the index ${describe(indexValue)} is outside of the ${list.length} items`);
  }
  return list[index];
};

const conditional: Intrinsic = (argument, scope, place) => {
  const [name, ifTrue, ifFalse] = exactly(3, argument, place);
  return resolve(scope.condition(textAt(name, place)) ? ifTrue : ifFalse, scope, place);
};

const findInMap: Intrinsic = (argument, scope, place) => {
  const [map, top, second] = exactly(3, argument, place).map((item) => textAt(resolve(item, scope, place), place));
  return scope.mapping(map ?? '', top ?? '', second ?? '');
};

const importValue: Intrinsic = (argument, scope, place) =>
  scope.exported(textAt(resolve(argument, scope, place), place));

const getStackOutput: Intrinsic = (argument, scope, place) => {
  const { StackName, Region, OutputName, ...others } = recordAt(resolve(argument, scope, place), place);
  const unknown = Object.keys(others);
  if (unknown.length > 0)
    throw new TemplateError(`${place}: ${unknown.join(', ')} is not supported; the account is one`);
  const region = Region === undefined ? scope.region : textAt(Region, `${place}.Region`);
  return scope.stackOutput(textAt(StackName, `${place}.StackName`), region, textAt(OutputName, `${place}.OutputName`));
};

const base64: Intrinsic = (argument, scope, place) =>
  Buffer.from(textAt(resolve(argument, scope, place), place)).toString('base64');

const intrinsics: ReadonlyMap<string, Intrinsic> = new Map([
  ['Ref', ref],
  ['Fn::GetAtt', getAtt],
  ['Fn::Sub', sub],
  ['Fn::Join', join],
  ['Fn::Split', split],
  ['Fn::Select', select],
  ['Fn::If', conditional],
  ['Fn::FindInMap', findInMap],
  ['Fn::ImportValue', importValue],
  ['Fn::GetStackOutput', getStackOutput],
  ['Fn::Base64', base64],
]);

/** The arguments of a function that takes a fixed number of them. */
export const exactly = (count: number, argument: unknown, place: string): readonly unknown[] => {
  const list = listAt(argument, place);
  if (list.length !== count) throw new TemplateError(`${place} takes ${count} arguments, not ${list.length}`);
  return list;
};

const resolveText = (text: string, place: string): string => {
  if (text.includes('{{resolve:')) throw new TemplateError(`${place}: dynamic references are not supported: ${text}`);
  return text;
};
