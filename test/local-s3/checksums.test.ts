import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  ChecksumAlgorithm,
  CopyObjectCommand,
  GetObjectAttributesCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDigest } from '../../core/checksums/digest.ts';
import { checksumAlgorithms, combineChecksums } from '../../local/s3/checksums/algorithm.ts';
import type { S3Server } from './s3-server.ts';
import { startS3 } from './s3-server.ts';
import { send } from './signed-request.ts';

let s3: S3Server;
const Bucket = 'checksums';
beforeAll(async () => {
  s3 = await startS3();
  s3.bucket(Bucket);
});
afterAll(() => s3.close());

const digestOf = (algorithm: (typeof checksumAlgorithms)[number], bytes: Buffer): string => {
  const digest = startDigest(algorithm);
  digest.update(bytes);
  return digest.digest().toString('base64');
};
const hello = Buffer.from('hello');
const put = async (headers: Record<string, string>, body: Buffer | string = hello, payloadHash?: string) => {
  const answer = await send(s3, {
    method: 'PUT',
    path: `/${Bucket}/key`,
    headers,
    body,
    ...(payloadHash !== undefined && { payloadHash }),
  });
  return [answer.status, answer.code];
};

describe('checksums', () => {
  it('are those of the published check values', () => {
    const values = checksumAlgorithms.map((algorithm) =>
      Buffer.from(digestOf(algorithm, Buffer.from('123456789')), 'base64').toString('hex'),
    );

    expect(values).toEqual([
      'cbf43926',
      'e3069283',
      'ae8b14860a799888',
      'f7c3bc1d808e04732adf679965ccc34ca7ae3441',
      '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225',
    ]);
  });

  it('of a whole are told from those of its parts', () => {
    const parts = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 6 });

    fc.assert(
      fc.property(parts, fc.constantFrom('CRC32', 'CRC32C', 'CRC64NVME'), (pieces, algorithm) => {
        const known = pieces.map((piece) => ({ value: digestOf(algorithm, Buffer.from(piece)), bytes: piece.length }));
        expect(combineChecksums(algorithm, 'FULL_OBJECT', known)).toBe(digestOf(algorithm, Buffer.concat(pieces)));
      }),
    );
  });

  it('do not depend on how the bytes arrive', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 30 })),
        fc.constantFrom(...checksumAlgorithms),
        (pieces, algorithm) => {
          const digest = startDigest(algorithm);
          for (const piece of pieces) digest.update(piece);
          expect(digest.digest().toString('base64')).toBe(digestOf(algorithm, Buffer.concat(pieces)));
        },
      ),
    );
  });

  it.each(checksumAlgorithms)('%s is verified, kept and told', async (algorithm) => {
    const name = `x-amz-checksum-${algorithm.toLowerCase()}`;

    expect(await put({ [name]: digestOf(algorithm, hello) })).toEqual([200, undefined]);
    const head = await send(s3, {
      method: 'HEAD',
      path: `/${Bucket}/key`,
      headers: { 'x-amz-checksum-mode': 'ENABLED' },
    });
    expect([head.headers[name], head.headers['x-amz-checksum-type']]).toEqual([
      digestOf(algorithm, hello),
      'FULL_OBJECT',
    ]);
    expect(await put({ [name]: digestOf(algorithm, Buffer.from('other')) })).toEqual([400, 'BadDigest']);
    expect(await put({ [name]: 'AAAA' })).toEqual([400, 'InvalidRequest']);
    expect(await put({ [name]: 'not base64!' })).toEqual([400, 'InvalidRequest']);
  });

  it.each(
    Object.values(ChecksumAlgorithm).filter(
      (name) => checksumAlgorithms.some((known) => known === name) && name !== 'CRC64NVME',
    ),
  )('%s of a stream comes as a trailer', async (algorithm) => {
    const body = Buffer.alloc(200_000, 'stream');
    await s3.client.send(
      new PutObjectCommand({
        Bucket,
        Key: 'stream',
        Body: Readable.from([body]),
        ContentLength: body.length,
        ChecksumAlgorithm: algorithm,
      }),
    );

    const head = await s3.client.send(new HeadObjectCommand({ Bucket, Key: 'stream', ChecksumMode: 'ENABLED' }));

    expect(Object.values(head)).toContain(
      checksumAlgorithms.filter((known) => known === algorithm).map((known) => digestOf(known, body))[0],
    );
  });

  it('that nobody sends is a CRC64NVME', async () => {
    await put({});

    const answer = await s3.client.send(
      new GetObjectAttributesCommand({ Bucket, Key: 'key', ObjectAttributes: ['Checksum', 'ObjectSize', 'ETag'] }),
    );

    expect(answer.Checksum).toMatchObject({
      ChecksumCRC64NVME: digestOf('CRC64NVME', hello),
      ChecksumType: 'FULL_OBJECT',
    });
    expect(answer.ObjectSize).toBe(5);
  });

  it('of two kinds at once are refused', async () => {
    expect(
      await put({
        'x-amz-checksum-crc32': digestOf('CRC32', hello),
        'x-amz-checksum-sha256': digestOf('SHA256', hello),
      }),
    ).toEqual([400, 'InvalidRequest']);
    expect(
      await put({ 'x-amz-checksum-crc32': digestOf('CRC32', hello), 'x-amz-sdk-checksum-algorithm': 'SHA256' }),
    ).toEqual([400, 'InvalidRequest']);
    expect(await put({ 'x-amz-sdk-checksum-algorithm': 'SHA256' })).toEqual([400, 'InvalidRequest']);
  });

  it('of an empty body do not pass for a body', async () => {
    expect(await put({ 'x-amz-checksum-crc32': 'AAAAAA==' })).toEqual([400, 'BadDigest']);
    expect(await put({ 'x-amz-checksum-crc32': 'AAAAAA==' }, '')).toEqual([200, undefined]);
  });

  it('in a trailer must be there, be right, and have been announced', async () => {
    const chunks = (trailer: string) => `5\r\nhello\r\n0\r\n${trailer}\r\n`;
    const streamed = (trailer: string, announced = 'x-amz-checksum-crc32') =>
      put(
        { 'x-amz-decoded-content-length': '5', 'x-amz-trailer': announced },
        chunks(trailer),
        'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      );

    expect(await streamed(`x-amz-checksum-crc32:${digestOf('CRC32', hello)}\r\n`)).toEqual([200, undefined]);
    expect(await streamed('x-amz-checksum-crc32:AAAAAA==\r\n')).toEqual([400, 'BadDigest']);
    expect(await streamed('')).toEqual([400, 'MalformedTrailerError']);
    expect(await streamed('x-amz-checksum-crc32:AAAAAA==\r\n', 'x-amz-meta-a')).toEqual([400, 'InvalidRequest']);
    expect(
      await put({ 'x-amz-decoded-content-length': '6' }, chunks(''), 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'),
    ).toEqual([400, 'IncompleteBody']);
    expect(
      await put({ 'x-amz-decoded-content-length': '4' }, chunks(''), 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'),
    ).toEqual([400, 'InvalidRequest']);
  });

  it('in Content-MD5 and the signed digest are compared with the body', async () => {
    const md5 = createHash('md5').update(hello).digest('base64');

    expect(await put({ 'content-md5': md5 })).toEqual([200, undefined]);
    expect(await put({ 'content-md5': createHash('md5').update('x').digest('base64') })).toEqual([400, 'BadDigest']);
    expect(await put({ 'content-md5': 'short' })).toEqual([400, 'InvalidDigest']);
    expect(await put({}, hello, createHash('sha256').update('x').digest('hex'))).toEqual([
      400,
      'XAmzContentSHA256Mismatch',
    ]);
  });

  it('of another kind are computed when an object is copied', async () => {
    const body = Buffer.alloc(400_000, 'copy');
    await s3.client.send(new PutObjectCommand({ Bucket, Key: 'source', Body: body }));

    const copy = await s3.client.send(
      new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/source`, ChecksumAlgorithm: 'SHA256' }),
    );

    expect(copy.CopyObjectResult?.ChecksumSHA256).toBe(digestOf('SHA256', body));
  });
});
