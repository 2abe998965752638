import * as z from 'zod';
import { ClassName, ContentType } from './primitives.ts';

/** A data class as a client has to know it. */
export const ClassItem = z
  .strictObject({
    name: ClassName,
    accepts: z.array(z.strictObject({ format: z.string(), contentTypes: z.array(ContentType) })),
    maxBytes: z.int().positive(),
    seal: z.boolean().describe('Stored encrypted under the data subject’s own key only'),
    subjects: z.boolean().describe('Needs `subject`'),
    topic: z
      .enum(['case', 'phrase'])
      .optional()
      .describe('`case`: needs `case`; `phrase`: listed by language, intent and variation, and takes no `case`'),
    attributes: z.record(z.string(), z.unknown()).describe('JSON Schema of the attributes'),
  })
  .meta({ id: 'ClassItem' });
export type ClassItem = z.infer<typeof ClassItem>;

/** Answer of `GET /classes`. */
export const ClassList = z.strictObject({ items: z.array(ClassItem) }).meta({ id: 'ClassList' });
export type ClassList = z.infer<typeof ClassList>;

/** Answer of `GET /health`. */
export const Health = z
  .strictObject({
    status: z.enum(['ok', 'unavailable']),
    deployment: z.string(),
    checks: z.record(z.string(), z.enum(['ok', 'unavailable'])),
  })
  .meta({ id: 'Health' });
export type Health = z.infer<typeof Health>;
