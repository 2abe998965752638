import { describe, expect, it } from 'vitest';
import { hashKey } from '../../core/catalog/keys.ts';
import { canonicalJson, encodeFacts, type Facts } from '../../core/facts.ts';
import { parseVaultKey } from '../../core/key-layout.ts';
import { assets, type ModelAsset, modelClass, tenant } from '../observe/model/world.ts';
import { type CatalogWorld, notification, recordOf, worldForEach } from './catalog-world.ts';

const [asset] = assets;
const facts: Facts = {
  v: 1,
  assetId: asset.assetId,
  tenant,
  dataClass: modelClass.name,
  uploader: 'uploader-1',
  createdAt: '2026-05-01T07:59:00.000Z',
  filename: 'call one.wav',
  contentType: 'audio/wav',
  subject: 'subject-1',
  attributes: { language: 'hi-IN' },
  landedAt: '2026-05-01T07:59:30.000Z',
};
const header = encodeFacts(facts);

let world: CatalogWorld;
await worldForEach((fresh) => {
  world = fresh;
});

const put = ({ key }: ModelAsset, sha256 = 'c2hhLTI1Ni1vZi1jb250ZW50') => {
  const { versionId } = world.vault.bucket.put(key, { sha256, header, body: '' });
  return { name: 'ObjectCreated:Copy', key, versionId };
};
const mark = ({ key }: ModelAsset) => {
  const { versionId } = world.vault.bucket.mark(key);
  return { name: 'ObjectRemoved:DeleteMarkerCreated', key, versionId };
};
const operations = () => world.vault.requests.map(({ operation }) => operation);

describe('a new object', () => {
  it('costs one HEAD and one write', async () => {
    await world.deliver([notification(put(asset))]);

    expect(operations()).toEqual(['HeadObject']);
    expect(world.tableCalls).toEqual(['TransactWriteItems']);
  });

  it('is catalogued with the facts that it carries, with its link and its due row', async () => {
    await world.deliver([notification(put(asset))]);

    const row = await world.row(asset.assetId);
    expect(row?.summary).toMatchObject({
      state: 'stored',
      filename: 'call one.wav',
      uploader: 'uploader-1',
      createdAt: '2026-05-01T07:59:00.000Z',
      attributes: { language: 'hi-IN' },
    });
    expect(row).toMatchObject({
      g1pk: 't1#class#model-class',
      g2pk: 't1#uploader#uploader-1',
      g3pk: 't1#subject#subject-1',
    });
    expect((await world.rows()).map(({ kind }) => kind).sort()).toEqual(['asset', 'due', 'hash']);
  });

  it('takes over the claim of its content for its subject and in its case', async () => {
    const { key } = asset;
    const claimed = { sha256: 'c2hh', subject: 'subject-1', case: 'A-1' };
    const { versionId } = world.vault.bucket.put(key, {
      sha256: claimed.sha256,
      header: encodeFacts({ ...facts, case: 'A-1' }),
      body: '',
    });

    await world.deliver([notification({ name: 'ObjectCreated:Copy', key, versionId })]);

    const { bytes } = (await world.row(asset.assetId))?.summary ?? {};
    const link = (await world.rows()).find(({ kind }) => kind === 'hash');
    expect(link).toMatchObject(hashKey({ ...claimed, tenant, bytes: bytes ?? 0, dataClass: modelClass.name }));
  });

  it('of parts is known by the checksum of the whole that S3 keeps, and by no digest nor link', async () => {
    const headers = {
      'content-length': '6442450944',
      'x-amz-meta-facts': header,
      'x-amz-checksum-crc32': 'q80SNA==',
      'x-amz-checksum-type': 'FULL_OBJECT',
    };
    world.vault.intercept = () => ({ status: 200, headers });

    await world.deliver([notification(put(asset))]);

    const row = await world.row(asset.assetId);
    expect(row?.detail.checksum).toEqual({ algorithm: 'CRC32', value: 'q80SNA==' });
    expect(row?.summary).not.toHaveProperty('sha256');
    expect((await world.rows()).map(({ kind }) => kind).sort()).toEqual(['asset', 'due']);
  });

  it('asks for the checksum of exactly the version that the event names', async () => {
    const event = put(asset);
    put(asset, 'another');

    await world.deliver([notification(event)]);

    const [head] = world.vault.requests;
    expect(head?.query['versionId']).toBe(event.versionId);
    expect(head?.headers['x-amz-checksum-mode']).toBe('ENABLED');
  });

  it('costs one HEAD and one write request more when its event comes again, and changes nothing', async () => {
    const event = put(asset);
    await world.deliver([notification(event)]);
    const before = await world.rows();

    await world.deliver([notification(event)]);

    expect(operations()).toEqual(['HeadObject', 'HeadObject']);
    expect(world.tableCalls).toEqual(['TransactWriteItems', 'TransactWriteItems']);
    expect(await world.rows()).toEqual(before);
    expect(world.observed.map(({ change }) => change)).toEqual(['created', 'duplicate']);
  });
});

