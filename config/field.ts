import type { z } from 'zod';

/** What an error message about a field says besides its value. */
export interface FieldHelp {
  readonly allowed: string;
  readonly fix: string;
}

const helpOf = new WeakMap<z.ZodType, FieldHelp>();

/** Attaches to a schema what its error messages say. */
export const field = <Schema extends z.ZodType>(schema: Schema, help: FieldHelp): Schema => {
  helpOf.set(schema, help);
  return schema;
};

/** What {@link field} said of the schema. */
export const fieldHelp = (schema: z.ZodType): FieldHelp | undefined => helpOf.get(schema);
