import type { ObserveDeps } from '../../../core/observe/ports.ts';
import { catalogLimits } from '../../../core/observe/write-all.ts';
import { locate, type World } from './world.ts';

/** What a call answers with when the schedule has it fail; one for all, because a stack costs more than a schedule. */
const failure = new Error('The schedule had this call fail.');

/** How a call ends: normally; not made, with an error; made, but the answer is lost. */
export type CallEnd = 'normal' | 'not-made' | 'answer-lost';

/** A worker between two calls: it stands still until the schedule lets its call happen. */
export interface Worker {
  readonly startedAt: number;
  isRunning(): boolean;
  /** Makes the call it stands at and lets it run to its next one. */
  step(end: CallEnd): Promise<void>;
}

type Call = <T>(make: () => T) => Promise<T>;

/**
 * Runs real asynchronous code one call at a time: what the code does between two calls cannot be interleaved in a
 * function either, because it waits for nothing.
 */
export const startWorker = async (startedAt: number, work: (call: Call) => Promise<void>): Promise<Worker> => {
  let pending: ((end: CallEnd) => void) | undefined;
  let running = true;
  let standStill: () => void = () => undefined;
  const call: Call = (make) =>
    new Promise((resolve, reject) => {
      pending = (end) => {
        if (end === 'not-made') return reject(failure);
        const answer = make();
        if (end === 'answer-lost') return reject(failure);
        resolve(answer);
      };
      standStill();
    });
  const nextStand = (): Promise<void> => new Promise((resolve) => (standStill = resolve));
  const begun = nextStand();
  const finish = (): void => {
    running = false;
    standStill();
  };
  work(call).then(finish, finish);
  await begun;
  return {
    startedAt,
    isRunning: () => running,
    step(end) {
      const make = pending;
      if (make === undefined || !running) throw new Error('The worker stands at no call.');
      pending = undefined;
      const stood = nextStand();
      make(end);
      return stood;
    },
  };
};

/** Limits under which a few versions need pages, and a few rows more than one transaction. */
const narrowLimits = { inRow: 2, inPage: 1, companions: 2 };

/** The ports of one worker over the model, each call of which waits for the schedule. */
export const portsOf = (world: World, call: Call, narrow: boolean): ObserveDeps => ({
  vault: {
    headVersion: (key, versionId) => call(() => world.bucket.head(key, versionId)),
    listVersions: (key) => call(() => world.bucket.list(key)),
    readText: (key) => call(() => world.bucket.read(key)),
  },
  catalog: {
    readAsset: (tenant, assetId) => call(() => world.table.readAsset(tenant, assetId)),
    // No asset of this model is packed; test/pack proves what packing does.
    readPacked: async () => undefined,
    writeAsset: (write) => call(() => world.table.write(write)),
  },
  clock: world.clock,
  locate,
  limits: narrow ? narrowLimits : catalogLimits,
});
