import type { S3Core } from '../core.ts';
import type { Bucket } from '../store/buckets.ts';
import type { ObjectVersion, ReplicationStatus } from '../store/object-version.ts';
import { announceReplication, type ReplicationEvent } from './announce-replication.ts';
import { copyVersion } from './copy-version.ts';
import { type FailureReason, ReplicationFailure } from './failure.ts';
import { type ReplicationRule, ruleFor } from './rule.ts';
import type { ReplicationTask } from './task-store.ts';

/** How the platform's replication is set. */
export interface ReplicationSettings {
  /** Time from a write to its copy, on the platform's clock. */
  readonly lagMs: number;
  readonly paused: boolean;
}

export interface WorkerDeps {
  readonly core: S3Core;
  readonly settings: () => ReplicationSettings;
  /** True for a region that is lost: nothing leaves it and nothing reaches it. */
  readonly isDown: (region: string) => boolean;
  /** Told of each copy that S3 gave up. */
  readonly failed: (source: Bucket, rule: ReplicationRule) => void;
  readonly log: (line: string) => void;
}

/** Makes the copies that are due, oldest first. */
export interface ReplicationWorker {
  /** Copies everything that is due; resolves once nothing is. */
  run(): Promise<void>;
  /** Says that something new is to be copied, or that nothing is in the way any more. */
  wake(): void;
  /** From now on: what waited until this instant was late, whenever it was written. */
  released(): void;
  /** Copies one version at once, whatever the lag. */
  readonly copyNow: CopyNow;
  close(): void;
}

/** Copies a version that has none and answers what has become of it; `PENDING` where a lost region holds it up. */
export type CopyNow = (source: Bucket, version: ObjectVersion) => Promise<ReplicationStatus | undefined>;

const batch = 100;
/** What is written within this time is copied together: a look for each object would cost as much as its copy. */
const gatherMs = 100;
const minutes = (count: number): number => count * 60_000;
/** A timer cannot wait longer. */
const longestWaitMs = 2 ** 31 - 1;

