import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MiB } from '../../core/bytes.ts';
import { decodeFacts } from '../../core/facts.ts';
import { UploadPlan } from '../../core/schemas/upload.ts';
import { startApi, startTime, type TestApi } from './api-under-test.ts';
import { digest, formUpload, multipartUpload, putUpload } from './uploads.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await api.member('ann', ['contributor']);
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
});

const begin = (body: object) => api.call('POST', '/uploads', { as: 'ann', body });

describe('a begun upload', () => {
  it('answers a plan in the documented shape for every way', async () => {
    for (const body of [putUpload(), formUpload(), multipartUpload()]) {
      const { status, body: plan } = await begin(body);

      expect(status).toBe(201);
      expect(UploadPlan.safeParse(plan).error).toBeUndefined();
    }
  });

  it('pins key, length, type, digest, encryption, write-once and facts of a single PUT', async () => {
    const { body } = await begin(putUpload());
    const url = new URL(body.request.url);

    expect(url.pathname).toBe(`/landing/put/acme/${body.assetId}`);
    expect(url.searchParams.get('X-Amz-Expires')).toBe('900');
    expect(url.searchParams.get('X-Amz-SignedHeaders')?.split(';')).toEqual([
      'content-length',
      'content-type',
      'host',
      'if-none-match',
      'x-amz-checksum-sha256',
      'x-amz-meta-facts',
      'x-amz-server-side-encryption',
      'x-amz-server-side-encryption-aws-kms-key-id',
    ]);
    expect(body.request).toMatchObject({
      method: 'PUT',
      bytes: 1000,
      headers: {
        'content-type': 'audio/wav',
        'if-none-match': '*',
        'x-amz-checksum-sha256': digest,
        'x-amz-server-side-encryption': 'aws:kms',
      },
    });
    expect(body.expiresAt).toBe(new Date(startTime + 900_000).toISOString());
  });

  it('lets the object describe itself by its facts', async () => {
    const { body } = await begin(putUpload({ attributes: { language: 'hi-IN' }, consent: 'consent-1' }));

    expect(decodeFacts(body.request.headers['x-amz-meta-facts'])).toEqual({
      v: 1,
      assetId: body.assetId,
      tenant: 'acme',
      dataClass: 'raw-audio',
      uploader: 'ann',
      createdAt: new Date(startTime).toISOString(),
      filename: 'interview.wav',
      contentType: 'audio/wav',
      bytes: 1000,
      sha256: digest,
      subject: 'speaker-1',
      consent: 'consent-1',
      attributes: { language: 'hi-IN' },
    });
  });

  it('allows a form exactly its fields and a length within the range', async () => {
    const { body } = await begin(formUpload());
    const { fields } = body.form;
    const policy = JSON.parse(Buffer.from(fields.policy, 'base64').toString());

    expect(fields.key).toBe(`post/acme/${body.assetId}`);
    expect(policy.expiration).toBe(new Date(startTime + 900_000).toISOString());
    expect(policy.conditions).toContainEqual(['content-length-range', 1, 5000]);
    expect(policy.conditions).toContainEqual({ bucket: 'landing' });
    for (const [name, value] of Object.entries(fields)) {
      if (name !== 'policy' && name !== 'x-amz-signature') expect(policy.conditions).toContainEqual({ [name]: value });
    }
  });

  it('creates a multipart upload with a full-object CRC32 and signs every part with its length', async () => {
    const { body } = await begin(multipartUpload(MiB(20)));
    const created = api.s3.requests.findLast(({ query }) => 'uploads' in query);

    expect(created?.headers).toMatchObject({
      'x-amz-checksum-algorithm': 'CRC32',
      'x-amz-checksum-type': 'FULL_OBJECT',
      'x-amz-server-side-encryption': 'aws:kms',
      'content-type': 'audio/wav',
    });
    expect(decodeFacts(created?.headers['x-amz-meta-facts'])?.assetId).toBe(body.assetId);
    expect(body.partBytes).toBe(MiB(8));
    expect(body.parts.map(({ bytes }: { bytes: number }) => bytes)).toEqual([MiB(8), MiB(8), MiB(4)]);
    for (const { url } of body.parts) {
      expect(new URL(url).searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;host');
    }
  });

  it('fits a thousand part URLs into one answer of the gateway', async () => {
    const { text, body } = await begin(multipartUpload(5 * 1024 ** 3));

    expect(body.parts.length).toBeLessThanOrEqual(1000);
    expect(text.length).toBeLessThan(6_000_000);
  });

  it('writes no row at all without an idempotency key, but the counter', async () => {
    api.clock.advance(60_000);
    await begin(putUpload());
    api.table.sent.length = 0;

    await begin(putUpload());

    expect(api.table.sent).toEqual(['UpdateItem']);
  });

  it('gives a form the digest that was told', async () => {
    const { body } = await begin(formUpload({ sha256: digest }));

    expect(body.form.fields['x-amz-checksum-sha256']).toBe(digest);
  });
});
