import { describe, expect, it } from 'vitest';
import { intakeMessage } from '../../lambdas/intake/intake-message.ts';
import type { Meter } from '../../lambdas/shared/metrics.ts';
import { UnexpectedMessageError } from '../../lambdas/shared/s3-notification.ts';
import { processBatch, retryDelaySeconds } from '../../lambdas/shared/sqs-batch.ts';
import { assetIds, note, startedAt, World } from './world.ts';

const [first = '', second = ''] = assetIds;
const address = { bucket: 'keep-landing', region: 'ap-south-1' };

interface EventParts {
  readonly key?: string;
  readonly versionId?: unknown;
  readonly bucket?: string;
  readonly region?: string;
  readonly name?: string;
  readonly version?: string;
  readonly source?: string;
  readonly time?: unknown;
  readonly size?: unknown;
  readonly sequencer?: unknown;
}

const event = (parts: EventParts = {}) => ({
  eventVersion: parts.version ?? '2.1',
  eventSource: parts.source ?? 'aws:s3',
  awsRegion: parts.region ?? 'ap-south-1',
  eventTime: 'time' in parts ? parts.time : new Date(startedAt).toISOString(),
  eventName: parts.name ?? 'ObjectCreated:Put',
  s3: {
    s3SchemaVersion: '1.0',
    bucket: { name: parts.bucket ?? 'keep-landing', arn: 'arn:aws:s3:::keep-landing' },
    object: {
      key: parts.key ?? `put/t1/${first}`,
      size: 'size' in parts ? parts.size : 10,
      sequencer: 'sequencer' in parts ? parts.sequencer : '0055AED6DCD90281E5',
      versionId: 'versionId' in parts ? parts.versionId : 'v1',
    },
  },
});
const body = (...events: readonly unknown[]): string => JSON.stringify({ Records: events });

const counting = () => {
  const counts: string[] = [];
  const add: Meter['count'] = (name, value, dimensions = {}) =>
    void counts.push([name, value, ...Object.values(dimensions)].join(' '));
  return { counts, meter: { count: add, bytes: add, milliseconds: add } };
};

const world = () => {
  const made = new World();
  const { counts, meter } = counting();
  return { made, counts, ports: { ...made.ports(), meter } };
};

describe('a message of landing', () => {
  it('takes in the object that it names', async () => {
    const { made, counts, ports } = world();
    made.upload(first, note());
    made.now += 250;

    await intakeMessage(body(event()), address, ports);

    expect(made.vault.size).toBe(1);
    expect(counts).toEqual(['ObjectsAccepted 1 notes', 'BytesAccepted 10 notes', 'IntakeLatency 250']);
  });

  it('counts what is refused by its reason and what is double by its class', async () => {
    const { made, counts, ports } = world();
    made.upload(first, new Uint8Array(0));
    made.setClaim(made.claimOf(assetIds[2] ?? '', note()), 'stored', startedAt);
    made.vault.set(made.claimOf(assetIds[2] ?? '', note()).key, {
      bytes: 10,
      sha256: undefined,
      facts: undefined,
      content: note(),
    });
    const { versionId } = made.upload(second, note());

    await intakeMessage(body(event(), event({ key: `put/t1/${second}`, versionId })), address, ports);

    expect(counts.filter((line) => !line.startsWith('IntakeLatency'))).toEqual([
      'ObjectsRejected 1 empty',
      'ObjectsDuplicate 1 notes',
    ]);
  });

  it('makes a loss loud: an error with ids alone, and a count', async () => {
    const { made, counts, ports } = world();
    const errors: unknown[] = [];
    const log = { ...ports.log, error: (...entry: unknown[]) => void errors.push(entry) };
    made.now += 3 * 86_400_000;

    await intakeMessage(body(event()), address, { ...ports, log });

    expect(errors).toEqual([['upload lost', { kind: 'lost', tenant: 't1', assetId: first }]]);
    expect(counts).toEqual(['ObjectsLost 1']);
  });

  it('that tests the connection is done at once', async () => {
    const { counts, ports } = world();

    await intakeMessage(
      JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'keep-landing' }),
      address,
      ports,
    );

    expect(counts).toEqual([]);
  });

  it('with several events fails as a whole when one fails, after the good ones are done', async () => {
    const { made, ports } = world();
    made.upload(first, note());

    await expect(intakeMessage(body(event({ key: 'put/x/y' }), event()), address, ports)).rejects.toThrow(
      UnexpectedMessageError,
    );

    expect(made.vault.size).toBe(1);
  });

  it.each([
    ['a size that is no size', { size: 'many' }],
    ['a size past all numbers', { size: 2 ** 63 }],
    ['a negative size', { size: -1 }],
    ['no sequencer', { sequencer: undefined }],
    ['a sequencer that is no number', { sequencer: 'zz'.repeat(41) }],
    ['a time of 1970', { time: '1970-01-01T00:00:00Z' }],
    ['a time that is none', { time: 'yesterday' }],
    ['a time of the future', { time: '2999-01-01T00:00:00Z' }],
    ['no time', { time: undefined }],
    ['a later minor version', { version: '2.4' }],
  ] as const)('is a hint and no more: %s changes nothing', async (_, parts) => {
    const { made, ports } = world();
    made.upload(first, note());

    await intakeMessage(body(event(parts)), address, ports);

    expect(made.vault.size).toBe(1);
  });
});

