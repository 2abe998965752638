import { TemplateError } from './template-error.ts';

export type JsonRecord = Readonly<Record<string, unknown>>;

/** True for an object that is neither null nor a list. */
export const isRecord = (value: unknown): value is JsonRecord =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** The value as an object, an absent one as an empty object. */
export const recordAt = (value: unknown, what: string): JsonRecord => {
  if (value === undefined) return {};
  if (!isRecord(value)) throw new TemplateError(`${what} must be an object, not ${describe(value)}`);
  return value;
};

export const listAt = (value: unknown, what: string): readonly unknown[] => {
  if (!Array.isArray(value)) throw new TemplateError(`${what} must be a list, not ${describe(value)}`);
  return value;
};

/** Text as CloudFormation takes it: numbers and booleans are text too. */
export const textAt = (value: unknown, what: string): string => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TemplateError(`${what} must be text, not ${describe(value)}`);
};

/** How a value looks in an error message. */
export const describe = (value: unknown): string => {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? typeof value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
};
