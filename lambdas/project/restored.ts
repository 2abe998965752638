import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type AwaitedObject, jobKey } from '../../core/catalog/keys.ts';
import type { AwaitRows } from '../shared/await-rows.ts';
import { namedFailure } from '../shared/aws-failure.ts';
import { isConditionFailed } from '../shared/dynamodb-client.ts';
import { inParallel } from '../shared/in-parallel.ts';
import { mapInParallel } from '../shared/map-in-parallel.ts';
import type { WakeJob } from '../shared/wake-job.ts';

/** An object of which the catalog has left word that its copy can be read. */
export interface RestoredTask {
  readonly tenant: string;
  readonly object: AwaitedObject;
  /** The first of the batch's records that say so. */
  readonly first: string;
  /** When the word was left, in milliseconds. */
  readonly at: number;
}

/** Adds to what a job shows of its progress. */
export type CountRestored = (job: { readonly tenant: string; readonly jobId: string }, add: number) => Promise<void>;

/** What is needed to tell jobs of restored objects. */
export interface RestoredDeps {
  readonly rows: AwaitRows;
  readonly count: CountRestored;
  readonly wake: WakeJob;
}

/** A job and those of a batch's objects for which it waits. */
interface Waiting {
  readonly tenant: string;
  readonly jobId: string;
  readonly tasks: RestoredTask[];
}

const lanes = 8;

/** Tells every job that waits for one of the objects, and wakes those that wait for nothing more. Safe to repeat. */
export const tellRestored = async (
  tasks: readonly RestoredTask[],
  deps: RestoredDeps,
  failed: (task: RestoredTask, error: unknown) => void,
): Promise<void> => {
  const jobs = new Map<string, Waiting>();
  await inParallel(tasks, lanes, async (task) => {
    try {
      for (const jobId of await deps.rows.jobsWaitingFor(task.tenant, task.object)) {
        const name = JSON.stringify([task.tenant, jobId]);
        const known = jobs.get(name)?.tasks ?? [];
        jobs.set(name, { tenant: task.tenant, jobId, tasks: [...known, task] });
      }
    } catch (error) {
      failed(task, error);
    }
  });
  await inParallel([...jobs.values()], lanes, async (job) => {
    try {
      await tellJob(job, deps);
    } catch (error) {
      for (const task of job.tasks) failed(task, error);
    }
  });
};

/**
 * A job that waits for nothing but these objects is woken before its rows are removed, so that a wake that fails finds them
 * again. Afterwards it looks once more: another shard may have told of the others meanwhile, or the job has only now gone to
 * sleep.
 */
const tellJob = async ({ tenant, jobId, tasks }: Waiting, { rows, count, wake }: RestoredDeps): Promise<void> => {
  const objects = new Set(tasks.map(({ object }) => object));
  const wakeSleeper = async (): Promise<boolean> => {
    const callbackId = await rows.callback(tenant, jobId);
    // A job that has not gone to sleep yet looks at its rows when it does.
    if (callbackId === undefined) return false;
    await wake(callbackId);
    return true;
  };
  const left = await rows.left(tenant, jobId, objects.size + 1);
  const woken = left.every(({ object }) => objects.has(object)) && (await wakeSleeper());
  const answers = await mapInParallel([...objects], lanes, (object) => rows.remove({ tenant, jobId, object }));
  const isAwake = woken || ((await rows.left(tenant, jobId, 1)).length === 0 && (await wakeSleeper()));
  const removed = answers.filter(Boolean).length;
  // A job that is awake reports all of them itself.
  if (removed > 0 && !isAwake) await count({ tenant, jobId }, removed);
};

const jobIsRunning = 'attribute_exists(pk) AND summary.#state = :running';

/** Counts in the job's row; a count that is lost with a crash is made good when the job ends. */
export const createCountRestored =
  (client: DynamoDBDocumentClient, table: string): CountRestored =>
  async ({ tenant, jobId }, add) => {
    try {
      await client.send(
        new UpdateCommand({
          TableName: table,
          Key: jobKey(tenant, jobId),
          UpdateExpression:
            'SET progress.restored = if_not_exists(progress.restored, :none) + :add, revision = revision + :one',
          ConditionExpression: jobIsRunning,
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: { ':none': 0, ':one': 1, ':add': add, ':running': 'running' },
        }),
      );
    } catch (error) {
      if (!isConditionFailed(error)) throw namedFailure(error, 'UpdateItem');
    }
  };
