import { MediakeepError } from '../../core/error.ts';
import type { AssetChange } from '../../core/statistics/change.ts';
import { partsOf } from '../../core/statistics/parts.ts';
import type { Clock } from '../../core/time.ts';
import { inParallel } from '../shared/in-parallel.ts';
import type { Journal } from '../shared/journal-bucket.ts';
import { type Arrival, type ArrivalDeps, arrivalsOf, holdArrivals } from './arrivals.ts';
import type { Counters } from './counters.ts';
import type { Report } from './report.ts';
import { type RestoredDeps, type RestoredTask, tellRestored } from './restored.ts';
import { type JournalTask, sortRecords } from './sort-records.ts';
import { streamBatch } from './stream-event.ts';

/** What the stream's function works with. */
export interface ProjectDeps {
  readonly counters: Counters;
  readonly journal: Journal;
  readonly restored: RestoredDeps;
  readonly arrivals: ArrivalDeps;
  readonly report: Report;
  readonly clock: Clock;
  /** Positions that this container has written; saves reading them. */
  readonly positions: Map<string, string>;
  /** Waits between tries; tests do not wait. */
  readonly pause: (tries: number) => Promise<void>;
}

/** What a call answers: a window keeps no state here, and the records from the first of these on come again. */
export interface ProjectAnswer {
  readonly state: Record<string, never>;
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

const journalLanes = 8;
const maxTries = 8;
/** So long a wake or a hold that fails comes again; then the shard goes on, and the job looks by itself when its time is over. */
const wakePatienceMs = 15 * 60_000;

/**
 * Works off one batch of one shard: first the journal, whose objects can be put again and again, then the counters with the
 * shard's position, which cannot. A record whose journal object failed holds back everything after it, so that the position
 * never passes what is not done. Jobs are woken and started last: that can be repeated too, and holds no counter back.
 */
export const project = async (event: unknown, deps: ProjectDeps): Promise<ProjectAnswer> => {
  const batch = streamBatch(event);
  if (batch.records.length === 0) return answer(undefined);
  const { changes, journal, restored } = sortRecords(batch, deps.report.refused);
  const failed = await writeJournal(journal, deps);
  const done = failed === undefined ? changes : changes.filter(({ sequence }) => BigInt(sequence) < BigInt(failed));
  const counters = await count(batch.shardId, done, deps);
  const asleep = await wake(restored, deps);
  const unheld = await hold(arrivalsOf(changes), deps);
  const newest = batch.records.at(-1)?.dynamodb.ApproximateCreationDateTime ?? 0;
  deps.report.projected({
    shardId: batch.shardId,
    records: batch.records.length,
    counters,
    journalled: journal.length,
    lagMs: Math.max(0, deps.clock.now() - newest * 1000),
  });
  return answer(earlier(earlier(failed, asleep), unheld));
};

const answer = (failed: string | undefined): ProjectAnswer => ({
  state: {},
  batchItemFailures: failed === undefined ? [] : [{ itemIdentifier: failed }],
});

/** Answers the first record whose journal object is not written. */
const writeJournal = async (tasks: readonly JournalTask[], deps: ProjectDeps): Promise<string | undefined> => {
  let failed: string | undefined;
  await inParallel(tasks, journalLanes, async ({ key, entry, first }) => {
    try {
      await deps.journal.write(key, entry);
    } catch (error) {
      deps.report.journalFailed(first, error);
      failed = earlier(failed, first);
    }
  });
  return failed;
};

/** Answers the first record whose jobs could not be told, and have to be. */
const wake = async (tasks: readonly RestoredTask[], deps: ProjectDeps): Promise<string | undefined> => {
  let failed: string | undefined;
  await tellRestored(tasks, deps.restored, ({ first, at }, error) => {
    deps.report.wakeFailed(first, error);
    if (deps.clock.now() - at <= wakePatienceMs) failed = earlier(failed, first);
    else deps.report.wakeGivenUp(first);
  });
  return failed;
};

/** Answers the first arrival that could not be held, and has to come again; later than that the hourly upkeep holds it. */
const hold = async (arrivals: readonly Arrival[], deps: ProjectDeps): Promise<string | undefined> => {
  let failed: string | undefined;
  await holdArrivals(arrivals, deps.arrivals, ({ first, at }, error) => {
    deps.report.holdFailed(first, error);
    if (deps.clock.now() - at <= wakePatienceMs) failed = earlier(failed, first);
  });
  return failed;
};

const earlier = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined || (b !== undefined && BigInt(b) < BigInt(a)) ? b : a;

/** Counts what is past the position, from wherever that stands; answers how many counters it changed. */
const count = async (shardId: string, changes: readonly AssetChange[], deps: ProjectDeps): Promise<number> => {
  if (changes.length === 0) return 0;
  const { counters, positions, pause } = deps;
  let position = positions.get(shardId) ?? (await counters.position(shardId));
  let changed = 0;
  for (let tries = 0; tries < maxTries; ) {
    const [part] = partsOf(changes, position);
    if (part === undefined) return changed;
    const result = await counters.commit(shardId, part);
    if (result.kind === 'busy') await pause(tries++);
    else {
      position = result.kind === 'written' ? part.to : result.position;
      if (result.kind === 'moved') tries++;
      else changed += part.counts.length;
      remember(positions, shardId, position);
    }
  }
  throw new MediakeepError(
    'unavailable',
    `The counters were changed by others ${maxTries} times; the batch comes again.`,
  );
};

const remember = (positions: Map<string, string>, shardId: string, position: string | undefined): void => {
  if (position === undefined) positions.delete(shardId);
  else positions.set(shardId, position);
};
