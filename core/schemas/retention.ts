import * as z from 'zod';
import { retentionRuleIds } from '../retention/decide.ts';
import { parseDuration } from '../retention/duration.ts';
import { Cursor } from './asset-query.ts';
import { Hold } from './hold.ts';
import { AssetIdText, ClassName, Instant, Principal } from './primitives.ts';
import { Reason } from './reason.ts';

/** A time after creation: `30d` or `12h`. */
export const DurationText = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, 'must be whole days or hours such as `30d` or `12h`')
  .meta({ examples: ['30d'] });

/** Answer of `GET /assets/{assetId}/why`. */
export const Why = z
  .strictObject({
    assetId: AssetIdText,
    state: z.enum(['kept', 'cold', 'held', 'restricted', 'due']),
    deleteAt: Instant.optional().describe(
      'When it is to be deleted; absent where nothing ends it or a hold is in force',
    ),
    coldAt: Instant.optional().describe('When it may go to its cold class'),
    keepUntil: Instant.optional().describe('Before that nobody may delete it'),
    storageClass: z.string().describe('The class of S3 in which the bytes lie now, whatever the rules say'),
    packId: z.string().optional().describe('The pack in which they lie there'),
    text: z.string().describe('The decision in words'),
    because: z
      .array(z.strictObject({ rule: z.enum(retentionRuleIds), says: z.string() }))
      .describe('The rules that decided, the strongest first'),
    holds: z.array(Hold).describe('Every hold that covers it'),
  })
  .meta({ id: 'Why' });
export type Why = z.infer<typeof Why>;

const Rule = z.strictObject({
  deleteAfter: DurationText,
  reason: z.string(),
  setAt: Instant,
  setBy: z.string(),
});

/** What decides over one class in this tenant. */
export const ClassRetention = z
  .strictObject({
    class: ClassName,
    deleteAfter: DurationText.optional().describe('What the class says'),
    floor: DurationText.optional().describe('Before that nothing of it may be deleted: of class or law, the later one'),
    coldAfter: DurationText.optional(),
    cold: z.string().optional(),
    allowed: z
      .strictObject({ least: DurationText, most: DurationText })
      .describe('What a tenant or a user may choose; only ever shorter than class and law'),
    tenant: Rule.optional().describe('What the tenant says'),
    users: z
      .array(z.strictObject({ principal: Principal, ...Rule.shape }))
      .describe('What users wish for what they uploaded: all for managers, otherwise one’s own'),
  })
  .meta({ id: 'ClassRetention' });
export type ClassRetention = z.infer<typeof ClassRetention>;

/** Answer of `GET /retention`. */
export const RetentionList = z.strictObject({ items: z.array(ClassRetention) }).meta({ id: 'RetentionList' });

/** Body of `PUT /retention/…`; null takes the rule away. */
export const SetRetention = z
  .strictObject({ deleteAfter: DurationText.nullable(), reason: Reason })
  .meta({ id: 'SetRetention' });
export type SetRetention = z.infer<typeof SetRetention>;

/** Answer of `PUT /retention/…`: the class as it stands, and the job that moves what is there. */
export const RetentionChanged = z
  .strictObject({ ...ClassRetention.shape, jobId: z.string().optional() })
  .meta({ id: 'RetentionChanged' });
export type RetentionChanged = z.infer<typeof RetentionChanged>;

export const ClassPath = z.strictObject({ class: ClassName });
export const UserClassPath = z.strictObject({ principal: Principal, class: ClassName });

const Change = z
  .strictObject({
    class: ClassName,
    deleteAfter: DurationText.nullable().optional().describe('null: never'),
    coldAfter: DurationText.nullable().optional().describe('null: never'),
    cold: z.enum(['standard-ia', 'glacier-ir', 'glacier', 'deep-archive']).optional(),
  })
  .refine((change) => [change.deleteAfter, change.coldAfter, change.cold].some((value) => value !== undefined), {
    message: 'must change something',
  });

/** Body of `POST /retention/simulate`. One call looks at a page of the catalog; the cursor leads to the next. */
export const SimulateRetention = z
  .strictObject({
    changes: z.array(Change).min(1).max(20),
    days: z.int().min(1).max(3653).default(365).describe('How far to look ahead'),
    cursor: Cursor.optional(),
  })
  .refine(({ changes }) => new Set(changes.map((change) => change.class)).size === changes.length, {
    message: 'must name each class once',
    path: ['changes'],
  })
  .meta({ id: 'SimulateRetention' });
export type SimulateRetention = z.infer<typeof SimulateRetention>;

const Counted = z.strictObject({ assets: z.int(), bytes: z.int() });
const OneDay = z.strictObject({ day: z.string(), deleted: Counted, archived: Counted });

/** Answer of `POST /retention/simulate`: what the change would do to the assets of this page; pages add up. */
export const RetentionSimulation = z
  .strictObject({
    assets: z.int().describe('Looked at'),
    bytes: z.int(),
    held: z.int().describe('Kept by a hold, whatever the rules say'),
    changed: z.int().describe('Assets for which the change makes a difference'),
    days: z.array(OneDay).describe('What the changed rules would do, by day; what is overdue stands at today'),
    before: z.strictObject({ deleted: Counted, archived: Counted, cost: z.number() }),
    after: z.strictObject({ deleted: Counted, archived: Counted, cost: z.number() }),
    currency: z.literal('USD'),
    pricesAsOf: z.string().describe('Month of the price table; storage and transitions over `days`, without taxes'),
    cursor: z.string().optional(),
  })
  .meta({ id: 'RetentionSimulation' });
export type RetentionSimulation = z.infer<typeof RetentionSimulation>;

/** Body of `POST /assets/{assetId}/purge`. */
export const PurgeAsset = z.strictObject({ reason: Reason.optional() }).meta({ id: 'PurgeAsset' });

/** Answer of `POST /assets/{assetId}/purge`. */
export const PurgeStarted = z.strictObject({ assetId: AssetIdText, jobId: z.string() }).meta({ id: 'PurgeStarted' });
export type PurgeStarted = z.infer<typeof PurgeStarted>;
