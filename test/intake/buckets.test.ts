import { describe, expect, it } from 'vitest';
import { landingBucket } from '../../lambdas/intake/landing-bucket.ts';
import { SourceGoneError } from '../../lambdas/intake/ports.ts';
import { vaultBucket } from '../../lambdas/intake/vault-bucket.ts';
import { partRanges } from '../../lambdas/shared/copy-in-parts.ts';
import { type SentRequest, s3Error, type WireAnswer, wire } from './wire.ts';

const version = { key: 'put/t1/01JT0000000000000000000001', versionId: 'a+b/c=' };
const promotion = {
  source: version,
  key: 'notes/t1/2026-05-01/x/note.json',
  bytes: 10,
  contentType: 'application/json',
  facts: 'Zm9v',
};
const crc = { algorithm: 'CRC32', value: 'q80SNA==' } as const;
const copied = '<CopyObjectResult><ETag>"e"</ETag><ChecksumSHA256>c2hh</ChecksumSHA256></CopyObjectResult>';

const buckets = (answer: (request: SentRequest) => WireAnswer | Promise<WireAnswer>, uploadsUnderWay = 1) => {
  const { s3, sent } = wire(answer);
  const clients = { s3: s3(), copier: s3() };
  return {
    sent,
    landing: landingBucket(clients, 'keep-landing', () => uploadsUnderWay),
    vault: vaultBucket(clients, { landing: 'keep-landing', vault: 'keep-vault' }),
  };
};

describe('the landing bucket', () => {
  it('is asked for exactly the version of the event, with its checksums', async () => {
    const headers = {
      'content-length': '10',
      'content-type': 'application/json',
      'x-amz-meta-facts': 'Zm9v',
      'x-amz-checksum-sha256': 'c2hh',
      'x-amz-checksum-type': 'FULL_OBJECT',
      'last-modified': 'Fri, 01 May 2026 08:00:00 GMT',
    };
    const { landing, sent } = buckets(() => ({ headers }));

    const object = await landing.head(version);

    expect(object).toMatchObject({ bytes: 10, facts: 'Zm9v', sha256: 'c2hh', at: Date.parse('2026-05-01T08:00:00Z') });
    expect(sent[0]).toMatchObject({ method: 'HEAD', query: { versionId: 'a+b/c=' } });
    expect(sent[0]?.headers).toMatchObject({ 'x-amz-checksum-mode': 'ENABLED' });
  });

  it.each([
    [{ 'x-amz-checksum-sha256': 'c2hh-3', 'x-amz-checksum-type': 'COMPOSITE' }, undefined, undefined],
    [{ 'x-amz-checksum-sha256': 'c2hh-3' }, undefined, undefined],
    [{ 'x-amz-checksum-crc32': 'q80SNA==', 'x-amz-checksum-type': 'FULL_OBJECT' }, undefined, crc],
    [{ 'x-amz-checksum-crc32': 'q80SNA==-2', 'x-amz-checksum-type': 'COMPOSITE' }, undefined, undefined],
    [{ 'x-amz-checksum-crc64nvme': 'AAAAAAAAAAA=' }, undefined, { algorithm: 'CRC64NVME', value: 'AAAAAAAAAAA=' }],
  ])('takes a digest of parts for no digest: %o', async (headers, sha256, expected) => {
    const { landing } = buckets(() => ({ headers }));

    expect(await landing.head(version)).toMatchObject({ sha256, crc: expected });
  });

  it('answers nothing for a version that is gone, and throws what else goes wrong', async () => {
    expect(await buckets(() => ({ status: 404 })).landing.head(version)).toBeUndefined();
    await expect(buckets(() => ({ status: 403 })).landing.head(version)).rejects.toThrow();
  });

  it('is read by ranges of one version', async () => {
    const { landing, sent } = buckets(() => ({ status: 206, body: 'hello' }));

    const bytes = await landing.read(version, 100, 5);

    expect(new TextDecoder().decode(bytes)).toBe('hello');
    expect(sent[0]).toMatchObject({
      method: 'GET',
      query: { versionId: 'a+b/c=' },
      headers: { range: 'bytes=100-104' },
    });
  });

  it.each(['NoSuchVersion', 'NoSuchKey'])('says that the source is gone at %s', async (code) => {
    const { landing } = buckets(() => s3Error(404, code));

    await expect(landing.read(version, 0, 5)).rejects.toThrow(SourceGoneError);
    await expect(landing.stage(version, 'staged/t1/x')).rejects.toThrow(SourceGoneError);
  });

  it('stages by a copy that S3 hashes, pinned to the version, without tags', async () => {
    const { landing, sent } = buckets(() => ({ headers: { 'x-amz-version-id': 'v9' }, body: copied }));

    expect(await landing.stage(version, 'staged/t1/x')).toEqual({
      key: 'staged/t1/x',
      versionId: 'v9',
      sha256: 'c2hh',
    });
    expect(sent[0]?.headers).toMatchObject({
      'x-amz-copy-source': 'keep-landing/put/t1/01JT0000000000000000000001?versionId=a%2Bb%2Fc%3D',
      'x-amz-checksum-algorithm': 'SHA256',
      'x-amz-tagging-directive': 'REPLACE',
    });
  });

  it('loses versions, never a key, and those of uploads under way together', async () => {
    const other = { key: 'put/t1/01JT0000000000000000000002', versionId: 'v2' };
    const { landing, sent } = buckets(() => ({ body: '<DeleteResult/>' }), 2);

    await Promise.all([landing.remove(version), landing.remove(other)]);

    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ method: 'POST', query: { delete: '' } });
    const objects = [...String(sent[0]?.body).matchAll(/<Key>(.*?)<\/Key><VersionId>(.*?)<\/VersionId>/g)];
    expect(objects.map(([, key, versionId]) => ({ key, versionId }))).toEqual([version, other]);
  });

  it('fails only for the version that S3 did not remove, and says why', async () => {
    const other = { ...version, versionId: 'v2' };
    const error = `<Error><Key>${version.key}</Key><VersionId>v2</VersionId><Code>AccessDenied</Code></Error>`;
    const { landing } = buckets(() => ({ body: `<DeleteResult>${error}</DeleteResult>` }), 2);

    const results = await Promise.allSettled([landing.remove(version), landing.remove(other)]);

    expect(results).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { message: expect.stringContaining('AccessDenied') } },
    ]);
  });
});

