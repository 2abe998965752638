import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScenarioName } from './fault-scenarios.ts';
import { failures, operationsOf, playUnderFault, scenarios } from './fault-scenarios.ts';
import type { RunningPlatform } from './running-platform.ts';
import { runPlatform } from './running-platform.ts';
import { deadLetters } from './settling.ts';
import { disagreements } from './vault-and-catalog.ts';

let running: RunningPlatform;
beforeAll(async () => {
  running = await runPlatform();
});
afterAll(() => running[Symbol.asyncDispose]());

/** Every call that the function makes, with what leads to it. */
const calls: readonly (readonly [call: string, scenario: ScenarioName])[] = [
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

const cases = calls.flatMap(([call, scenario]) => failures.map((failure) => ({ call, scenario, ...failure })));

describe('whatever call of intake fails, nothing is lost', () => {
  it.each(cases)(
    '$scenario ends as it must, where $call ends in $kind, $times times',
    async ({ call, scenario, ...how }) => {
      const [service = '', operation = ''] = call.split(' ');
      const rule = { service, operation, caller: running.state.functions['intake'] ?? '', ...how };

      const { end, struck } = await playUnderFault(running, scenarios[scenario], rule);

      expect(struck).toBeGreaterThanOrEqual(Math.min(how.times, 4));
      expect(end).toBe(scenarios[scenario].end);
      expect(await disagreements(running)).toEqual([]);
      expect(deadLetters(running)).toEqual({ intake: 0, catalog: 0 });
    },
  );

  it('calls nothing else', () => {
    const known = new Set([...calls.map(([call]) => call), 'sqs ChangeMessageVisibility']);

    expect([...operationsOf(running, 'intake')].filter((call) => !known.has(call))).toEqual([]);
  });
});
