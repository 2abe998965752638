import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeStream, fakeStream, followStream, narrator, streamArn } from './fake-stream.ts';
import { createFunction, createRole, type Platform, startPlatform } from './small-platform.ts';

let stream: FakeStream;
let platform: Platform;

beforeEach(async () => {
  stream = fakeStream();
  platform = await startPlatform({ limits: { account: 4 }, streams: stream });
});
afterEach(() => platform.stop());

describe('a platform that begins again', () => {
  it('goes on after what was done, with the state of the open window', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'state-'));
    const at = Math.floor(platform.clock.now() / 900_000) * 900_000 + 900_000;
    const run = async (kinds: string[]) => {
      const next = await startPlatform({ limits: { account: 4 }, streams: stream, dataDir });
      next.lambda.start();
      await followStream(next, narrator, { TumblingWindowInSeconds: 900 });
      stream.add(kinds, at);
      await next.lambda.idle();
      const seen = next.lines.flatMap(({ line }) => (line.startsWith('event ') ? [JSON.parse(line.slice(6))] : []));
      await next.stop();
      return seen.map(({ Records, state }) => [Records.length, state]);
    };

    const before = await run(['a', 'b']);
    const after = await run(['c']);
    rmSync(dataDir, { recursive: true });

    expect(before).toEqual([[2, {}]]);
    expect(after).toEqual([[1, { seen: 2 }]]);
  });
});

describe('the template is refused', () => {
  it.each([
    [{ StartingPosition: 'LATEST' }, 'TRIM_HORIZON'],
    [{ ParallelizationFactor: 2 }, 'one shard'],
    [{ BatchSize: 1_001 }, 'MaximumBatchingWindowInSeconds'],
    [{ MaximumRecordAgeInSeconds: 30 }, 'must be -1'],
    [{ FilterCriteria: { Filters: [{ Pattern: '{"a":[{"numeric":["<",3]}]}' }] } }, '`numeric`'],
    [{ DestinationConfig: { OnFailure: { Destination: 'arn:aws:sns:ap-south-1:000000000000:t' } } }, 'only queues'],
  ])('with %j', async (mapping, message) => {
    await expect(followStream(platform, narrator, mapping)).rejects.toThrow(message);
  });

  it('where the role may not read the stream', async () => {
    const Role = await createRole(platform, [{ Effect: 'Allow', Action: 'logs:*', Resource: '*' }]);
    const { name } = await createFunction(platform, narrator, { Role });

    const mapping = platform.create('AWS::Lambda::EventSourceMapping', 'Mapping', {
      FunctionName: name,
      EventSourceArn: streamArn,
      StartingPosition: 'TRIM_HORIZON',
    });

    await expect(mapping).rejects.toThrow('dynamodb:ListStreams');
  });
});
