import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { days } from '../../core/time.ts';
import type { QueueClient } from './queue-client.ts';
import { queueClient } from './queue-client.ts';
import type { RunningPlatform } from './running-platform.ts';
import { runPlatform } from './running-platform.ts';
import { seededRandom } from './seeded-random.ts';
import { freshContent, sendByPut, stateOf } from './sending.ts';
import { deadLetters, settle } from './settling.ts';
import { allRows, disagreements, vaultVersions } from './vault-and-catalog.ts';

const seed = Number(process.env['FAULT_SEED'] ?? 20_260_131);

let running: RunningPlatform;
let queues: QueueClient;
beforeAll(async () => {
  running = await runPlatform();
  queues = queueClient(running);
});
afterAll(async () => {
  queues[Symbol.dispose]();
  await running[Symbol.asyncDispose]();
});

/** The rows of assets; the platform's own jobs, counters and drills write others as time goes by. */
const assetRows = async () =>
  (await allRows(running)).filter(({ kind, tenant }) => kind === 'asset' && tenant === 'acme');

/** Does something to the vault while the catalog cannot write, and answers the events that it never worked off. */
const eventsOf = async (change: () => Promise<void>): Promise<string[]> => {
  const before = await queues.messages('catalogDeadLetters');
  const caller = running.state.functions['catalog'] ?? '';
  const rule = { service: 'dynamodb', operation: 'TransactWriteItems', kind: 'error', caller, probability: 1 } as const;
  running.platform.faults.set([rule]);
  await change();
  await settle(running);
  running.platform.faults.set([]);
  const after = await queues.messages('catalogDeadLetters');
  return [...after].flatMap(([id, body]) => (before.has(id) ? [] : [body]));
};

const shuffled = <Item>(items: readonly Item[], random: () => number): Item[] =>
  items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);

/** A life of one object: stored, overwritten, hidden, shown again, its newest content taken away for good. */
const live = async (): Promise<void> => {
  const { assetId } = await sendByPut(running, freshContent());
  await running.platform.idle();
  const Bucket = running.state.buckets.vault;
  const Key = (await vaultVersions(running)).find(({ key }) => key.includes(assetId))?.key ?? '';
  const { Metadata = {} } = await running.s3.send(new GetObjectCommand({ Bucket, Key }));
  const { VersionId: second = '' } = await running.s3.send(
    new PutObjectCommand({ Bucket, Key, Body: freshContent(), Metadata }),
  );
  const { VersionId: marker = '' } = await running.s3.send(new DeleteObjectCommand({ Bucket, Key }));
  await running.s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId: marker }));
  await running.s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId: second }));
  await running.s3.send(new DeleteObjectCommand({ Bucket, Key }));
};

describe(`events are hints: their order and number do not matter (seed ${seed})`, () => {
  it('makes the catalog what the vault says from events doubled and in any order', async () => {
    const random = seededRandom(seed);
    const events = await eventsOf(async () => {
      for (let life = 0; life < 2; life += 1) await live();
    });
    const wrongBefore = await disagreements(running);
    for (const body of shuffled([...events, ...events, ...events], random)) await queues.send('catalog', body);
    await settle(running);

    expect(events.length).toBeGreaterThanOrEqual(10);
    expect(wrongBefore).toHaveLength(2);
    expect(await disagreements(running)).toEqual([]);
  });

  it('changes nothing when the dead letters of two weeks ago are sent back after newer events', async () => {
    const rows = await assetRows();
    const now = running.platform.clock.now();

    await running.platform.travelTo(now + days(13));
    await queues.redrive('catalogDeadLetters');
    await settle(running);

    expect(deadLetters(running).catalog).toBe(0);
    expect(await disagreements(running)).toEqual([]);
    expect(await assetRows()).toHaveLength(rows.length);
  });

  it('takes delayed copies of an event for what they are', async () => {
    const upload = await sendByPut(running, freshContent());
    await settle(running);
    const versions = (await vaultVersions(running)).filter(({ key }) => key.includes(upload.assetId));
    const body = notification({
      bucket: running.state.buckets.vault,
      key: versions[0]?.key ?? '',
      versionId: versions[0]?.versionId ?? '',
    });
    for (const delaySeconds of [0, 1, 60, 900]) await queues.send('catalog', body, delaySeconds);
    await settle(running);

    expect(await disagreements(running)).toEqual([]);
    expect(deadLetters(running).catalog).toBe(0);
  });
});

