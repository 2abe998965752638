import { recordAt, textAt } from './json.ts';
import { TemplateError } from './template-error.ts';

/** Finds the value of a parameter of Systems Manager in a region; undefined where there is none. */
export type FindSsmParameter = (name: string, region: string) => string | undefined;

/**
 * Values of a template's parameters: their defaults, since nobody is asked for others. One of a Systems Manager type holds the
 * name of the parameter that has the value.
 */
export const parameterValues = (
  section: unknown,
  region: string,
  findSsmParameter: FindSsmParameter,
): ReadonlyMap<string, unknown> => {
  const values = new Map<string, unknown>();
  for (const [name, value] of Object.entries(recordAt(section, 'Parameters'))) {
    const { Type, Default } = recordAt(value, `Parameters.${name}`);
    const type = textAt(Type, `Parameters.${name}.Type`);
    if (Default === undefined) {
      throw new TemplateError(`the parameter ${name} has no default; the embedded platform asks for no values`);
    }
    const text = textAt(Default, `Parameters.${name}.Default`);
    values.set(name, typedValue(type, ssmValue(type, text, { name, region, findSsmParameter })));
  }
  return values;
};

const ssmType = /^AWS::SSM::Parameter::Value<(.*)>$/;

const ssmValue = (
  type: string,
  text: string,
  { name, region, findSsmParameter }: { name: string; region: string; findSsmParameter: FindSsmParameter },
): string => {
  if (!ssmType.test(type)) return text;
  const value = findSsmParameter(text, region);
  if (value === undefined) {
    throw new TemplateError(
      `the parameter ${name} names ${text} of Systems Manager, which does not exist in ${region}`,
    );
  }
  return value;
};

const typedValue = (type: string, text: string): unknown => {
  const plainType = ssmType.exec(type)?.[1] ?? type;
  const isList = plainType === 'CommaDelimitedList' || plainType.startsWith('List<');
  return isList ? text.split(',').map((item) => item.trim()) : text;
};
