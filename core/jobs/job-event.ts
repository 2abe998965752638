import * as z from 'zod';
import { functionOfJob } from './job-function.ts';
import type { JobKind } from './job-row.ts';

const isJobKind = (text: string): text is JobKind => Object.hasOwn(functionOfJob, text);

/** A job's kind, as anybody may write it. */
export const JobKindName = z.custom<JobKind>((value) => typeof value === 'string' && isJobKind(value), {
  error: `must be one of ${Object.keys(functionOfJob).join(', ')}`,
});

/** Ids are names of executions, and leave room for the number of a successor. */
export const JobId = z.string().regex(/^[A-Za-z0-9-]{1,58}$/, 'must be 1 to 58 letters, digits and hyphens');

/** Where the pages of one name stand when an execution hands over to its successor. */
const CarriedPages = z.object({
  /** Where to go on; left out where all pages are done. */
  cursor: z.unknown().optional(),
  tally: z.unknown(),
  /** How many pages were done. */
  pages: z.int().min(0),
  isDone: z.boolean(),
});
export type CarriedPages = z.infer<typeof CarriedPages>;

/** The payload of a durable function. */
export const JobEvent = z.object({
  tenant: z.string().min(1),
  jobId: JobId,
  job: JobKindName,
  input: z.record(z.string(), z.unknown()),
  /** Which execution of the job this is; the first leaves it out. */
  part: z.int().min(2).max(9_999).optional(),
  /** What the executions before this one have done, by the name of the pages. */
  carried: z.record(z.string(), CarriedPages).optional(),
});
export type JobEvent = z.infer<typeof JobEvent>;

/** The name of the execution: the job's id, and the number of the part from the second on. */
export const executionName = ({ jobId, part }: Pick<JobEvent, 'jobId' | 'part'>): string =>
  part === undefined ? jobId : `${jobId}_${part}`;