describe('the vault', () => {
  it('receives a copy of the checked version that never overwrites, with new metadata and S3’s own digest', async () => {
    const { vault, sent } = buckets(() => ({ body: copied }));

    expect(await vault.copy(promotion)).toEqual({ sha256: 'c2hh' });
    expect(sent[0]).toMatchObject({ method: 'PUT', path: '/keep-vault/notes/t1/2026-05-01/x/note.json' });
    expect(sent[0]?.headers).toMatchObject({
      'x-amz-copy-source': 'keep-landing/put/t1/01JT0000000000000000000001?versionId=a%2Bb%2Fc%3D',
      'if-none-match': '*',
      'x-amz-checksum-algorithm': 'SHA256',
      'x-amz-metadata-directive': 'REPLACE',
      'x-amz-tagging-directive': 'REPLACE',
      'x-amz-meta-facts': 'Zm9v',
      'content-type': 'application/json',
    });
  });

  it('says that a key is occupied, and nothing else of a refusal', async () => {
    expect(await buckets(() => s3Error(412, 'PreconditionFailed')).vault.copy(promotion)).toBe('occupied');
    await expect(buckets(() => s3Error(409, 'ConditionalRequestConflict')).vault.copy(promotion)).rejects.toThrow();
    await expect(buckets(() => s3Error(503, 'SlowDown')).vault.copy(promotion)).rejects.toThrow();
    await expect(buckets(() => s3Error(404, 'NoSuchVersion')).vault.copy(promotion)).rejects.toThrow(SourceGoneError);
  });

  it('does not take an error inside a 200 for a copy', async () => {
    await expect(buckets(() => ({ ...s3Error(200, 'InternalError') })).vault.copy(promotion)).rejects.toThrow();
  });
});