const notification = (
  { bucket, key, versionId }: { bucket: string; key: string; versionId: string | undefined },
  change: Record<string, unknown> = {},
): string =>
  JSON.stringify({
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: running.state.regions[0],
        eventTime: new Date(running.platform.clock.now()).toISOString(),
        eventName: 'ObjectCreated:Put',
        s3: { bucket: { name: bucket }, object: { key, versionId, size: 1, sequencer: '00' } },
        ...change,
      },
    ],
  });

/** Messages that nobody could have meant; each is told by the bucket that the queue belongs to. */
const poison: readonly (readonly [name: string, body: (bucket: string) => string])[] = [
  ['text', () => 'hello'],
  ['null', () => 'null'],
  ['an empty list', () => '[]'],
  ['deep nesting', () => '['.repeat(100_000)],
  ['no records', () => '{"Records":[]}'],
  ['a byte order mark before JSON', (bucket) => `\uFEFF${notification({ bucket, key: 'put/acme/x', versionId: 'v' })}`],
  ['another bucket', () => notification({ bucket: 'somebody-elses-bucket', key: 'put/acme/x', versionId: 'v' })],
  [
    'an unknown major version',
    (bucket) => notification({ bucket, key: 'put/acme/x', versionId: 'v' }, { eventVersion: '3.0' }),
  ],
  [
    'another source',
    (bucket) => notification({ bucket, key: 'put/acme/x', versionId: 'v' }, { eventSource: 'aws:sns' }),
  ],
  ['a key that cannot be decoded', (bucket) => notification({ bucket, key: '%E0%A4', versionId: 'v' })],
  ['a key of no layout', (bucket) => notification({ bucket, key: '../../etc/passwd', versionId: 'v' })],
  ['a prototype', () => '{"__proto__":{"Records":[]},"constructor":{"prototype":{}}}'],
  [
    'an event of EventBridge',
    (bucket) =>
      JSON.stringify({ 'detail-type': 'Object Created', detail: { bucket: { name: bucket }, object: { key: 'x' } } }),
  ],
  ['200 KB', () => JSON.stringify({ Records: [{ filler: 'x'.repeat(200_000) }] })],
];

describe('a message that is no event of ours', () => {
  const testEvent = JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'any' });

  it.each(['intake', 'catalog'] as const)(
    'dies after exactly five receives, and what is good goes on (%s)',
    async (queue) => {
      const bucket = running.state.buckets[queue === 'intake' ? 'landing' : 'vault'];
      const rows = (await assetRows()).length;
      const known = await queues.messages(`${queue}DeadLetters`);
      running.log.length = 0;
      const ids = new Map<string, string>();
      for (const [name, body] of poison) ids.set(await queues.send(queue, body(bucket)), name);
      await queues.send(queue, testEvent);
      await settle(running);
      const dead = [...(await queues.messages(`${queue}DeadLetters`)).keys()].filter((id) => !known.has(id));
      const failures = running.log.filter((line) => line.includes('"message failed"'));

      expect(dead.map((id) => ids.get(id)).sort()).toEqual([...ids.values()].sort());
      for (const [id, name] of ids) {
        expect([name, failures.filter((line) => line.includes(id)).length]).toEqual([name, 5]);
      }
      expect(await assetRows()).toHaveLength(rows);
      expect(await disagreements(running)).toEqual([]);
    },
  );

  it('does not hold up ten good ones beside it', async () => {
    const poisonId = await queues.send('intake', 'no event');
    const uploads = await Promise.all(Array.from({ length: 10 }, () => sendByPut(running, freshContent())));
    await running.platform.idle();
    const states = await Promise.all(uploads.map(async (upload) => (await stateOf(running, upload)).state));
    await settle(running);

    expect(new Set(states)).toEqual(new Set(['stored']));
    expect([...(await queues.messages('intakeDeadLetters')).keys()]).toContain(poisonId);
  });

  it('says nothing of its content in the log', async () => {
    await queues.send('catalog', JSON.stringify({ Records: 'a-secret-in-the-body' }));
    await settle(running);

    expect(running.log.join('\n')).not.toContain('a-secret-in-the-body');
  });
});

describe('an event of what is not there', () => {
  it('is done with', async () => {
    const before = deadLetters(running);
    const upload = await sendByPut(running, freshContent());
    await settle(running);
    const [inVault] = (await vaultVersions(running)).filter(({ key }) => key.includes(upload.assetId));
    const place = { key: `put/acme/${upload.assetId}`, versionId: inVault?.versionId };
    await queues.send('intake', notification({ ...place, bucket: running.state.buckets.landing }));
    await settle(running);

    expect(deadLetters(running)).toEqual(before);
    expect((await stateOf(running, upload)).state).toBe('stored');
    expect(await disagreements(running)).toEqual([]);
  });
});
