import type { ClassItem } from '../core/schemas/class.ts';
import { CliError, exitCodes } from './exit-codes.ts';

/** Reads `name=value`; throws a {@link CliError} for another form. */
export const parseAttribute = (text: string): [string, string] => {
  const equals = text.indexOf('=');
  if (equals > 0) return [text.slice(0, equals), text.slice(equals + 1)];
  throw new CliError(exitCodes.usage, `\`${text}\` is not of the form name=value.`);
};

/** Command lines and paths carry text; the class's schema says which attributes are numbers, truth values or lists. */
export const typedAttributes = (
  attributes: Readonly<Record<string, string>>,
  { attributes: schema }: Pick<ClassItem, 'attributes'>,
): Record<string, unknown> =>
  Object.fromEntries(Object.entries(attributes).map(([name, text]) => [name, typedValue(text, typesOf(schema, name))]));

/** The types that the schema admits for an attribute, also where it names several. */
const typesOf = (schema: Record<string, unknown>, name: string): readonly unknown[] => {
  const property = field(field(schema, 'properties'), name);
  const alternatives = field(property, 'anyOf');
  const types = Array.isArray(alternatives) ? alternatives.map((one) => field(one, 'type')) : [field(property, 'type')];
  return types.flat();
};

const field = (holder: unknown, name: string): unknown =>
  typeof holder === 'object' && holder !== null && Object.hasOwn(holder, name) ? Reflect.get(holder, name) : undefined;

const typedValue = (text: string, types: readonly unknown[]): unknown => {
  const isNumber = text.trim() !== '' && Number.isFinite(Number(text));
  if (isNumber && (types.includes('number') || types.includes('integer'))) return Number(text);
  if (types.includes('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  if (types.includes('array')) return text.startsWith('[') ? jsonOr(text) : text.split(',').map((part) => part.trim());
  if (types.includes('object')) return jsonOr(text);
  return text;
};

/** What is no JSON stays text, and the service says what it wants instead. */
const jsonOr = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
