import { describe, expect, it } from 'vitest';
import { ChunkedPayload } from '../../local/sigv4/chunked-payload.ts';
import type { VerifiedSignature } from '../../local/sigv4/index.ts';
import { verifyRequest } from '../../local/sigv4/index.ts';

const key = 'AKIAIOSFODNN7EXAMPLE';
const now = Date.parse('2013-05-24T00:00:00Z');
const clock = { now: () => now };
const options = {
  lookup: (id: string) => (id === key ? { secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' } : undefined),
  clocks: { platform: clock, machine: clock },
};
const scope = `${key}/20130524/us-east-1/s3/aws4_request`;
const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const chunkedHeaders = [
  'Host',
  's3.amazonaws.com',
  'x-amz-date',
  '20130524T000000Z',
  'x-amz-storage-class',
  'REDUCED_REDUNDANCY',
  'x-amz-content-sha256',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  'Content-Encoding',
  'aws-chunked',
  'x-amz-decoded-content-length',
  '66560',
  'Content-Length',
  '66824',
  'Authorization',
  `AWS4-HMAC-SHA256 Credential=${scope},SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9`,
];

const verifyChunked = (): VerifiedSignature => {
  const verified = verifyRequest(
    { method: 'PUT', url: '/examplebucket/chunkObject.txt', rawHeaders: chunkedHeaders },
    options,
  );
  if (verified === undefined) throw new Error('The request is signed.');
  return verified;
};

const chunkedBody = (): Buffer =>
  Buffer.concat([
    Buffer.from('10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n'),
    Buffer.alloc(65_536, 'a'),
    Buffer.from('\r\n400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n'),
    Buffer.alloc(1024, 'a'),
    Buffer.from('\r\n0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n'),
  ]);

describe('the examples that AWS publishes for Signature Version 4', () => {
  it('verify in a header', () => {
    const rawHeaders = [
      'Host',
      'examplebucket.s3.amazonaws.com',
      'Range',
      'bytes=0-9',
      'x-amz-content-sha256',
      emptyHash,
      'x-amz-date',
      '20130524T000000Z',
      'Authorization',
      `AWS4-HMAC-SHA256 Credential=${scope},SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41`,
    ];

    const verified = verifyRequest({ method: 'GET', url: '/test.txt', rawHeaders }, options);

    expect(verified).toMatchObject({ accessKeyId: key, region: 'us-east-1', service: 's3', authType: 'REST-HEADER' });
  });

  it('verify in a presigned URL', () => {
    const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(scope)}&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host`;
    const url = `/test.txt?${query}&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404`;

    const verified = verifyRequest(
      { method: 'GET', url, rawHeaders: ['Host', 'examplebucket.s3.amazonaws.com'] },
      options,
    );

    expect(verified).toMatchObject({ authType: 'REST-QUERY-STRING', payloadHash: 'UNSIGNED-PAYLOAD' });
  });

  it('verify chunk by chunk, however the bytes arrive', () => {
    for (const step of [1, 7, 8192, 70_000]) {
      const payload = new ChunkedPayload(verifyChunked());
      const body = chunkedBody();
      const content: Buffer[] = [];
      for (let at = 0; at < body.length; at += step) content.push(...payload.decode(body.subarray(at, at + step)));
      payload.end();
      expect(Buffer.concat(content).equals(Buffer.alloc(66_560, 'a'))).toBe(true);
    }
  });

  it('fail where one byte of a chunk, its size or its signature is another', () => {
    for (const at of [3, 20, 100, 40_000, 65_700, 66_000, 66_700]) {
      const payload = new ChunkedPayload(verifyChunked());
      const body = chunkedBody();
      body[at] = (body[at] ?? 0) ^ 1;
      expect(() => {
        payload.decode(body);
        payload.end();
      }, `byte ${at}`).toThrow();
    }
  });

  it('refuse a body that stops before its last chunk', () => {
    const payload = new ChunkedPayload(verifyChunked());
    payload.decode(chunkedBody().subarray(0, 66_000));

    expect(() => payload.end()).toThrow('terminated unexpectedly');
  });
});
