import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { base64Crc32, codeOf, first, second, uploadsTo } from './part-uploads.ts';
import type { S3Server } from './s3-server.ts';
import { startS3 } from './s3-server.ts';
import { send } from './signed-request.ts';

let s3: S3Server;
const Bucket = 'multipart';
beforeAll(async () => {
  s3 = await startS3();
  s3.bucket(Bucket, { versioning: 'Enabled' });
});
afterAll(() => s3.close());

const MiB = 1024 ** 2;
const { begin, part, complete, twoParts } = uploadsTo(() => s3, Bucket);

describe('a multipart upload', () => {
  it('becomes one object with the tag, checksum and parts that S3 gives it', async () => {
    const { UploadId, parts } = await twoParts('whole');

    const answer = await complete('whole', UploadId, parts);
    const head = await s3.client.send(new HeadObjectCommand({ Bucket, Key: 'whole', ChecksumMode: 'ENABLED' }));
    const read = await s3.client.send(
      new GetObjectCommand({ Bucket, Key: 'whole', Range: `bytes=${5 * MiB - 5}-${5 * MiB + 5}` }),
    );

    const md5s = [first, second].map((bytes) => createHash('md5').update(bytes).digest());
    expect(answer.ETag).toBe(`"${createHash('md5').update(Buffer.concat(md5s)).digest('hex')}-2"`);
    expect(answer.ChecksumCRC32).toBe(base64Crc32(Buffer.concat([first, second])));
    expect(head).toMatchObject({ ContentLength: 5 * MiB + 1000, ChecksumType: 'FULL_OBJECT' });
    expect(await read.Body?.transformToString()).toBe(`${first.subarray(-5)}${second.subarray(0, 6)}`);
  });

  it('answers the same Complete again, and no other', async () => {
    const { UploadId, parts } = await twoParts('twice');
    const answer = await complete('twice', UploadId, parts, { IfNoneMatch: '*' });

    expect(await complete('twice', UploadId, parts, { IfNoneMatch: '*' })).toMatchObject({
      ETag: answer.ETag,
      VersionId: answer.VersionId,
    });
    expect(await codeOf(complete('twice', UploadId, parts.slice(0, 1)))).toBe('NoSuchUpload');
    expect(await codeOf(part('twice', UploadId, 3, second))).toBe('NoSuchUpload');
  });

  it('keeps to If-None-Match and stays open where it fails', async () => {
    await s3.client.send(new PutObjectCommand({ Bucket, Key: 'taken', Body: 'x' }));
    const { UploadId, parts } = await twoParts('taken');

    expect(await codeOf(complete('taken', UploadId, parts, { IfNoneMatch: '*' }))).toBe('PreconditionFailed');
    expect((await complete('taken', UploadId, parts)).ETag).toMatch(/-2"$/);
  });

  it('compares the checksum and the size that Complete tells of the whole', async () => {
    const { UploadId, parts } = await twoParts('announced');
    const right = base64Crc32(Buffer.concat([first, second]));

    expect(await codeOf(complete('announced', UploadId, parts, { ChecksumCRC32: base64Crc32(second) }))).toBe(
      'BadDigest',
    );
    expect(await codeOf(complete('announced', UploadId, parts, { ChecksumType: 'COMPOSITE' }))).toBe('InvalidRequest');
    expect(await codeOf(complete('announced', UploadId, parts, { MpuObjectSize: 1 }))).toBe('InvalidRequest');
    expect(
      (await complete('announced', UploadId, parts, { ChecksumCRC32: right, MpuObjectSize: 5 * MiB + 1000 }))
        .ChecksumCRC32,
    ).toBe(right);
  });

  it('with a composite SHA-256 hashes the digests of its parts', async () => {
    const UploadId = await begin('composite', { ChecksumAlgorithm: 'SHA256', ChecksumType: 'COMPOSITE' });
    const one = await part('composite', UploadId, 1, first, { ChecksumAlgorithm: 'SHA256' });
    const two = await part('composite', UploadId, 2, second, { ChecksumAlgorithm: 'SHA256' });
    const parts = [one, two].map(({ ETag, ChecksumSHA256 }, index) => ({
      PartNumber: index + 1,
      ETag,
      ChecksumSHA256,
    }));

    const answer = await complete('composite', UploadId, parts);

    const digests = [first, second].map((bytes) => createHash('sha256').update(bytes).digest());
    expect(answer.ChecksumSHA256).toBe(`${createHash('sha256').update(Buffer.concat(digests)).digest('base64')}-2`);
    expect(answer.ChecksumType).toBe('COMPOSITE');
  });

  it('whose checksum is composite needs one of each part, and of its own kind', async () => {
    const UploadId = await begin('strict', { ChecksumAlgorithm: 'SHA256', ChecksumType: 'COMPOSITE' });
    const path = `/${Bucket}/strict?partNumber=1&uploadId=${UploadId}`;

    const without = await send(s3, { method: 'PUT', path, body: 'x' });
    const other = await send(s3, {
      method: 'PUT',
      path,
      body: 'x',
      headers: { 'x-amz-checksum-crc32': base64Crc32(Buffer.from('x')) },
    });

    expect([without.status, without.code]).toEqual([400, 'InvalidRequest']);
    expect([other.status, other.code]).toEqual([400, 'InvalidRequest']);
  });

  it('whose checksum is of the whole computes it for parts that come without one', async () => {
    const UploadId = await begin('computed');
    const answer = await send(s3, {
      method: 'PUT',
      path: `/${Bucket}/computed?partNumber=1&uploadId=${UploadId}`,
      body: second,
    });

    expect(answer.headers['x-amz-checksum-crc32']).toBe(base64Crc32(second));
  });

  it('cannot have a checksum of the whole by SHA-256, nor a composite CRC64NVME', async () => {
    expect(await codeOf(begin('x', { ChecksumAlgorithm: 'SHA256', ChecksumType: 'FULL_OBJECT' }))).toBe(
      'InvalidRequest',
    );
    expect(await codeOf(begin('x', { ChecksumAlgorithm: 'CRC64NVME', ChecksumType: 'COMPOSITE' }))).toBe(
      'InvalidRequest',
    );
  });

  it('takes parts copied from an object, whole and by range', async () => {
    const source = await s3.client.send(
      new PutObjectCommand({ Bucket, Key: 'source', Body: Buffer.concat([first, second]) }),
    );
    const UploadId = await begin('copied');
    const copy = (PartNumber: number, CopySourceRange?: string) =>
      s3.client.send(
        new UploadPartCopyCommand({
          Bucket,
          Key: 'copied',
          UploadId,
          PartNumber,
          CopySource: `${Bucket}/source?versionId=${source.VersionId}`,
          CopySourceRange,
        }),
      );
    const one = await copy(1);
    const two = await copy(2, 'bytes=10-19');
    expect(await codeOf(copy(3, `bytes=0-${5 * MiB + 1000}`))).toBe('InvalidArgument');

    await complete('copied', UploadId, [
      { PartNumber: 1, ETag: one.CopyPartResult?.ETag },
      { PartNumber: 2, ETag: two.CopyPartResult?.ETag },
    ]);
    const read = await s3.client.send(new GetObjectCommand({ Bucket, Key: 'copied' }));

    expect(
      Buffer.from((await read.Body?.transformToByteArray()) ?? []).equals(
        Buffer.concat([first, second, first.subarray(10, 20)]),
      ),
    ).toBe(true);
  });

  it('is listed with its parts until it is aborted', async () => {
    const { UploadId } = await twoParts('listed');

    const parts = await s3.client.send(new ListPartsCommand({ Bucket, Key: 'listed', UploadId, MaxParts: 1 }));
    const rest = await s3.client.send(
      new ListPartsCommand({ Bucket, Key: 'listed', UploadId, PartNumberMarker: parts.NextPartNumberMarker }),
    );
    const uploads = await s3.client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: 'listed' }));
    await s3.client.send(new AbortMultipartUploadCommand({ Bucket, Key: 'listed', UploadId }));

    expect([parts.IsTruncated, parts.Parts?.[0]?.Size, rest.Parts?.[0]?.PartNumber]).toEqual([true, 5 * MiB, 2]);
    expect(uploads.Uploads?.map((upload) => upload.UploadId)).toEqual([UploadId]);
    expect(await codeOf(s3.client.send(new ListPartsCommand({ Bucket, Key: 'listed', UploadId })))).toBe(
      'NoSuchUpload',
    );
  });

  it('is found under its own key and bucket only', async () => {
    const UploadId = await begin('mine');

    expect(await codeOf(part('other', UploadId, 1, second))).toBe('NoSuchUpload');
    expect(await codeOf(s3.client.send(new AbortMultipartUploadCommand({ Bucket, Key: 'other', UploadId })))).toBe(
      'NoSuchUpload',
    );
  });

  it('lists uploads page by page in the order of keys and beginnings', async () => {
    s3.bucket('uploads');
    const ids: string[] = [];
    for (const Key of ['a', 'b', 'b', 'c/1', 'c/2']) {
      ids.push((await s3.client.send(new CreateMultipartUploadCommand({ Bucket: 'uploads', Key }))).UploadId ?? '');
    }

    const seen: string[] = [];
    const prefixes: string[] = [];
    let marker: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {};
    for (let page = 0; page < 10; page += 1) {
      const answer = await s3.client.send(
        new ListMultipartUploadsCommand({ Bucket: 'uploads', MaxUploads: 1, Delimiter: '/', ...marker }),
      );
      seen.push(...(answer.Uploads ?? []).map(({ UploadId }) => UploadId ?? ''));
      prefixes.push(...(answer.CommonPrefixes ?? []).map(({ Prefix }) => Prefix ?? ''));
      if (!answer.IsTruncated) break;
      marker = { KeyMarker: answer.NextKeyMarker, UploadIdMarker: answer.NextUploadIdMarker };
    }

    expect(seen).toEqual(ids.slice(0, 3));
    expect(prefixes).toEqual(['c/']);
  });
});
