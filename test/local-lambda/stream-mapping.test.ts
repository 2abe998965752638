import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FakeStream, fakeStream, shardId, streamArn } from './fake-stream.ts';
import { accountId, createFunction, createRole, type Platform, region, startPlatform } from './small-platform.ts';

const failuresArn = `arn:aws:sqs:${region}:${accountId}:failures`;

let stream: FakeStream;
let platform: Platform;

beforeEach(async () => {
  stream = fakeStream();
  platform = await startPlatform({ limits: { account: 4 }, streams: stream });
  platform.lambda.start();
});
afterEach(() => platform.stop());

/** A mapping of the stream to a function with this code. */
const follow = async (code: string, mapping: Record<string, unknown> = {}, on: Platform = platform) => {
  await on.create('AWS::SQS::Queue', 'Failures', { QueueName: 'failures' });
  const { name } = await createFunction(on, code, { Timeout: 5 });
  await on.create('AWS::Lambda::EventSourceMapping', 'Mapping', {
    FunctionName: name,
    EventSourceArn: streamArn,
    StartingPosition: 'TRIM_HORIZON',
    BatchSize: 10,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    DestinationConfig: { OnFailure: { Destination: failuresArn } },
    ...mapping,
  });
};

/** Prints what it is called with, and answers as a function of a window does. */
const narrator = `export const handler = async (event) => {
  console.log('event ' + JSON.stringify(event));
  return { state: { seen: (event.state?.seen ?? 0) + event.Records.length } };
};`;

/** Fails records of the kind \`bad\` as long as that is set; tells which it was handed. */
const picky = (answer: string) => `let calls = 0;
export const handler = async ({ Records }) => {
  const kinds = Records.map(({ dynamodb }) => dynamodb.NewImage.kind.S);
  console.log('got ' + kinds.join());
  const bad = Records.find(({ dynamodb }) => dynamodb.NewImage.kind.S === 'bad');
  ${answer}
};`;

const printed = (prefix: string, on: Platform = platform): string[] =>
  on.lines.filter(({ line }) => line.startsWith(prefix)).map(({ line }) => line.slice(prefix.length));
// biome-ignore lint/suspicious/noExplicitAny: tests read events by their documented shape
const events = (): any[] => printed('event ').map((text) => JSON.parse(text));
const settled = async (work: () => void) => vi.waitFor(work, { timeout: 20_000, interval: 5 });
const failures = () => {
  const messages = platform.sqs.receive(failuresArn, { caller: platform.credentials.adminCaller, max: 10 });
  return messages.map(({ body }) => JSON.parse(body));
};
/** The begin of a whole second on the platform's clock. */
const second = () => Math.floor(platform.clock.now() / 1000) * 1000;

describe('a stream hands its records to a function', () => {
  it('with the event that Lambda makes, in order, without a window', async () => {
    await follow(narrator);

    stream.add(['one', 'two'], second());
    await platform.lambda.idle();

    expect(events()).toEqual([
      {
        Records: [
          expect.objectContaining({ eventID: 'event-1', eventSourceARN: streamArn, eventSource: 'aws:dynamodb' }),
          expect.objectContaining({ dynamodb: expect.objectContaining({ SequenceNumber: '2' }) }),
        ],
      },
    ]);
  });

  it('in batches that are not larger than it says', async () => {
    await follow(narrator, { BatchSize: 2 });

    stream.add(['a', 'b', 'c', 'd', 'e'], second());
    await platform.lambda.idle();

    expect(events().map(({ Records }) => Records.length)).toEqual([2, 2, 1]);
  });

  it('without what its filters leave out, and without a call where nothing is left', async () => {
    const pattern = { dynamodb: { NewImage: { kind: { S: ['asset', { prefix: 'per' }] } } } };
    await follow(narrator, { FilterCriteria: { Filters: [{ Pattern: JSON.stringify(pattern) }] } });

    stream.add(['rate', 'asset', 'person', 'rate'], second());
    await platform.lambda.idle();
    stream.add(['rate', 'rate'], second());
    await platform.lambda.idle();

    const kinds = events().map(({ Records }) =>
      Records.map((record: { dynamodb: { NewImage: { kind: { S: string } } } }) => record.dynamodb.NewImage.kind.S),
    );
    expect(kinds).toEqual([['asset', 'person']]);
  });

  it('reads when something was written and never otherwise', async () => {
    await follow(narrator);
    await platform.lambda.idle();
    const before = stream.reads;

    await platform.lambda.idle();
    stream.add(['one'], second());
    await platform.lambda.idle();

    expect(stream.reads - before).toBe(1);
  });

  it('measures how old the newest record of a call is', async () => {
    await follow(narrator);

    stream.add(['one'], second() - 60_000);
    await platform.lambda.idle();

    const ages = platform.metrics.filter(({ name }) => name === 'IteratorAge').map(({ value }) => value);
    expect(ages).toEqual([expect.closeTo(60_000, -4)]);
  });
});

