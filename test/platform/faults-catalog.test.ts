import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CalledIn, faultsOf, operationsOf, playFault, unharmed } from './fault-scenarios.ts';
import type { RunningPlatform } from './running-platform.ts';
import { runPlatform } from './running-platform.ts';

let running: RunningPlatform;
beforeAll(async () => {
  running = await runPlatform();
});
afterAll(() => running[Symbol.asyncDispose]());

/** Every call that the function makes, with what leads to it. */
const calls: readonly CalledIn[] = [
  ['s3 HeadObject', 'a file in one PUT'],
  ['s3 HeadObject', 'a deletion'],
  ['s3 GetObject', 'a deletion'],
  ['s3 ListObjectVersions', 'a deletion'],
  ['dynamodb GetItem', 'a deletion'],
  ['dynamodb TransactWriteItems', 'a file in one PUT'],
  ['dynamodb TransactWriteItems', 'a deletion'],
];

describe('whatever call of catalog fails, nothing is lost', () => {
  it.each(faultsOf(calls))('$scenario ends as it must, where $call ends in $kind, $times times', async (fault) => {
    const { struck, ...after } = await playFault(running, 'catalog', fault);

    expect(struck).toBeGreaterThanOrEqual(Math.min(fault.times, 4));
    expect(after).toEqual(unharmed(fault.scenario));
  });

  it('calls nothing else', () => {
    const known = new Set([...calls.map(([call]) => call)]);

    expect([...operationsOf(running, 'catalog')].filter((call) => !known.has(call))).toEqual([]);
  });
});