describe('a content past 5 GiB', () => {
  const bytes = 6 * 1024 ** 3;
  const answerParts = ({ method, query }: SentRequest): WireAnswer => {
    if (method === 'POST' && 'uploads' in query) {
      return { body: '<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>' };
    }
    if (method === 'PUT') {
      return { body: '<CopyPartResult><ETag>"e"</ETag><ChecksumCRC32>AAAAAA==</ChecksumCRC32></CopyPartResult>' };
    }
    return { body: '<CompleteMultipartUploadResult><ETag>"e-12"</ETag></CompleteMultipartUploadResult>' };
  };

  it('is copied in parts that together are the whole, and put together only with the checksum of the whole', async () => {
    const { vault, sent } = buckets(answerParts);

    expect(await vault.copyInParts({ ...promotion, bytes, crc })).toBe('copied');
    expect(sent[0]?.headers).toMatchObject({
      'x-amz-checksum-algorithm': 'CRC32',
      'x-amz-checksum-type': 'FULL_OBJECT',
    });
    const ranges = sent
      .filter(({ method }) => method === 'PUT')
      .map(({ headers }) => headers['x-amz-copy-source-range']);
    expect(ranges).toHaveLength(12);
    expect(ranges[0]).toBe('bytes=0-536870911');
    expect(ranges.at(-1)).toBe(`bytes=${bytes - 536_870_912}-${bytes - 1}`);
    const complete = sent.at(-1);
    expect(complete?.headers).toMatchObject({
      'if-none-match': '*',
      'x-amz-checksum-crc32': crc.value,
      'x-amz-checksum-type': 'FULL_OBJECT',
      'x-amz-mp-object-size': String(bytes),
    });
    expect(String(complete?.body)).toMatch(/<PartNumber>1<\/PartNumber>[\s\S]*<PartNumber>12<\/PartNumber>/);
  });

  it.each([
    ['PreconditionFailed', 412, 'occupied'],
    ['BadDigest', 400, undefined],
  ] as const)('is abandoned at %s', async (code, status, expected) => {
    const { vault, sent } = buckets((request) => {
      const completes = request.method === 'POST' && !('uploads' in request.query);
      if (request.method === 'DELETE') return { status: 204 };
      return completes ? s3Error(status, code) : answerParts(request);
    });

    const result = await vault.copyInParts({ ...promotion, bytes, crc }).catch((error: Error) => error.name);

    expect(result).toBe(expected ?? code);
    expect(sent.at(-1)).toMatchObject({ method: 'DELETE', query: { uploadId: 'u1' } });
  });

  it('is abandoned at a failed part only when the others that had begun have ended, and begins no more', async () => {
    const opened = Promise.withResolvers<void>();
    const { vault, sent } = buckets(async (request) => {
      if (request.method === 'DELETE') return { status: 204 };
      if (request.query['partNumber'] === '3') return s3Error(403, 'AccessDenied');
      if (request.method === 'PUT') await opened.promise;
      return request.query['partNumber'] === '5' ? s3Error(503, 'SlowDown') : answerParts(request);
    });
    const aborts = () => sent.filter(({ method }) => method === 'DELETE').length;

    const result = vault.copyInParts({ ...promotion, bytes: 20 * 1024 ** 3, crc }).catch((error: Error) => error.name);
    while (sent.length < 17) await new Promise(setImmediate);
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    const before = aborts();
    opened.resolve();

    expect(await result).toBe('AccessDenied');
    expect([before, aborts()]).toEqual([0, 1]);
    expect(sent.at(-1)?.method).toBe('DELETE');
    expect(sent.filter(({ method }) => method === 'PUT')).toHaveLength(16);
  });

  it('has no more than 10,000 parts and no gap between them', () => {
    for (const size of [5 * 1024 ** 3 + 1, 50 * 1024 ** 3, 48 * 1024 ** 4]) {
      const ranges = partRanges(size);

      expect(ranges.length).toBeLessThanOrEqual(10_000);
      expect(ranges[0]?.first).toBe(0);
      expect(ranges.at(-1)?.last).toBe(size - 1);
      expect(ranges.slice(1).every(({ first }, index) => first === (ranges[index]?.last ?? 0) + 1)).toBe(true);
    }
  });
});
