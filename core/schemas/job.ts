import * as z from 'zod';
import { archiveTargets } from '../archive/archive-class.ts';
import { JobId, JobKindName } from '../jobs/job-event.ts';
import { Cursor, Limit } from './asset-query.ts';
import { AssetIdText, ClassName, Instant, Reference } from './primitives.ts';

const scopes = ['asset', 'case', 'subject', 'class'] as const;

const scopeShape = {
  asset: AssetIdText.optional(),
  case: Reference.optional(),
  subject: Reference.optional(),
  class: ClassName.optional(),
  from: Instant.optional().describe('Created at or after; not with `asset`'),
  to: Instant.optional().describe('Created before; not with `asset`'),
};

/** Which assets a job is about. */
export const JobScope = z.strictObject(scopeShape);
export type JobScope = z.infer<typeof JobScope>;

const oneScope = (scope: JobScope, context: z.core.$RefinementCtx): void => {
  const refuse = (path: string, message: string): void => {
    context.addIssue({ code: 'custom', path: [path], message });
  };
  const given = scopes.filter((name) => scope[name] !== undefined);
  if (given.length !== 1) {
    refuse(given[1] ?? 'asset', `a job is about exactly one of ${scopes.join(', ')}; this names ${given.length}`);
  }
  const timed = scope.from !== undefined || scope.to !== undefined;
  if (timed && scope.asset !== undefined) refuse('from', 'does not go with `asset`');
  if (scope.from !== undefined && scope.to !== undefined && Date.parse(scope.from) >= Date.parse(scope.to)) {
    refuse('to', 'must be later than `from`');
  }
};

const Reason = z
  .string()
  .trim()
  .min(3, 'must say why, in 3 to 500 characters')
  .max(500, 'must say why, in 3 to 500 characters')
  .meta({ examples: ['trial is over'] });

const Target = z
  .enum(archiveTargets)
  .default('glacier')
  .describe('`glacier-ir` is read at once, `glacier` in hours, `deep-archive` in up to two days');

const Budget = z
  .number()
  .min(0)
  .max(1_000_000)
  .optional()
  .describe('US dollars: within it the job begins at once, above it, or without it, the job waits to be confirmed');

/** Body of `POST /assets/{assetId}/archive`. */
export const ArchiveAsset = z.strictObject({ reason: Reason, storageClass: Target }).meta({ id: 'ArchiveAsset' });
export type ArchiveAsset = z.infer<typeof ArchiveAsset>;

/** Body of `POST /jobs/archive`. */
export const StartArchive = z
  .strictObject({ ...scopeShape, reason: Reason, storageClass: Target, budget: Budget })
  .superRefine(oneScope)
  .meta({ id: 'StartArchive' });
export type StartArchive = z.infer<typeof StartArchive>;

/** How soon a restored copy has to be there. */
export const RestoreSpeed = z.enum(['expedited', 'standard', 'bulk']);
export type RestoreSpeed = z.infer<typeof RestoreSpeed>;

/** Body of `POST /jobs/restore`. */
export const StartRestore = z
  .strictObject({
    ...scopeShape,
    tier: RestoreSpeed.default('standard').describe('`bulk` is cheapest; `expedited` is not for deep archives'),
    days: z.int().min(1).max(90).default(7).describe('How long the copies stay; then they vanish by themselves'),
    budget: Budget,
    reason: Reason.optional(),
  })
  .superRefine(oneScope)
  .meta({ id: 'StartRestore' });
export type StartRestore = z.infer<typeof StartRestore>;

/** What a job would do, take and cost, before it does it. */
export const JobEstimate = z
  .strictObject({
    assets: z.int().nonnegative().describe('Assets that the job would touch'),
    objects: z.int().nonnegative().describe('Requests to S3: a pack is one, whatever it holds'),
    bytes: z.number().nonnegative(),
    untouched: z.int().nonnegative().describe('Assets of the scope that need nothing, or cannot have it'),
    byStorageClass: z.record(z.string(), z.strictObject({ objects: z.int(), bytes: z.number() })),
    hours: z.number().nonnegative().describe('How long it takes at most'),
    cost: z.strictObject({
      currency: z.literal('USD'),
      total: z.number().nonnegative(),
      requests: z.number().nonnegative(),
      retrieval: z.number().nonnegative().optional(),
      copies: z.number().nonnegative().optional().describe('Keeping the restored copies for their days'),
      perMonthBefore: z.number().nonnegative().optional(),
      perMonthAfter: z.number().nonnegative().optional(),
      asOf: z.string().describe('The month of the price table'),
      estimated: z.boolean().describe('Some of the prices are estimates'),
    }),
    minimumDays: z.int().nonnegative().describe('S3 charges the storage class for so many days at least'),
    minimumCharge: z
      .number()
      .nonnegative()
      .describe('What those days cost in all, however early something is deleted or taken out'),
  })
  .meta({ id: 'JobEstimate' });
export type JobEstimate = z.infer<typeof JobEstimate>;

const states = ['waiting', 'running', 'succeeded', 'failed', 'cancelled'] as const;

const itemShape = {
  jobId: JobId,
  job: JobKindName,
  state: z.enum(states),
  createdAt: Instant,
  createdBy: z.string(),
  updatedAt: Instant,
};

/** What a list shows of a job. */
export const JobItem = z.strictObject(itemShape).meta({ id: 'JobItem' });
export type JobItem = z.infer<typeof JobItem>;

/** Answer of `GET /jobs/{jobId}` and of everything that starts or changes a job. */
export const Job = z
  .strictObject({
    ...itemShape,
    input: z.record(z.string(), z.unknown()).describe('What was asked for'),
    progress: z.record(z.string(), z.number()).describe('Counts of what is done'),
    result: z.record(z.string(), z.unknown()).optional(),
    failure: z.strictObject({ code: z.string(), message: z.string() }).optional(),
    estimate: JobEstimate.optional(),
  })
  .meta({ id: 'Job' });
export type Job = z.infer<typeof Job>;

/** Answer of `GET /jobs`. */
export const JobPage = z
  .strictObject({ items: z.array(JobItem), cursor: z.string().optional() })
  .meta({ id: 'JobPage' });
export type JobPage = z.infer<typeof JobPage>;

/** Query of `GET /jobs`. */
export const ListJobs = z.strictObject({
  state: z.enum(states).default('running'),
  limit: Limit,
  cursor: Cursor.optional(),
});
export type ListJobs = z.infer<typeof ListJobs>;

/** The path of an operation on one job. */
export const JobPath = z.strictObject({ jobId: JobId });