/** Opens the worker; what was left by a killed process is due at once. */
export const createReplicationWorker = (deps: WorkerDeps): ReplicationWorker => {
  const { core, settings, log } = deps;
  let openSince = core.clock.now();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let running: Promise<void> = Promise.resolve();
  const runOnce = async (): Promise<void> => {
    if (settings().paused || closed) return;
    const now = core.clock.now();
    for (const source of core.buckets.all()) {
      if (source.configuration.replication === undefined || deps.isDown(source.region)) continue;
      await copyDue(deps, source, { now, openSince, closed: () => closed });
      announceLate(deps, source, now);
    }
  };
  const run = (): Promise<void> => {
    running = running.then(runOnce).catch((error: unknown) => {
      log(`S3 replication failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    });
    return running;
  };
  const wake = (): void => {
    if (timer !== undefined || closed) return;
    const oldest = core.replicationTasks.oldest();
    const wait = oldest === undefined ? 0 : oldest + settings().lagMs - core.clock.now();
    timer = setTimeout(
      () => {
        timer = undefined;
        void run().then(() => wakeForLater());
      },
      Math.min(Math.max(gatherMs, wait), longestWaitMs),
    ).unref();
  };
  /** What is not due yet has its own time; what is held up is woken by whoever clears the way. */
  const wakeForLater = (): void => {
    if (closed) return;
    const oldest = core.replicationTasks.oldest();
    if (oldest !== undefined && oldest + settings().lagMs > core.clock.now()) wake();
  };
  const copyNow: CopyNow = async (source, version) => {
    const rule = ruleFor(source.configuration.replication, version);
    if (rule === undefined) return undefined;
    const destination = core.buckets.find(rule.destination.bucketArn.slice('arn:aws:s3:::'.length));
    if ([source, destination].some((bucket) => bucket !== undefined && deps.isDown(bucket.region))) return 'PENDING';
    const now = core.clock.now();
    core.change(() => {
      core.versions.setDetail(version, { ...version.detail, replication: 'PENDING' });
      core.replicationTasks.add({ ruleId: rule.id, kind: version.marker ? 'marker' : 'object', since: now }, version);
    });
    const task = core.replicationTasks.of(version);
    if (task !== undefined) await copyOne(deps, source, { task, at: now });
    return core.versions.bySequence(source.id, version.key, version.seq)?.detail.replication;
  };
  return {
    run,
    wake,
    copyNow,
    released() {
      openSince = core.clock.now();
      clearTimeout(timer);
      timer = undefined;
      wake();
    },
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
};

interface Run {
  readonly now: number;
  readonly openSince: number;
  readonly closed: () => boolean;
}

const copyDue = async (deps: WorkerDeps, source: Bucket, { now, openSince, closed }: Run): Promise<void> => {
  const { core, settings } = deps;
  const { lagMs } = settings();
  for (;;) {
    const tasks = core.replicationTasks.writtenUntil(source.id, now - lagMs, batch);
    let moved = false;
    for (const task of tasks) {
      if (closed()) return;
      const at = Math.min(now, Math.max(task.since + lagMs, openSince));
      moved = (await copyOne(deps, source, { task, at })) || moved;
    }
    if (tasks.length < batch || !moved) return;
  }
};

interface Due {
  readonly task: ReplicationTask;
  /** When the copy counts as made. */
  readonly at: number;
}

/** Answers false where the copy has to wait. */
const copyOne = async (deps: WorkerDeps, source: Bucket, { task, at }: Due): Promise<boolean> => {
  const { core } = deps;
  const version = core.versions.bySequence(source.id, task.key, task.seq);
  const configuration = source.configuration.replication;
  const rule = configuration?.rules.find(({ id, enabled }) => id === task.ruleId && enabled);
  if (version === undefined) {
    core.change(() => core.replicationTasks.remove(task));
    return true;
  }
  if (configuration === undefined || rule === undefined) {
    core.change(() => abandon(core, source, version, { task, at }));
    return true;
  }
  const destination = core.buckets.find(rule.destination.bucketArn.slice('arn:aws:s3:::'.length));
  if (destination !== undefined && deps.isDown(destination.region)) return false;
  const told = { task, at, destination: rule.destination.bucketArn };
  const settled = (status: 'COMPLETED' | 'FAILED', current: ObjectVersion): void => {
    core.versions.setDetail(current, { ...current.detail, replication: status });
    core.replicationTasks.remove(task);
  };
  try {
    if (destination === undefined) {
      throw new ReplicationFailure('DstBucketNotFound', `there is no bucket ${rule.destination.bucketArn}`);
    }
    const done = (current: ObjectVersion): void => {
      settled('COMPLETED', current);
      announceLateCopy(core, source, current, { rule, told });
    };
    await copyVersion({ core, done }, configuration.role, { source, destination, rule, version, kind: task.kind });
    core.change(() => core.replicationTasks.remove(task));
  } catch (error) {
    if (!(error instanceof ReplicationFailure)) throw error;
    giveUp(deps, source, { rule, task, at, failure: error, settled });
  }
  return true;
};

const announceLateCopy = (
  core: S3Core,
  source: Bucket,
  version: ObjectVersion,
  { rule, told }: { rule: ReplicationRule; told: { task: ReplicationTask; at: number; destination: string } },
): void => {
  const { promisedMinutes } = rule.destination;
  if (promisedMinutes === undefined || told.at <= told.task.since + minutes(promisedMinutes)) return;
  const tell = (event: ReplicationEvent, at: number) =>
    announceReplication(core, source, version, { ...told, at, event, thresholdMinutes: promisedMinutes });
  if (!told.task.missed) tell('OperationMissedThreshold', told.task.since + minutes(promisedMinutes));
  tell('OperationReplicatedAfterThreshold', told.at);
};

const giveUp = (
  { core, log, failed }: WorkerDeps,
  source: Bucket,
  {
    rule,
    task,
    at,
    failure,
    settled,
  }: Due & {
    rule: ReplicationRule;
    failure: ReplicationFailure;
    settled: (status: 'FAILED', current: ObjectVersion) => void;
  },
): void => {
  log(`S3 could not copy an object of ${source.name} by the rule ${rule.id}: ${failure.reason}: ${failure.message}`);
  const reason: FailureReason = failure.reason;
  core.change(() => {
    const current = core.versions.bySequence(source.id, task.key, task.seq);
    if (current === undefined) {
      core.replicationTasks.remove(task);
      return;
    }
    settled('FAILED', current);
    announceReplication(core, source, current, {
      event: 'OperationFailedReplication',
      task,
      at,
      destination: rule.destination.bucketArn,
      reason,
    });
  });
  failed(source, rule);
};

/** The rule is gone: nobody will copy this, and nobody measures it. */
const abandon = (core: S3Core, source: Bucket, version: ObjectVersion, { task, at }: Due): void => {
  core.versions.setDetail(version, { ...version.detail, replication: 'FAILED' });
  core.replicationTasks.remove(task);
  announceReplication(core, source, version, { event: 'OperationNotTracked', task, at, destination: '' });
};

const announceLate = ({ core }: WorkerDeps, source: Bucket, now: number): void => {
  const rules = new Map(source.configuration.replication?.rules.map((rule) => [rule.id, rule]));
  const promised = [...rules.values()].flatMap(({ destination }) => destination.promisedMinutes ?? []);
  const shortest = Math.min(...promised);
  if (!Number.isFinite(shortest)) return;
  for (;;) {
    const tasks = core.replicationTasks.unannounced(source.id, now - minutes(shortest), batch);
    core.change(() => {
      for (const task of tasks) announceMissed(core, source, task, rules.get(task.ruleId));
    });
    if (tasks.length < batch) return;
  }
};

const announceMissed = (
  core: S3Core,
  source: Bucket,
  task: ReplicationTask,
  rule: ReplicationRule | undefined,
): void => {
  core.replicationTasks.setMissed(task);
  const version = core.versions.bySequence(source.id, task.key, task.seq);
  const promisedMinutes = rule?.destination.promisedMinutes;
  if (version === undefined || rule === undefined || promisedMinutes === undefined) return;
  announceReplication(core, source, version, {
    event: 'OperationMissedThreshold',
    task,
    at: task.since + minutes(promisedMinutes),
    destination: rule.destination.bucketArn,
    thresholdMinutes: promisedMinutes,
  });
};