describe('a message that no upload sent goes to the dead letters and does nothing', () => {
  const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const notification = body(event());
  const cases: readonly [string, string][] = [
    ['not JSON', 'hello'],
    ['null', 'null'],
    ['an empty list', '[]'],
    ['an empty text', '""'],
    ['nothing', ''],
    ['100,000 brackets', nested],
    ['a byte order mark', `\ufeff${notification}`],
    ['UTF-16', [...notification].join('\0')],
    ['base64', Buffer.from(notification).toString('base64')],
    ['no records', '{}'],
    ['an empty list of records', '{"Records":[]}'],
    ['64 KiB of nothing', JSON.stringify({ Records: 'x'.repeat(65_536) })],
    ['an SNS envelope', JSON.stringify({ Type: 'Notification', Message: notification })],
    ['an EventBridge envelope', JSON.stringify({ source: 'aws.s3', detail: { bucket: { name: 'keep-landing' } } })],
    ['another bucket', body(event({ bucket: 'keep-vault' }))],
    ['another region', body(event({ region: 'us-east-1' }))],
    ['another service', body(event({ source: 'aws:sqs' }))],
    ['an unknown event', body(event({ name: 'ObjectCreated:Teleport' }))],
    ['a removal', body(event({ name: 'ObjectRemoved:Delete' }))],
    ['a later major version', body(event({ version: '3.0' }))],
    ['no version', body(event({ versionId: undefined }))],
    ['the version null', body(event({ versionId: 'null' }))],
    ['a version that is no text', body(event({ versionId: 7 }))],
    ['a key that cannot be decoded', body(event({ key: 'put/t1/%E0%A4' }))],
    ['a key with a traversal', body(event({ key: `put/t1/..%2F..%2F${first}` }))],
    ['a key of another prefix', body(event({ key: `vault/t1/${first}` }))],
    ['an empty key', body(event({ key: '' }))],
    ['a prototype', '{"__proto__":{"Records":[{}]},"constructor":{"prototype":{}}}'],
  ];

  it.each(cases)('%s', async (_, text) => {
    const { made, counts, ports } = world();
    made.upload(first, note());

    await expect(intakeMessage(text, address, ports)).rejects.toThrow(UnexpectedMessageError);

    expect(made.vault.size).toBe(0);
    expect(counts).toEqual([]);
    expect(made.rows.size).toBe(0);
  });

  it('and an unknown version is done without a trace', async () => {
    const { made, ports } = world();

    await intakeMessage(body(event({ versionId: 'other' })), address, ports);

    expect(made.rows.size).toBe(0);
  });
});

describe('the queue loop', () => {
  const message = (id: string, text: string, receiveCount = 1) => ({
    messageId: id,
    receiptHandle: `receipt-${id}`,
    body: text,
    attributes: { ApproximateReceiveCount: String(receiveCount), SentTimestamp: String(startedAt - 5000) },
    eventSourceARN: 'arn:aws:sqs:ap-south-1:000000000000:keep-intake',
  });
  const ports = () => {
    const { counts, meter } = counting();
    const logged: object[] = [];
    const returned: [string, number][] = [];
    const log = {
      info: () => undefined,
      warn: () => undefined,
      error: (text: string, fields: object) => void logged.push({ text, ...fields }),
    };
    const comeBack = async ({ messageId }: { messageId: string }, seconds: number) =>
      void returned.push([messageId, seconds]);
    return { counts, logged, returned, meter, log, clock: { now: () => startedAt }, comeBack };
  };

  it('does nine good messages of ten and names the bad one, which comes back later each time', async () => {
    const deps = ports();
    const records = Array.from({ length: 10 }, (_, index) => message(`m${index}`, index === 4 ? 'poison' : 'good', 3));
    const done: string[] = [];

    const answer = await processBatch(
      { Records: records },
      async ({ messageId, body: text }) => {
        if (text === 'poison') throw new UnexpectedMessageError('The message is not JSON.');
        done.push(messageId);
      },
      deps,
    );

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm4' }] });
    expect(done).toHaveLength(9);
    expect(deps.returned).toEqual([['m4', 360]]);
    expect(deps.counts).toEqual(['QueueAge 5000', 'MessagesFailed 1']);
    expect(deps.logged).toMatchObject([{ messageId: 'm4', receiveCount: 3, reason: 'The message is not JSON.' }]);
  });

  it('logs of a foreign error its name and never its words', async () => {
    const deps = ports();
    const failure = async () => {
      throw Object.assign(new Error('secret-name.wav is not readable'), {
        $metadata: { httpStatusCode: 403, requestId: 'r1' },
      });
    };

    await processBatch({ Records: [message('m1', '')] }, failure, deps);

    expect(deps.logged).toMatchObject([{ error: 'Error', status: 403, requestId: 'r1' }]);
    expect(JSON.stringify(deps.logged)).not.toContain('secret-name');
  });

  it('still names a failed message where its return cannot be timed', async () => {
    const deps = { ...ports(), comeBack: () => Promise.reject(new Error('no')) };

    const answer = await processBatch({ Records: [message('m1', '')] }, () => Promise.reject(new Error('no')), deps);

    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: 'm1' }]);
  });

  it.each([undefined, null, {}, { Records: 'x' }, { Records: [{ messageId: 'm' }] }])(
    'refuses a call that is no batch, so that nothing is deleted: %j',
    async (call) => {
      await expect(processBatch(call, async () => undefined, ports())).rejects.toThrow('batch of queue messages');
    },
  );

  it('waits longer each time, and never longer than the queue may hold a message', () => {
    expect([0, 1, 2, 3, 4, 5, 99].map(retryDelaySeconds)).toEqual([10, 10, 60, 360, 2160, 2160, 2160]);
  });
});
