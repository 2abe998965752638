import * as z from 'zod';
import { JobId, JobKindName } from './job-event.ts';

/** What a schedule tells the function `start`. */
export const ScheduledJob = z.object({
  /** Of the schedule; jobs are called after it. */
  name: z.string().regex(/^[a-z][a-z-]{0,30}$/, 'must be 1 to 31 lower-case letters and hyphens'),
  job: JobKindName,
  input: z.record(z.string(), z.unknown()),
  /** How often the schedule comes at most: one job for each of these. */
  per: z.enum(['day', 'hour']),
  /** When it was due, ISO 8601; the same again where the schedule fires twice. */
  dueAt: z.iso.datetime(),
});
export type ScheduledJob = z.infer<typeof ScheduledJob>;

/** The id of a scheduled job: `sweep-2026-11-21`, or `scratch-2026-11-21T07` where it comes each hour. */
export const scheduledJobId = ({ name, per, dueAt }: Pick<ScheduledJob, 'name' | 'per' | 'dueAt'>): string =>
  JobId.parse(`${name}-${dueAt.slice(0, per === 'day' ? 10 : 13)}`);
