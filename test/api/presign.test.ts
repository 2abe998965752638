import { GetObjectCommand, PutObjectCommand, S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { bucketAddress } from '../../lambdas/api/stores/bucket-address.ts';
import { createLanding } from '../../lambdas/api/stores/landing.ts';
import { signForm, urlSigner } from '../../lambdas/shared/presign.ts';

const region = 'ap-south-1';
const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG',
  sessionToken: 'token/with+=',
};
const sdk = new S3Client({ region, credentials, requestChecksumCalculation: 'WHEN_REQUIRED' });
const address = bucketAddress('a-bucket', { region, endpoint: undefined });
const now = Date.UTC(2026, 0, 31, 8, 30, 15);
const sign = urlSigner({ credentials, region, now });

/** The SDK adds a parameter that S3 ignores; ours is given the same, so that both sign the same request. */
const sameAs = (theirs: string, ours: string): void => {
  expect(Object.fromEntries(new URL(ours).searchParams)).toEqual(Object.fromEntries(new URL(theirs).searchParams));
  expect(new URL(ours).href.split('?')[0]).toBe(new URL(theirs).href.split('?')[0]);
};

const keys = fc
  .stringMatching(/^[a-z]{1,8}(\/[\w .+~()!*'@%&=-]{1,12}){1,3}$/)
  .filter((key) => !/(^|\/)\.{1,2}(\/|$)/.test(key));

afterEach(() => vi.useRealTimers());

describe('a presigned URL', () => {
  it('is the one that the SDK signs, for any key and any headers of a PUT', async () => {
    await fc.assert(
      fc.asyncProperty(keys, fc.nat(), fc.stringMatching(/^[\w-]{1,40}$/), async (key, bytes, facts) => {
        const headers = {
          'content-type': 'audio/wav',
          'content-length': String(bytes),
          'if-none-match': '*',
          'x-amz-checksum-sha256': '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
          'x-amz-meta-facts': facts,
        };
        const command = new PutObjectCommand({
          Bucket: 'a-bucket',
          Key: key,
          ContentType: 'audio/wav',
          ContentLength: bytes,
          IfNoneMatch: '*',
          ChecksumSHA256: headers['x-amz-checksum-sha256'],
          Metadata: { facts },
        });
        const names = new Set(Object.keys(headers));
        const theirs = await getSignedUrl(sdk, command, {
          expiresIn: 900,
          signingDate: new Date(now),
          signableHeaders: new Set([...names, 'host']),
          unhoistableHeaders: names,
        });
        const query = { 'x-id': 'PutObject' };

        sameAs(theirs, sign({ method: 'PUT', address: address.object(key), query, headers, expiresInSeconds: 900 }));
      }),
      { numRuns: 50 },
    );
  });

  it('is the one that the SDK signs for a part', async () => {
    const command = new UploadPartCommand({
      Bucket: 'a-bucket',
      Key: 'multipart/t/x',
      PartNumber: 7,
      UploadId: 'u+/=',
      ContentLength: 5,
    });
    const theirs = await getSignedUrl(sdk, command, {
      expiresIn: 60,
      signingDate: new Date(now),
      signableHeaders: new Set(['content-length', 'host']),
    });
    const query = { partNumber: '7', uploadId: 'u+/=', 'x-id': 'UploadPart' };
    const headers = { 'content-length': '5' };

    sameAs(
      theirs,
      sign({ method: 'PUT', address: address.object('multipart/t/x'), query, headers, expiresInSeconds: 60 }),
    );
  });

  it('is the one that the SDK signs for a download of one version', async () => {
    await fc.assert(
      fc.asyncProperty(
        keys,
        fc.string({ maxLength: 30 }).filter((text) => text.isWellFormed() && text !== ''),
        async (key, disposition) => {
          const command = new GetObjectCommand({
            Bucket: 'a-bucket',
            Key: key,
            VersionId: 'v.1',
            ResponseContentDisposition: disposition,
          });
          const theirs = await getSignedUrl(sdk, command, { expiresIn: 300, signingDate: new Date(now) });
          const checksum = new URL(theirs).searchParams.get('x-amz-checksum-mode');
          const query = {
            versionId: 'v.1',
            'response-content-disposition': disposition,
            'x-id': 'GetObject',
            ...(checksum === null ? {} : { 'x-amz-checksum-mode': checksum }),
          };

          sameAs(theirs, sign({ method: 'GET', address: address.object(key), query, expiresInSeconds: 300 }));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('differs in its signature for whatever is changed', () => {
    const request = {
      method: 'PUT',
      address: address.object('k'),
      headers: { 'content-length': '5' },
      expiresInSeconds: 900,
    } as const;
    const variants = [
      sign(request),
      sign({ ...request, method: 'GET' }),
      sign({ ...request, address: address.object('k2') }),
      sign({ ...request, headers: { 'content-length': '6' } }),
      sign({ ...request, headers: {} }),
      sign({ ...request, query: { versionId: 'v' } }),
      sign({ ...request, expiresInSeconds: 901 }),
      urlSigner({ credentials, region: 'ap-south-2', now })(request),
      urlSigner({ credentials, region, now: now + 1000 })(request),
      urlSigner({ credentials: { ...credentials, sessionToken: 'other' }, region, now })(request),
    ].map((url) => new URL(url).searchParams.get('X-Amz-Signature'));

    expect(new Set(variants).size).toBe(variants.length);
  });

  it('leads to the bucket’s own host, or by the path of an endpoint', () => {
    expect(address.object('a b/c').href).toBe('https://a-bucket.s3.ap-south-1.amazonaws.com/a%20b/c');
    expect(bucketAddress('b', { region, endpoint: 'http://127.0.0.1:4566/' }).object('k').href).toBe(
      'http://127.0.0.1:4566/b/k',
    );
    expect(bucketAddress('b', { region: 'cn-north-1', endpoint: undefined }).bucket.host).toBe(
      'b.s3.cn-north-1.amazonaws.com.cn',
    );
  });
});

describe('with transfer acceleration', () => {
  const client = new S3Client({ region, credentials, useAccelerateEndpoint: true });
  const landing = (endpoint: string | undefined) =>
    createLanding({
      client,
      bucket: 'a-bucket',
      dataKeyArn: 'arn:aws:kms:ap-south-1:000000000000:key/data',
      region,
      endpoint,
      clock: { now: () => now },
      accelerated: true,
      completionPatienceMs: 1,
    });
  const facts = {
    v: 1,
    assetId: 'a',
    tenant: 't',
    dataClass: 'raw-audio',
    filename: 'f.wav',
    contentType: 'audio/wav',
    createdAt: '2026-01-31T08:00:00.000Z',
    uploader: 'u',
    attributes: {},
  } as const;
  const hosts = async (endpoint: string | undefined) => {
    const { signPut, signForm: form, signParts } = landing(endpoint);
    const plan = { bytes: 1, partBytes: 8 * 2 ** 20, count: 1 };
    const urls = [
      (await signPut({ key: 'k', facts, bytes: 1, sha256: '', expiresInSeconds: 9 })).url,
      (await form({ key: 'k', facts, lengthRange: [1, 2], expiresInSeconds: 9 })).url,
      ...(await signParts({ key: 'k', uploadId: 'u', plan, partNumbers: [1], expiresInSeconds: 9 })).map(
        ({ url }) => url,
      ),
    ];
    return [...new Set(urls.map((url) => new URL(url).host))];
  };

  it('leads every upload to the accelerated host, but never past an endpoint', async () => {
    expect(await hosts(undefined)).toEqual(['a-bucket.s3-accelerate.amazonaws.com']);
    expect(await hosts('http://127.0.0.1:4566')).toEqual(['127.0.0.1:4566']);
  });

  it('is the URL that the SDK signs', async () => {
    const command = new UploadPartCommand({
      Bucket: 'a-bucket',
      Key: 'multipart/t/x',
      UploadId: 'u',
      PartNumber: 2,
      ContentLength: 9,
    });
    const theirs = await getSignedUrl(client, command, {
      expiresIn: 60,
      signingDate: new Date(now),
      signableHeaders: new Set(['host', 'content-length']),
    });
    const accelerated = bucketAddress('a-bucket', { region, endpoint: undefined, accelerated: true });
    const query = Object.fromEntries([...new URL(theirs).searchParams].filter(([name]) => !name.startsWith('X-Amz-')));

    sameAs(
      theirs,
      sign({
        method: 'PUT',
        address: accelerated.object('multipart/t/x'),
        query,
        headers: { 'content-length': '9' },
        expiresInSeconds: 60,
      }),
    );
  });
});

describe('a signed form', () => {
  it('has the fields and the signature that the SDK makes', async () => {
    vi.useFakeTimers({ now, toFake: ['Date'] });
    const fields = { 'Content-Type': 'audio/wav', 'x-amz-meta-facts': 'abc' };
    const theirs = await createPresignedPost(sdk, {
      Bucket: 'a-bucket',
      Key: 'post/t/x',
      Fields: fields,
      Conditions: [['content-length-range', 1, 5]],
      Expires: 900,
    });
    const form = {
      bucket: 'a-bucket',
      fields: { key: 'post/t/x', ...fields },
      lengthRange: [1, 5] as const,
      expiresAt: now + 900_000,
    };
    const ours = signForm(form, { credentials, region, now });
    const policyOf = ({ fields: { Policy } }: typeof theirs) =>
      JSON.parse(Buffer.from(Policy ?? '', 'base64').toString());
    const lowered = Object.entries(theirs.fields).map(([name, value]) => [name.toLowerCase(), value]);
    // S3 knows the bucket from the address; the SDK sends it as a field besides.
    const { policy: _theirs, 'x-amz-signature': _signed, bucket: _bucket, ...told } = Object.fromEntries(lowered);
    const ourPolicy = JSON.parse(Buffer.from(ours['policy'] ?? '', 'base64').toString());

    expect(Object.fromEntries(Object.entries(ours).map(([name, value]) => [name.toLowerCase(), value]))).toMatchObject(
      told,
    );
    expect(Date.parse(ourPolicy.expiration)).toBe(Date.parse(policyOf(theirs).expiration));
    expect(ourPolicy.conditions).toEqual(
      expect.arrayContaining([['content-length-range', 1, 5], { bucket: 'a-bucket' }, { key: 'post/t/x' }]),
    );
  });
});
