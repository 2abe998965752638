import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { jobKey } from '../../core/catalog/keys.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import type { OperatorTarget } from './operator-target.ts';

/** What a command reads of a job's row. */
const JobState = z.object({
  summary: z.object({
    state: z.enum(['waiting', 'running', 'succeeded', 'failed', 'cancelled']),
    updatedAt: z.string(),
  }),
  progress: z.record(z.string(), z.number()),
  result: z.record(z.string(), z.unknown()).optional(),
  failure: z.object({ code: z.string(), message: z.string() }).optional(),
});
export type FollowedJob = z.infer<typeof JobState>;

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** Told after each look in which the job has moved. */
  readonly onProgress?: (job: FollowedJob) => void;
  /** How long to wait between two looks. @default 2 seconds */
  readonly pauseMs?: number;
}

/**
 * Looks at the job until it is at its end, and answers what came of it. Throws a {@link CliError} for a job that failed or was
 * cancelled; whoever stops looking does not stop the job.
 */
export const followJob = async (
  target: OperatorTarget,
  { tenant, jobId }: { readonly tenant: string; readonly jobId: string },
  { signal, onProgress, pauseMs = 2_000 }: FollowOptions,
): Promise<Readonly<Record<string, unknown>>> => {
  const table = DynamoDBDocumentClient.from(new DynamoDBClient(target.aws()));
  let last = '';
  for (;;) {
    const { Item } = await table.send(
      new GetCommand({ TableName: target.catalogTable, Key: jobKey(tenant, jobId), ConsistentRead: true }),
    );
    if (Item === undefined) throw new CliError(exitCodes.notFound, `There is no job ${jobId}.`);
    const job = JobState.parse(Item);
    if (job.summary.updatedAt !== last) onProgress?.(job);
    last = job.summary.updatedAt;
    if (job.summary.state === 'succeeded') return job.result ?? {};
    if (job.summary.state === 'failed') throw new CliError(exitCodes.failed, job.failure?.message ?? 'The job failed.');
    if (job.summary.state === 'cancelled') throw new CliError(exitCodes.failed, `The job ${jobId} was cancelled.`);
    await pause(pauseMs, undefined, { signal });
  }
};
