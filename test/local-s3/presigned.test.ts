import { createHash } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { S3Server } from './s3-server.ts';
import { accessKeyId, region, secretAccessKey, session, startS3 } from './s3-server.ts';
import type { TestAnswer } from './signed-request.ts';
import { send } from './signed-request.ts';

let s3: S3Server;
let signer: S3Client;
const Bucket = 'presigned';
const Key = 'put/t1/01HZX5Q8C9';
const body = Buffer.from('the recording');
const checksum = createHash('sha256').update(body).digest('base64');
const pinned = {
  'content-type': 'audio/wav',
  'content-length': String(body.length),
  'if-none-match': '*',
  'x-amz-checksum-sha256': checksum,
  'x-amz-meta-facts': 'eyJ2IjoxfQ',
};

beforeAll(async () => {
  s3 = await startS3();
  s3.bucket(Bucket, { versioning: 'Enabled' });
  signer = new S3Client({
    endpoint: s3.url,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
});
afterAll(() => s3.close());

/** A URL that pins everything about an upload, path and query alone. */
const uploadUrl = async (key = Key, expiresIn = 900): Promise<string> => {
  const command = new PutObjectCommand({
    Bucket,
    Key: key,
    ContentType: 'audio/wav',
    ContentLength: body.length,
    IfNoneMatch: '*',
    ChecksumSHA256: checksum,
    Metadata: { facts: 'eyJ2IjoxfQ' },
  });
  const names = new Set(Object.keys(pinned));
  const url = new URL(
    await getSignedUrl(signer, command, { expiresIn, signableHeaders: names, unhoistableHeaders: names }),
  );
  return url.pathname + url.search;
};
const upload = (path: string, headers: Record<string, string> = pinned, content: Buffer = body): Promise<TestAnswer> =>
  send(s3, { method: 'PUT', path, headers, body: content, signed: false });

describe('a presigned upload', () => {
  it('that is sent as it was signed is stored', async () => {
    const answer = await upload(await uploadUrl('put/t1/as-signed'));

    expect(answer.status).toBe(200);
    expect(answer.headers['x-amz-checksum-sha256']).toBe(checksum);
  });

  it('is refused for every byte of its URL that is changed, and stores nothing', async () => {
    const url = await uploadUrl();
    const printable = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
    const changes = fc
      .tuple(fc.integer({ min: 1, max: url.length - 1 }), printable)
      .filter(([at, char]) => url[at] !== char && char !== '#');

    await fc.assert(
      fc.asyncProperty(changes, async ([at, char]) => {
        const answer = await upload(url.slice(0, at) + char + url.slice(at + 1));
        expect(answer.status, `${char} at ${at}: ${answer.text}`).toBeGreaterThanOrEqual(400);
      }),
      { numRuns: 400 },
    );
    expect((await send(s3, { path: `/${Bucket}?versions&prefix=${Key}` })).text).not.toContain('<Version>');
  });

  it('is refused at each position where the case or one digit is another', async () => {
    const url = await uploadUrl();
    const flip = (char: string): string => {
      if (/[a-z]/.test(char)) return char.toUpperCase();
      if (/[A-Z]/.test(char)) return char.toLowerCase();
      return /\d/.test(char) ? String((Number(char) + 1) % 10) : 'x';
    };
    const accepted: number[] = [];
    for (let at = 1; at < url.length; at += 1) {
      const answer = await upload(url.slice(0, at) + flip(url[at] ?? '') + url.slice(at + 1));
      if (answer.status < 400) accepted.push(at);
    }

    expect(accepted).toEqual([]);
  });

  it('is refused for every byte of a signed header that is changed', async () => {
    const url = await uploadUrl();
    const names = Object.keys(pinned).filter((name) => name !== 'content-length');
    const changes = fc.constantFrom(...names).chain((name) => {
      const value = pinned[name as keyof typeof pinned];
      return fc.tuple(fc.constant(name), fc.nat(value.length - 1), fc.constantFrom(...'abcXYZ019+/=*'));
    });

    await fc.assert(
      fc.asyncProperty(changes, async ([name, at, char]) => {
        const value = pinned[name as keyof typeof pinned];
        fc.pre(value[at] !== char);
        const answer = await upload(url, { ...pinned, [name]: value.slice(0, at) + char + value.slice(at + 1) });
        expect(answer.status, `${name} ${at} ${char}`).toBeGreaterThanOrEqual(400);
      }),
      { numRuns: 150 },
    );
  });

  it('is refused without one of its headers, or with one more that decides something', async () => {
    const url = await uploadUrl();
    for (const name of Object.keys(pinned).filter((pin) => pin !== 'content-length')) {
      const { [name]: _, ...rest } = pinned as Record<string, string>;
      expect((await upload(url, rest)).status, `without ${name}`).toBe(403);
    }
    for (const name of [
      'x-amz-acl',
      'x-amz-meta-other',
      'x-amz-tagging',
      'x-amz-storage-class',
      'x-amz-server-side-encryption',
      'x-amz-copy-source',
      'x-amz-security-token',
    ]) {
      const answer = await upload(url, { ...pinned, [name]: 'x' });
      expect([answer.status, answer.code], `with ${name}`).toEqual([403, 'AccessDenied']);
      expect(answer.text).toContain(name);
    }
  });

  it('is refused with other bytes, or fewer, or more', async () => {
    const url = await uploadUrl();
    const other = Buffer.from('the recordinG');

    expect(await upload(url, pinned, other)).toMatchObject({ status: 400, code: 'BadDigest' });
    expect((await upload(url, { ...pinned, 'content-length': '12' }, body.subarray(1))).status).toBe(403);
  });

  it('is refused for another key, method, host and region', async () => {
    const url = await uploadUrl();
    const elsewhere = await getSignedUrl(
      new S3Client({
        endpoint: s3.url,
        region: 'eu-west-1',
        forcePathStyle: true,
        credentials: { accessKeyId, secretAccessKey },
      }),
      new GetObjectCommand({ Bucket, Key: 'x' }),
    );
    const region = await send(s3, { path: elsewhere.slice(s3.url.length), signed: false });

    expect((await upload(url.replace('t1', 't2'))).code).toBe('SignatureDoesNotMatch');
    expect((await send(s3, { method: 'POST', path: url, headers: pinned, body, signed: false })).code).toBe(
      'SignatureDoesNotMatch',
    );
    expect((await upload(url, { ...pinned, host: 'localhost' })).code).toBe('SignatureDoesNotMatch');
    expect([region.status, region.code]).toEqual([400, 'AuthorizationQueryParametersError']);
    expect(region.text).toContain(`<Region>ap-south-1</Region>`);
  });

  it('is refused with a parameter twice, one more, or none of one', async () => {
    const url = await uploadUrl();
    const [path, query = ''] = url.split('?');
    for (const pair of query.split('&')) {
      expect((await upload(`${url}&${pair}`)).status, `twice ${pair}`).toBe(400);
      expect(
        (
          await upload(
            `${path}?${query
              .split('&')
              .filter((other) => other !== pair)
              .join('&')}`,
          )
        ).status,
        `without ${pair}`,
      ).toBeGreaterThanOrEqual(400);
    }
    expect((await upload(`${url}&versionId=null`)).code).toBe('SignatureDoesNotMatch');
    expect((await upload(`${url}&x-amz-acl=public-read`)).code).toBe('SignatureDoesNotMatch');
  });

  it('ends with its time on the platform’s clock', async () => {
    const url = await uploadUrl('put/t1/late', 60);
    s3.clock.move(50_000);
    expect((await upload(url)).status).toBe(200);
    s3.clock.move(20_000);
    const late = await upload(url);
    s3.clock.move(-70_000);

    expect([late.status, late.code]).toEqual([403, 'AccessDenied']);
    expect(late.text).toContain('Request has expired');
  });

  it('is refused before its time, and for longer than a week', async () => {
    s3.clock.move(-3 * 3_600_000);
    const future = await getSignedUrl(signer, new GetObjectCommand({ Bucket, Key }), {
      signingDate: new Date(Date.now() + 3_600_000),
    });
    const early = await send(s3, { path: future.slice(s3.url.length), signed: false });
    s3.clock.move(3 * 3_600_000);
    const url = await uploadUrl();
    const week = await upload(url.replace('X-Amz-Expires=900', 'X-Amz-Expires=604801'));

    expect([early.status, early.text.includes('not valid yet')]).toEqual([403, true]);
    expect([week.status, week.code]).toEqual([400, 'AuthorizationQueryParametersError']);
  });

  it('can be used again only where nothing pins it to an absent object', async () => {
    const url = await uploadUrl('put/t1/again');

    const answers = [];
    for (let index = 0; index < 5; index += 1) answers.push((await upload(url)).status);

    expect(answers).toEqual([200, 412, 412, 412, 412]);
  });
});

describe('a URL that a session presigned', () => {
  it('needs the token of that session', async () => {
    const { VersionId } = await s3.client.send(new PutObjectCommand({ Bucket, Key: 'session', Body: 'x' }));
    const client = new S3Client({ endpoint: s3.url, region, forcePathStyle: true, credentials: session });
    const url = (await getSignedUrl(client, new GetObjectCommand({ Bucket, Key: 'session', VersionId }))).slice(
      s3.url.length,
    );
    const token = /&X-Amz-Security-Token=[^&]+/;
    const fetched = async (path: string) => (await send(s3, { path, signed: false })).code;

    expect((await send(s3, { path: url, signed: false })).text).toBe('x');
    expect(await fetched(url.replace(token, ''))).toBe('InvalidAccessKeyId');
    expect(await fetched(url.replace(token, '&X-Amz-Security-Token=other'))).toBe('InvalidToken');
    expect(await fetched(url.replace(session.accessKeyId, accessKeyId))).toBe('InvalidToken');
  });
});

describe('a presigned download', () => {
  it('reads the version that it was signed for', async () => {
    const { VersionId } = await s3.client.send(new PutObjectCommand({ Bucket, Key: 'old', Body: 'old' }));
    await s3.client.send(new PutObjectCommand({ Bucket, Key: 'old', Body: 'new' }));
    const url = await getSignedUrl(
      signer,
      new GetObjectCommand({ Bucket, Key: 'old', VersionId, ResponseContentDisposition: 'attachment' }),
    );

    const answer = await send(s3, { path: url.slice(s3.url.length), signed: false });

    expect([answer.text, answer.headers['content-disposition']]).toEqual(['old', 'attachment']);
  });

  it('by Signature Version 2 is refused', async () => {
    const query = await send(s3, {
      path: `/${Bucket}/old?AWSAccessKeyId=${accessKeyId}&Expires=9999999999&Signature=abc`,
      signed: false,
    });
    const inHeader = await send(s3, {
      path: `/${Bucket}/old`,
      headers: { authorization: `AWS ${accessKeyId}:abc` },
      signed: false,
    });

    expect([query.status, query.code]).toEqual([400, 'InvalidRequest']);
    expect([inHeader.status, inHeader.code]).toEqual([400, 'InvalidRequest']);
  });
});
