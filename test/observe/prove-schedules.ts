import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { observe } from '../../core/observe/observe.ts';
import { simulate } from './model/simulate.ts';

/** Which schedules to live through: seeds from the first on. */
export interface Range {
  readonly first: number;
  readonly count: number;
}

/** A schedule after which the catalog did not agree with the vault. */
export interface Counterexample {
  readonly seed: number;
  readonly disagreements: readonly string[];
}

const enough = 3;

/** Lives through a range of schedules with the protocol that ships, in so many threads; answers with what went wrong. */
export const proveSchedules = async (
  { first, count }: Range,
  threads: number,
  done: (schedules: number) => void = () => undefined,
): Promise<readonly Counterexample[]> => {
  const share = Math.ceil(count / threads);
  const ranges = Array.from({ length: threads }, (_, thread) => ({
    first: first + thread * share,
    count: Math.max(0, Math.min(share, count - thread * share)),
  }));
  return (await Promise.all(ranges.map((range) => inThread(range, done)))).flat();
};

const inThread = (range: Range, done: (schedules: number) => void): Promise<readonly Counterexample[]> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: range });
    worker.on('message', (message: number | readonly Counterexample[]) => {
      if (typeof message === 'number') done(message);
      else resolve(message);
    });
    worker.on('error', reject);
  });

const reportEvery = 1000;

const prove = async ({ first, count }: Range, report: (schedules: number) => void): Promise<Counterexample[]> => {
  const found: Counterexample[] = [];
  for (let index = 0; index < count && found.length < enough; index++) {
    const disagreements = await simulate(first + index, observe);
    if (disagreements.length > 0) found.push({ seed: first + index, disagreements });
    if ((index + 1) % reportEvery === 0) report(reportEvery);
  }
  return found;
};

if (!isMainThread && parentPort !== null && isRange(workerData)) {
  const port = parentPort;
  port.postMessage(await prove(workerData, (schedules) => port.postMessage(schedules)));
}

/** True in a thread that this module has started, and in no other. */
function isRange(data: unknown): data is Range {
  return typeof data === 'object' && data !== null && 'first' in data && 'count' in data;
}
