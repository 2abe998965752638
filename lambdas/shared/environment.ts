import type * as z from 'zod';

/** Parses a function's environment; a missing or wrong variable stops the first start and is named. */
export const parseEnvironment = <Schema extends z.ZodType>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): z.infer<Schema> => {
  const result = schema.safeParse(environment);
  if (result.success) return result.data;
  const names = result.error.issues.map(({ path, message }) => `${path.join('.')} (${message})`).join(', ');
  throw new Error(`The function's environment is not complete: ${names}. Deploy the stack that sets it again.`);
};
