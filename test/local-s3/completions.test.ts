import { AbortMultipartUploadCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, second, uploadsTo } from './part-uploads.ts';
import type { S3Server } from './s3-server.ts';
import { startS3 } from './s3-server.ts';
import { send } from './signed-request.ts';

let s3: S3Server;
const Bucket = 'completions';
const { begin, part, complete, twoParts } = uploadsTo(() => s3, Bucket);
beforeAll(async () => {
  s3 = await startS3();
  s3.bucket(Bucket, { versioning: 'Enabled' });
});
afterAll(() => s3.close());

describe('Complete refuses', () => {
  it('parts out of order, twice, missing, with another tag, or too small', async () => {
    const { UploadId, parts } = await twoParts('refused');
    await part('refused', UploadId, 3, second);
    const [one, two] = parts;
    if (one === undefined || two === undefined) throw new Error('There are two parts.');
    const tooSmall = await send(s3, {
      method: 'POST',
      path: `/${Bucket}/refused?uploadId=${UploadId}`,
      body: `<CompleteMultipartUpload><Part><PartNumber>2</PartNumber><ETag>${two.ETag?.replaceAll('"', '&quot;')}</ETag></Part><Part><PartNumber>3</PartNumber><ETag>${two.ETag}</ETag></Part></CompleteMultipartUpload>`,
    });

    expect(await codeOf(complete('refused', UploadId, [two, one]))).toBe('InvalidPartOrder');
    expect(await codeOf(complete('refused', UploadId, [one, one]))).toBe('InvalidPartOrder');
    expect(await codeOf(complete('refused', UploadId, [one, { PartNumber: 9, ETag: two.ETag }]))).toBe('InvalidPart');
    expect(await codeOf(complete('refused', UploadId, [one, { PartNumber: 2, ETag: one.ETag }]))).toBe('InvalidPart');
    expect([tooSmall.status, tooSmall.code]).toEqual([400, 'EntityTooSmall']);
    expect(tooSmall.text).toContain('<MinSizeAllowed>5242880</MinSizeAllowed>');
  });

  it('an upload that has been aborted, and a body that is not its XML', async () => {
    const { UploadId, parts } = await twoParts('aborted');
    const malformed = await send(s3, {
      method: 'POST',
      path: `/${Bucket}/aborted?uploadId=${UploadId}`,
      body: '<Complete/>',
    });
    await s3.client.send(new AbortMultipartUploadCommand({ Bucket, Key: 'aborted', UploadId }));

    expect([malformed.status, malformed.code]).toEqual([400, 'MalformedXML']);
    expect(await codeOf(complete('aborted', UploadId, parts))).toBe('NoSuchUpload');
  });

  it.each(['0', '-1', '10001', 'x'])('part number %s', async (number) => {
    const UploadId = await begin('numbers');
    const answer = await send(s3, {
      method: 'PUT',
      path: `/${Bucket}/numbers?partNumber=${number}&uploadId=${UploadId}`,
      body: 'x',
    });

    expect([answer.status, answer.code]).toEqual([400, 'InvalidArgument']);
  });
});
