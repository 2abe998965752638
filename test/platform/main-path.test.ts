import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSamples } from '../../cli/local/sample-files.ts';
import { UploadRejectedError } from '../../client/index.ts';
import type { RunningPlatform } from './running-platform.ts';
import { runPlatform } from './running-platform.ts';
import { sampleBytes, wrongSamples } from './samples.ts';

let running: RunningPlatform;
beforeAll(async () => {
  running = await runPlatform();
});
afterAll(() => running[Symbol.asyncDispose]());

const collect = async (bytes: AsyncIterable<Uint8Array>): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(bytes));

const userFile = { class: 'user-file', filename: 'a.bin', contentType: 'application/octet-stream', subject: 'sub-1' };

describe('a file goes from the client to the catalog', () => {
  it.each(readSamples())('$facts.filename is stored and comes back byte for byte', async ({ path, facts }) => {
    const client = running.as('ravi');
    const content = readFileSync(path);

    const asset = await client.store(content, facts);
    const { bytes } = await client.get(asset.assetId);

    expect(asset).toMatchObject({ class: facts.class, state: 'stored', bytes: content.length, tenant: 'acme' });
    expect((await collect(bytes)).equals(content)).toBe(true);
  });

  it.each(wrongSamples)('$file is refused as $reason', async ({ file, dataClass, contentType, reason }) => {
    const facts = {
      class: dataClass,
      filename: file.replace('wrong/', ''),
      contentType,
      subject: 'sub-1',
      ...(dataClass === 'case-audio' && { case: 'C-1' }),
      attributes: dataClass === 'transcription' ? { language: 'en-IN' } : {},
    };
    const content = sampleBytes(file);
    const refused = content.length === 0 ? /empty|at least 1/ : UploadRejectedError;

    const upload = running.as('ravi').upload(content, facts);

    await expect(upload).rejects.toThrow(refused);
    if (content.length > 0) await expect(upload).rejects.toMatchObject({ reason });
  });

  it('sends a large file in parts and knows its digest', async () => {
    const content = randomBytes(20 * 1024 ** 2);

    const asset = await running.as('ravi').store(content, userFile);

    expect(asset.bytes).toBe(content.length);
    expect(asset.sha256).toMatch(/^[A-Za-z0-9+/]{43}=$/);
  });

  it('lists assets by every pattern that it has', async () => {
    const client = running.as('ravi');
    const facts = { ...userFile, filename: 'b.bin', subject: 'sub-list' };
    const asset = await client.store(randomBytes(100), facts);
    const ids = async (query: Parameters<typeof client.list>[0]): Promise<string[]> =>
      (await Array.fromAsync(client.list(query))).map(({ assetId }) => assetId);

    expect(await ids({ class: 'user-file', from: asset.createdAt })).toContain(asset.assetId);
    expect(await ids({ uploader: asset.uploader })).toContain(asset.assetId);
    expect(await ids({ subject: 'sub-list' })).toEqual([asset.assetId]);
    expect(await ids({ sha256: asset.sha256, bytes: asset.bytes })).toEqual([asset.assetId]);
    expect(await ids({ language: 'hi-IN', intent: 'turn-on-light' })).toHaveLength(1);
  });

  it('agrees with S3 about versions, through deletion and undeletion', async () => {
    const client = running.as('asha');
    const asset = await client.store(randomBytes(64), userFile);
    const inVault = async () => {
      const command = new ListObjectVersionsCommand({ Bucket: running.state.buckets.vault, Prefix: asset.key });
      const { Versions = [], DeleteMarkers = [] } = await running.s3.send(command);
      return [...Versions, ...DeleteMarkers].map(({ VersionId }) => VersionId).sort();
    };
    const inCatalog = async () =>
      (await Array.fromAsync(client.versions(asset.assetId))).map(({ versionId }) => versionId).sort();

    await client.delete(asset.assetId);
    await running.platform.idle();
    const deleted = (await client.asset(asset.assetId)).value;

    expect(deleted.state).toBe('deleted');
    expect(await inCatalog()).toEqual(await inVault());
    await expect(client.get(asset.assetId)).rejects.toMatchObject({ code: 'gone' });

    await client.undelete(asset.assetId);
    await running.platform.idle();

    expect((await client.asset(asset.assetId)).value.state).toBe('stored');
    expect(await inCatalog()).toEqual(await inVault());
  });

  it('changes attributes under the ETag that was read, and no other', async () => {
    const client = running.as('ravi');
    const sample = readSamples().find(({ facts }) => facts.class === 'raw-audio');
    if (sample === undefined) throw new Error('There is no sample of raw-audio.');
    const { assetId } = await client.upload(readFileSync(sample.path), sample.facts);
    const { value, etag } = await client.asset(assetId);

    const changed = await client.change(assetId, { title: 'Another title' }, etag ?? '');
    await running.platform.idle();

    expect(changed.value.attributes).toEqual({ ...value.attributes, title: 'Another title' });
    expect((await client.asset(assetId)).value.attributes).toEqual(changed.value.attributes);
    await expect(client.change(assetId, { title: 'Lost' }, etag ?? '')).rejects.toMatchObject({
      code: 'precondition-failed',
    });
  });
});

describe('a content is stored once', () => {
  it('resolves a second upload to the asset that is there', async () => {
    const client = running.as('ravi');
    const content = randomBytes(5000);

    const first = await client.upload(content, userFile);
    const second = await client.upload(content, userFile);

    expect(second).toMatchObject({ state: 'duplicate', assetId: first.assetId });
  });

  it('stores one object of several uploads at once', async () => {
    const client = running.as('ravi');
    const content = randomBytes(5000);

    const results = await Promise.all(Array.from({ length: 6 }, () => client.upload(content, userFile)));

    expect(new Set(results.map(({ assetId }) => assetId)).size).toBe(1);
    expect(results.filter(({ state }) => state === 'stored')).toHaveLength(1);
  });

  it('stores it again for another tenant, who learns nothing', async () => {
    const content = randomBytes(5000);
    const ours = await running.as('ravi').upload(content, userFile);

    const theirs = await running.as('lena').upload(content, userFile);

    expect(theirs.state).toBe('stored');
    expect(theirs.assetId).not.toBe(ours.assetId);
    await expect(running.as('lena').asset(ours.assetId)).rejects.toMatchObject({ code: 'not-found' });
  });
});
