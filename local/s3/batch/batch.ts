import type { ServerResponse } from 'node:http';
import type { AwsRequest } from '../../aws/service.ts';
import type { S3Core } from '../core.ts';
import type { CopyNow } from '../replication/worker.ts';
import { batchRequest } from './batch-operations.ts';
import { computeChecksums } from './compute-checksums.ts';
import { openBatchJobs } from './job.ts';
import { runPage } from './run-job.ts';

/** S3 Batch Operations, as far as it copies what replication has not and computes checksums. */
export interface Batch {
  handle(request: AwsRequest, response: ServerResponse): Promise<void>;
  /** Works through all active jobs; resolves once none can go on. */
  run(): Promise<void>;
  wake(): void;
  close(): void;
}

/** Opens the jobs; what a killed process had begun goes on where it was. */
export const createBatch = (core: S3Core, copyNow: CopyNow, log: (line: string) => void): Batch => {
  const jobs = openBatchJobs(core.db);
  let closed = false;
  let running: Promise<void> = Promise.resolve();
  const runOnce = async (): Promise<void> => {
    for (const { id } of jobs.all().filter(({ status }) => status === 'Active')) {
      for (let at: number | undefined; !closed; ) {
        const job = jobs.find(id);
        if (job?.status !== 'Active' || core.isDown(job.region)) break;
        if (job.operation !== undefined) {
          await computeChecksums({ core, jobs }, job);
          break;
        }
        const next = await runPage({ core, jobs, copyNow }, job);
        if (next.status !== 'Active' || next.after?.seq === at) break;
        at = next.after?.seq;
      }
    }
  };
  const run = (): Promise<void> => {
    running = running.then(runOnce).catch((error: unknown) => {
      log(`S3 batch failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    });
    return running;
  };
  const wake = (): void => void setImmediate(() => (closed ? undefined : void run()));
  return {
    handle: (request, response) => batchRequest({ core, jobs, wake }, request, response),
    run,
    wake,
    close() {
      closed = true;
    },
  };
};