describe('what is heard of one asset in a batch', () => {
  it('becomes one look', async () => {
    await world.deliver([notification(put(asset)), notification(mark(asset)), notification(put(asset))]);

    expect(world.tableCalls).toEqual(['GetItem', 'TransactWriteItems']);
    expect(operations()).toEqual(['GetObject', 'ListObjectVersions', 'HeadObject']);
    expect((await world.row(asset.assetId))?.versions).toHaveLength(3);
  });

  it('keeps the short way for one event that came twice', async () => {
    const event = put(asset);

    await world.deliver([notification(event), notification(event)]);

    expect(operations()).toEqual(['HeadObject']);
  });

  it('gives back every message that tells of an asset which could not be observed, and no other', async () => {
    const [first, second] = [put(asset), put(assets[1])];
    world.vault.intercept = ({ key }) => (key === asset.key ? { status: 503 } : undefined);

    const answer = await world.deliver([notification(first, second), notification(second), notification(mark(asset))]);

    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: 'm0' }, { itemIdentifier: 'm2' }]);
    expect((await world.row(assets[1].assetId))?.summary.state).toBe('stored');
  });
});

describe('a delete marker', () => {
  it('hides the asset, frees its content and leaves it with its subject alone', async () => {
    await world.deliver([notification(put(asset))]);

    await world.deliver([notification(mark(asset))]);

    const row = await world.row(asset.assetId);
    expect(row).toMatchObject({
      g1pk: 't1#deleted#model-class',
      g3pk: 't1#subject#subject-1',
      summary: { state: 'deleted' },
    });
    expect(row).not.toHaveProperty('g2pk');
    expect((await world.rows()).map(({ kind }) => kind).sort()).toEqual(['asset', 'due']);
  });

  it('that is removed brings the asset back with its link', async () => {
    await world.deliver([notification(put(asset))]);
    const marker = mark(asset);
    await world.deliver([notification(marker)]);
    world.vault.bucket.remove(asset.key, marker.versionId);

    await world.deliver([notification({ ...marker, name: 'ObjectRemoved:Delete' })]);

    expect((await world.row(asset.assetId))?.summary.state).toBe('stored');
    expect((await world.rows()).map(({ kind }) => kind).sort()).toEqual(['asset', 'due', 'hash']);
  });
});

describe('an asset of which nothing is left', () => {
  it('leaves a tombstone that says nothing of content or people, and no other row', async () => {
    const event = put(asset);
    await world.deliver([notification(event)]);
    world.vault.bucket.remove(asset.key, event.versionId);

    await world.deliver([notification({ ...event, name: 'ObjectRemoved:Delete' })]);

    const rows = await world.rows();
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toMatch(/uploader-1|subject-1|call one|hi-IN|c2hh/);
    expect(rows[0]).toMatchObject({ summary: { state: 'gone' }, expiresAt: expect.any(Number) });
  });

  it('is not brought back by the late event of its creation', async () => {
    const event = put(asset);
    world.vault.bucket.remove(asset.key, event.versionId);
    await world.deliver([notification({ ...event, name: 'ObjectRemoved:Delete' })]);

    await world.deliver([notification(event)]);

    expect((await world.row(asset.assetId))?.summary.state).toBe('gone');
  });
});

describe('a facts object', () => {
  const facts = (attributes: object, key = asset.key) => {
    const body = canonicalJson({
      v: 1,
      assetId: asset.assetId,
      tenant,
      key,
      attributes,
      updatedAt: '2026-05-01T08:00:00.000Z',
      updatedBy: 'u',
    });
    const { versionId } = world.vault.bucket.put(asset.factsKey, { sha256: '', header: '', body });
    return { name: 'ObjectCreated:Put', key: asset.factsKey, versionId };
  };

  it('takes the place of the attributes of the upload', async () => {
    await world.deliver([notification(put(asset))]);

    await world.deliver([notification(facts({ language: 'ta-IN', title: 'later' }))]);

    const row = await world.row(asset.assetId);
    expect(row?.summary.attributes).toEqual({ language: 'ta-IN', title: 'later' });
    expect(row?.detail.factsEtag).toBe('v2');
  });

  it('is applied too when its event comes before the asset’s', async () => {
    const created = put(asset);
    await world.deliver([notification(facts({ title: 'early' }))]);

    await world.deliver([notification(created)]);

    expect((await world.row(asset.assetId))?.summary).toMatchObject({
      state: 'stored',
      attributes: { title: 'early' },
    });
  });

  it('that names another asset’s key is refused and said so', async () => {
    await world.deliver([notification(put(asset))]);

    await world.deliver([notification(facts({ title: 'stolen' }, assets[1].key))]);

    expect((await world.row(asset.assetId))?.summary.attributes).toEqual({ language: 'hi-IN' });
    expect(world.observed.at(-1)?.notices).toEqual(['facts-object-refused']);
  });
});

