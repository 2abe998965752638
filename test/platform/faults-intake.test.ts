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
  ['dynamodb BatchGetItem', 'a file in one PUT'],
  ['dynamodb PutItem', 'a file in one PUT'],
  ['dynamodb PutItem', 'a file that is there'],
  ['dynamodb PutItem', 'a wrong file'],
  ['s3 HeadObject', 'a file in one PUT'],
  ['s3 HeadObject', 'a file that is there'],
  ['s3 GetObject', 'a wrong file'],
  ['s3 CopyObject', 'a file in one PUT'],
  ['s3 CopyObject', 'a file without its digest'],
  ['s3 DeleteObjects', 'a file in one PUT'],
  ['s3 DeleteObjects', 'a file that is there'],
];

describe('whatever call of intake fails, nothing is lost', () => {
  it.each(faultsOf(calls))('$scenario ends as it must, where $call ends in $kind, $times times', async (fault) => {
    const { struck, ...after } = await playFault(running, 'intake', fault);

    expect(struck).toBeGreaterThanOrEqual(Math.min(fault.times, 4));
    expect(after).toEqual(unharmed(fault.scenario));
  });

  it('calls nothing else', () => {
    const known = new Set([...calls.map(([call]) => call), 'sqs ChangeMessageVisibility']);

    expect([...operationsOf(running, 'intake')].filter((call) => !known.has(call))).toEqual([]);
  });
});
