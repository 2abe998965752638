import * as z from 'zod';
import { parseHoldId } from '../retention/hold-row.ts';
import { Cursor, Limit } from './asset-query.ts';
import { AssetIdText, Instant, Reference } from './primitives.ts';
import { Reason } from './reason.ts';

/** What a hold can be laid on. A whole tenant is none: that would stop every deletion without a word to whom it concerns. */
export const HoldScopeName = z.enum(['asset', 'case', 'subject'], {
  error: 'must be `asset`, `case` or `subject`; a whole tenant cannot be held',
});

/** The id of a hold, as POST /holds answers it. */
export const HoldIdText = z
  .string()
  .max(200)
  .refine((text) => parseHoldId(text) !== undefined, 'must be the id of a hold; GET /holds lists them')
  .meta({ examples: ['case~C-17~01JZ8K2M4N6P8Q0R2S4T6V8W0X'] });

/** A legal hold. */
export const Hold = z
  .strictObject({
    holdId: HoldIdText,
    scope: HoldScopeName,
    scopeId: z.string(),
    state: z
      .enum(['in-force', 'released', 'ended'])
      .describe('`released`: seven days of grace run, then S3 lets go and it is `ended`'),
    reason: z.string(),
    placedAt: Instant,
    placedBy: z.string(),
    releasedAt: Instant.optional(),
    releasedBy: z.string().optional(),
    releaseReason: z.string().optional(),
    graceEndsAt: Instant.optional().describe('Before that nothing overdue goes'),
    endedAt: Instant.optional(),
    jobId: z.string().optional().describe('The job that lays it on the bytes'),
  })
  .meta({ id: 'Hold' });
export type Hold = z.infer<typeof Hold>;

/** Body of `POST /holds`. */
export const PlaceHold = z
  .strictObject({
    scope: HoldScopeName,
    id: z.string(),
    reason: Reason,
    anticipate: z
      .boolean()
      .optional()
      .describe('Also where the case or subject has no asset yet: it then covers what comes'),
  })
  .superRefine(({ scope, id, anticipate }, context) => {
    const { error } = (scope === 'asset' ? AssetIdText : Reference).safeParse(id);
    if (error) context.addIssue({ code: 'custom', path: ['id'], message: error.issues[0]?.message ?? '' });
    if (anticipate === true && scope === 'asset') {
      context.addIssue({ code: 'custom', path: ['anticipate'], message: 'goes with a case or a subject only' });
    }
  })
  .meta({ id: 'PlaceHold' });
export type PlaceHold = z.infer<typeof PlaceHold>;

/** Body of `POST /holds/{holdId}/release`. */
export const ReleaseHold = z.strictObject({ reason: Reason }).meta({ id: 'ReleaseHold' });

/** Query of `GET /holds`: those in force or in their grace, newest first; of one scope also those that ended. */
export const ListHolds = z
  .strictObject({ scope: HoldScopeName.optional(), id: Reference.optional(), limit: Limit, cursor: Cursor.optional() })
  .refine(({ scope, id }) => (scope === undefined) === (id === undefined), {
    message: '`scope` and `id` belong together',
    path: ['id'],
  });

/** Answer of `GET /holds`. */
export const HoldPage = z
  .strictObject({ items: z.array(Hold), cursor: z.string().optional() })
  .meta({ id: 'HoldPage' });

/** The path of an operation on one hold. */
export const HoldPath = z.strictObject({ holdId: HoldIdText });