describe('a facts object of an asset’s id', () => {
  it('is not applied where it names another key under that id', async () => {
    const options = { locate: (key: string) => parseVaultKey([modelClass], key) };
    await world.deliver([notification(put(asset))], options);
    const key = asset.key.replace(/file$/, 'other');
    const told = {
      v: 1,
      assetId: asset.assetId,
      tenant,
      key,
      attributes: { title: 'x' },
      updatedAt: '',
      updatedBy: '',
    };
    const { versionId } = world.vault.bucket.put(asset.factsKey, { sha256: '', header: '', body: canonicalJson(told) });

    await world.deliver([notification({ name: 'ObjectCreated:Put', key: asset.factsKey, versionId })], options);

    expect((await world.row(asset.assetId))?.summary.attributes).toEqual({ language: 'hi-IN' });
    expect(world.observed.at(-1)?.notices).toEqual(['facts-object-refused']);
  });
});

describe('a restore that S3 tells of', () => {
  const packId = '01JZ8K2M4N6P8Q0R2S4T6V8W0X';
  const restored = (key: string, versionId: string) =>
    notification({ name: 'ObjectRestore:Completed', key, versionId });
  const words = async () => (await world.rows()).filter(({ kind }) => kind === 'restored');

  it('leaves a word for each object, which comes twice unchanged and runs out', async () => {
    const { key, versionId } = put(asset);
    const bodies = [restored(key, versionId), restored(`packs/${tenant}/${modelClass.name}/${packId}`, 'v1')];
    await world.deliver(bodies);
    const first = await words();
    await world.deliver(bodies);

    expect(first.map(({ object }) => object).sort()).toEqual([`asset:${asset.assetId}`, `pack:${packId}`].sort());
    expect(first.every((row) => Number(row['expiresAt']) * 1000 > Date.parse(String(row['toldAt'])))).toBe(true);
    expect(await words()).toEqual(first);
  });

  it('leaves none where the look failed, or the copy only begins', async () => {
    const { key, versionId } = put(asset);
    const begun = await world.deliver([notification({ name: 'ObjectRestore:Post', key, versionId })]);
    const failed = await world.deliver([restored(key, versionId)], { remainingMs: () => 0 });

    expect(begun.batchItemFailures).toEqual([]);
    expect(failed.batchItemFailures).toEqual([{ itemIdentifier: 'm0' }]);
    expect(await words()).toEqual([]);
  });
});

describe('keys that speak of no asset', () => {
  it('are dropped before any request where they are Mediakeep’s own', async () => {
    const bodies = ['journal/t1/case/1', 'packs/t1/0001'].map((key) =>
      notification({ name: 'ObjectCreated:Put', key, versionId: 'v1' }),
    );

    expect(await world.deliver(bodies)).toEqual({ batchItemFailures: [] });

    expect(world.vault.requests).toEqual([]);
    expect(world.tableCalls).toEqual([]);
  });

  it.each([
    'elsewhere/t1/x',
    'model/t1/not-an-id/file',
    `model//${asset.assetId}/file`,
    'facts/t1/not-an-id',
    'facts/t1',
  ])('are given back where no class knows them: %s', async (key) => {
    const answer = await world.deliver([notification({ name: 'ObjectCreated:Put', key, versionId: 'v1' })]);

    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: 'm0' }]);
    expect([...world.vault.requests, ...world.tableCalls]).toEqual([]);
  });
});

describe('an object under a second key of an asset', () => {
  it('is refused, and the asset stays what it was', async () => {
    await world.deliver([notification(put(asset))]);
    const other = { ...asset, key: asset.key.replace(/file$/, 'other') };
    const event = put(other);

    const answer = await world.deliver([notification(event)], {
      locate: (key) => ({ dataClass: modelClass, tenant, assetId: key.split('/')[2] ?? '' }),
    });

    expect(answer.batchItemFailures).toHaveLength(1);
    expect((await world.row(asset.assetId))?.detail.key).toBe(asset.key);
  });
});

describe('the time of a call', () => {
  it('is not begun anew when little is left: the messages come again', async () => {
    const answer = await world.deliver([notification(put(asset))], { remainingMs: () => 5000 });

    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: 'm0' }]);
    expect(world.vault.requests).toEqual([]);
  });
});

describe('a record', () => {
  it('of an event that nobody knows means to look', async () => {
    const { key } = put(asset);

    await world.deliver([notification({ name: 'ObjectSomethingNew:2030', key, versionId: undefined })]);

    expect((await world.row(asset.assetId))?.summary.state).toBe('stored');
  });

  it.each(['null', '', 'a b', 'x'.repeat(1025)])('with the version id %j means to look', async (versionId) => {
    const { key } = put(asset);

    await world.deliver([notification({ name: 'ObjectCreated:Put', key, versionId })]);

    expect(operations()).toEqual(['GetObject', 'ListObjectVersions', 'HeadObject']);
  });

  it('is believed about nothing but its key and version', async () => {
    const record = recordOf(put(asset));
    const body = JSON.stringify({
      Records: [
        {
          ...record,
          eventTime: '1970-99-99',
          s3: { ...record.s3, object: { ...record.s3.object, size: -1, eTag: {}, sequencer: 'zz' } },
        },
      ],
    });

    expect(await world.deliver([body])).toEqual({ batchItemFailures: [] });

    expect((await world.row(asset.assetId))?.summary.bytes).toBe(1);
  });
});
