import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FakeStream, failuresArn, fakeStream, followStream, narrator, shardId, streamArn } from './fake-stream.ts';
import { type Platform, startPlatform } from './small-platform.ts';

let stream: FakeStream;
let platform: Platform;

beforeEach(async () => {
  stream = fakeStream();
  platform = await startPlatform({ limits: { account: 4 }, streams: stream });
  platform.lambda.start();
});
afterEach(() => platform.stop());

const follow = (code: string, mapping: Record<string, unknown> = {}) => followStream(platform, code, mapping);

/** Fails records of the kind \`bad\` as long as that is set; tells which it was handed. */
const picky = (answer: string) => `let calls = 0;
export const handler = async ({ Records }) => {
  const kinds = Records.map(({ dynamodb }) => dynamodb.NewImage.kind.S);
  console.log('got ' + kinds.join());
  const bad = Records.find(({ dynamodb }) => dynamodb.NewImage.kind.S === 'bad');
  ${answer}
};`;

const printed = (prefix: string): string[] =>
  platform.lines.filter(({ line }) => line.startsWith(prefix)).map(({ line }) => line.slice(prefix.length));
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
