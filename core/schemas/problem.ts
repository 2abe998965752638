import * as z from 'zod';
import { type ErrorCode, errorTable } from '../error.ts';

const codes = Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]];

/** Every error of the API, as RFC 9457 writes it (`application/problem+json`). */
export const Problem = z
  .strictObject({
    type: z.string().describe('`urn:mediakeep:error:` and the code'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('What failed, what is allowed and what to do'),
    code: z.enum(codes),
    retryable: z.boolean().describe('The same request may succeed later'),
    requestId: z.string(),
    fields: z
      .array(z.strictObject({ pointer: z.string(), message: z.string() }))
      .optional()
      .describe('The fields that are wrong, as JSON pointers; `#` before a name stands for a parameter or a header'),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;