describe('a tumbling window', () => {
  const window = { TumblingWindowInSeconds: 60, MaximumBatchingWindowInSeconds: 0 };
  const minute = () => Math.floor(platform.clock.now() / 60_000) * 60_000 + 60_000;

  it('carries its state from call to call, names the shard and ends with an empty call', async () => {
    await follow(narrator, { ...window, BatchSize: 2 });
    const start = minute();

    stream.add(['a', 'b', 'c'], start);
    await platform.lambda.idle();
    platform.moveClock(180_000);
    await settled(() => expect(events()).toHaveLength(3));

    const about = { shardId, eventSourceARN: streamArn, isWindowTerminatedEarly: false };
    const iso = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z');
    const bounds = { window: { start: iso(start), end: iso(start + 60_000) } };
    expect(events()).toMatchObject([
      { ...about, ...bounds, state: {}, isFinalInvokeForWindow: false, Records: [{}, {}] },
      { ...about, ...bounds, state: { seen: 2 }, isFinalInvokeForWindow: false, Records: [{}] },
      { ...about, ...bounds, state: { seen: 3 }, isFinalInvokeForWindow: true, Records: [] },
    ]);
  });

  it('ends before records of the next one are handed over, which begins empty', async () => {
    await follow(narrator, window);
    const start = minute();

    stream.add(['a'], start);
    stream.add(['b'], start + 60_000);
    await platform.lambda.idle();

    expect(
      events().map(({ Records, state, isFinalInvokeForWindow }) => [Records.length, state, isFinalInvokeForWindow]),
    ).toEqual([
      [1, {}, false],
      [0, { seen: 1 }, true],
      [1, {}, false],
    ]);
  });

  it('ends early where its state is larger than a megabyte', async () => {
    await follow(
      `export const handler = async (event) => {
        console.log('early ' + event.isWindowTerminatedEarly + ' ' + event.isFinalInvokeForWindow);
        return { state: { text: event.isFinalInvokeForWindow ? '' : 'x'.repeat(1_100_000) } };
      };`,
      window,
    );

    stream.add(['a'], minute());
    await platform.lambda.idle();

    expect(printed('early ')).toEqual(['false false', 'true true']);
  });

  it('takes an answer without state for a failure', async () => {
    await follow(`export const handler = async ({ Records }) => { console.log('called'); return {}; };`, {
      ...window,
      MaximumRetryAttempts: 1,
    });

    stream.add(['a'], minute());
    await settled(() => expect(printed('called').length).toBeGreaterThanOrEqual(2));
    await settled(() => expect(platform.sqs.depth(failuresArn).visible).toBe(1));

    expect(failures()).toMatchObject([{ DDBStreamBatchInfo: { batchSize: 1, shardId } }]);
  });
});

describe('records that fail', () => {
  it('come again from the first that was named, and what came before does not', async () => {
    await follow(
      picky(
        `return { batchItemFailures: bad && calls++ < 2 ? [{ itemIdentifier: bad.dynamodb.SequenceNumber }] : [] };`,
      ),
    );

    stream.add(['a', 'b', 'bad', 'c'], second());
    await platform.lambda.idle();

    expect(printed('got ')).toEqual(['a,b,bad,c', 'bad,c', 'bad,c']);
  });

  it('all come again where the answer names none of them', async () => {
    await follow(picky(`return calls++ === 0 ? { batchItemFailures: [{ itemIdentifier: 'another' }] } : {};`));

    stream.add(['a', 'b'], second());
    await platform.lambda.idle();

    expect(printed('got ')).toEqual(['a,b', 'a,b']);
  });

  it('are halved until the bad one is alone, which is then named in the queue, and the shard goes on', async () => {
    await follow(picky(`if (bad) throw new Error('bad');`), {
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 1,
    });

    stream.add(['a', 'b', 'bad', 'c'], second());
    await platform.lambda.idle();
    stream.add(['d'], second());
    await platform.lambda.idle();

    expect(printed('got ')).toEqual(['a,b,bad,c', 'a,b', 'bad,c', 'bad', 'bad', 'c', 'd']);
    expect(failures()).toEqual([
      {
        version: '1.0',
        timestamp: expect.any(String),
        requestContext: {
          requestId: expect.any(String),
          functionArn: expect.stringContaining(':function:'),
          condition: 'RetryAttemptsExhausted',
          approximateInvokeCount: 2,
        },
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        DDBStreamBatchInfo: {
          shardId,
          startSequenceNumber: '3',
          endSequenceNumber: '3',
          approximateArrivalOfFirstRecord: expect.any(String),
          approximateArrivalOfLastRecord: expect.any(String),
          batchSize: 1,
          streamArn,
        },
      },
    ]);
  });

  it('are given up without a call once they are too old', async () => {
    await follow(narrator, { MaximumRecordAgeInSeconds: 60 });

    stream.add(['old'], second() - 120_000);
    stream.add(['new'], second());
    await platform.lambda.idle();

    expect(events().map(({ Records }) => Records[0].dynamodb.SequenceNumber)).toEqual(['2']);
    expect(failures()).toMatchObject([
      { requestContext: { condition: 'RecordAgeExceeded' }, DDBStreamBatchInfo: { startSequenceNumber: '1' } },
    ]);
  });

  it('hold back nobody who waits for the end of all work', async () => {
    await follow(picky(`throw new Error('always');`));

    stream.add(['bad'], second());
    await platform.lambda.idle();

    expect(printed('got ').length).toBeGreaterThanOrEqual(4);
  });
});

describe('a platform that begins again', () => {
  it('goes on after what was done, with the state of the open window', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'state-'));
    const at = Math.floor(platform.clock.now() / 900_000) * 900_000 + 900_000;
    const run = async (kinds: string[]) => {
      const next = await startPlatform({ limits: { account: 4 }, streams: stream, dataDir });
      next.lambda.start();
      await follow(narrator, { TumblingWindowInSeconds: 900 }, next);
      stream.add(kinds, at);
      await next.lambda.idle();
      const seen = printed('event ', next).map((text) => JSON.parse(text));
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
    await expect(follow(narrator, mapping)).rejects.toThrow(message);
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
