import { describe, expect, it } from 'vitest';
import { MediakeepError } from '../../core/error.ts';
import { ReportableError } from '../../lambdas/shared/error-fields.ts';
import { assets } from '../observe/model/world.ts';
import { type CatalogWorld, recordOf, worldForEach } from './catalog-world.ts';

const [asset] = assets;
const record = recordOf({ name: 'ObjectCreated:Copy', key: asset.key, versionId: 'v1' });
const withRecord = (changes: object): string => JSON.stringify({ Records: [{ ...record, ...changes }] });
const withBucket = (bucket: object): string => withRecord({ s3: { ...record.s3, bucket } });
const withKey = (key: unknown): string => withRecord({ s3: { ...record.s3, object: { key, versionId: 'v1' } } });
const body = withRecord({});

/** By the number of the catalogue of bad inputs that each stands for. */
const refused: Readonly<Record<string, string>> = {
  'not JSON': 'Records',
  'no body at all': '',
  'cut JSON': body.slice(0, -3),
  null: 'null',
  'an empty list': '[]',
  'an empty text': '""',
  'a list nested 100,000 deep': `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  'a byte order mark before the JSON': `\uFEFF${body}`,
  'UTF-16': Buffer.from(body, 'utf16le').toString('latin1'),
  'an object without records': '{}',
  'records that are none': '{"Records":{}}',
  'no records': '{"Records":[]}',
  'a good record beside an empty one': JSON.stringify({ Records: [record, {}] }),
  'another bucket': withBucket({ name: 'somebody-elses-vault' }),
  'the bucket’s name in other letters': withBucket({ name: 'KEEP-VAULT' }),
  'a bucket that is a list': withBucket({ name: ['keep-vault'] }),
  'another event source': withRecord({ eventSource: 'aws:sns' }),
  'the next major version': withRecord({ eventVersion: '3.0' }),
  'a version that is a number': withRecord({ eventVersion: 2.3 }),
  'no version': withRecord({ eventVersion: undefined }),
  'an empty key': withKey(''),
  'a key that is a number': withKey(7),
  'a key that cannot be decoded': withKey('model/%E0%A4'),
  'a lone percent sign': withKey('model/%'),
  'a prototype in the place of fields': '{"__proto__":{"Records":[]},"constructor":{"prototype":{"Records":[]}}}',
  'a notification that SNS wrapped': JSON.stringify({ Type: 'Notification', Message: body }),
  'an event of EventBridge': JSON.stringify({
    version: '0',
    'detail-type': 'Object Created',
    source: 'aws.s3',
    detail: {},
  }),
  'a notification in base64': Buffer.from(body).toString('base64'),
  'a test event with records': JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Records: [{}] }),
};

let world: CatalogWorld;
await worldForEach((fresh) => {
  world = fresh;
});

describe('a message that is no notification of the vault', () => {
  it.each(Object.entries(refused))('is given back, and nothing else happens: %s', async (_, bad) => {
    const answer = await world.deliver([bad]);

    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: 'm0' }]);
    expect([...world.vault.requests, ...world.tableCalls]).toEqual([]);
  });

  it.each(Object.entries(refused))('is reported in words of our own: %s', async (_, bad) => {
    await world.deliver([bad]);

    const [failure] = world.failures;
    expect(failure?.error instanceof ReportableError || failure?.error instanceof MediakeepError).toBe(true);
  });

  it('does not hold up the nine others of its batch', async () => {
    const { versionId } = world.vault.bucket.put(asset.key, { sha256: 's', header: '', body: '' });
    const good = JSON.stringify({ Records: [recordOf({ name: 'ObjectCreated:Copy', key: asset.key, versionId })] });

    const answer = await world.deliver([...Array.from({ length: 9 }, () => good), 'poison']);

    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: 'm9' }]);
    expect((await world.row(asset.assetId))?.summary.state).toBe('stored');
  });
});

describe('a message that is more than it needs to be', () => {
  it.each([
    ['one key twice in its JSON', body.replace('"key":', '"key":"ignored","key":')],
    ['256 KB of other fields', withRecord({ padding: 'x'.repeat(262_144) })],
    ['a newer minor version', withRecord({ eventVersion: '2.99' })],
    ['another region', withRecord({ awsRegion: 'mars-north-1' })],
  ])('is worked off: %s', async (_, odd) => {
    world.vault.bucket.put(asset.key, { sha256: 's', header: '', body: '' });

    const answer = await world.deliver([odd]);

    expect(answer.batchItemFailures).toEqual([]);
    expect((await world.row(asset.assetId))?.summary.state).toBe('stored');
  });

  it('is done when it is the test event of S3', async () => {
    const answer = await world.deliver([
      JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'keep-vault' }),
    ]);

    expect(answer.batchItemFailures).toEqual([]);
    expect([...world.vault.requests, ...world.tableCalls]).toEqual([]);
  });
});

describe('a call that brings no batch', () => {
  it.each([
    [null],
    [undefined],
    ['x'],
    [{}],
    [{ Records: [] }],
    [{ Records: [{ body: 'x' }] }],
    [{ Records: [{ messageId: 'm' }] }],
  ])('fails as a whole, so that the whole batch comes again: %j', async (event) => {
    const { consume } = await import('../../lambdas/catalog/consume.ts');

    await expect(consume(event, {} as never)).rejects.toThrow('not called with a batch');
  });
});
