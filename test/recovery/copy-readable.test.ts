import type { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { GiB } from '../../core/bytes.ts';
import { copyReadable } from '../../lambdas/recover/copy-readable.ts';

const failure = (name: string, status: number): Error =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode: status } });

/** An S3 that knows one source and writes down what it is asked. */
const fakeS3 = (bytes: number, answers: Readonly<Record<string, unknown>> = {}) => {
  const asked: { readonly name: string; readonly input: Record<string, unknown> }[] = [];
  const base: Readonly<Record<string, unknown>> = {
    HeadObjectCommand: {
      ContentLength: bytes,
      Metadata: { facts: 'f' },
      ContentType: 'audio/wav',
      ChecksumCRC64NVME: 'c',
    },
    GetObjectTaggingCommand: { TagSet: [{ Key: 'a:b', Value: 'c d' }] },
    CopyObjectCommand: { VersionId: 'new' },
    CreateMultipartUploadCommand: { UploadId: 'u' },
    UploadPartCopyCommand: { CopyPartResult: { ETag: 'e', ChecksumCRC64NVME: 'p' } },
    CompleteMultipartUploadCommand: { VersionId: 'new' },
    AbortMultipartUploadCommand: {},
  };
  const client = {
    async send(command: { readonly constructor: { readonly name: string }; readonly input: Record<string, unknown> }) {
      const { name } = command.constructor;
      asked.push({ name, input: command.input });
      const answer = answers[name] ?? base[name];
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const side = { s3: client as unknown as S3Client, bucket: 'b' };
  const inputsOf = (name: string) => asked.filter((call) => call.name === name).map(({ input }) => input);
  return { side, inputsOf, copy: () => copyReadable(side, { side, key: 'k ä', versionId: 'v+1' }) };
};

describe('a copy of one version', () => {
  it('is one call up to 5 GiB, pinned to the version', async () => {
    const s3 = fakeS3(GiB(5));

    expect(await s3.copy()).toEqual({ versionId: 'new' });
    expect(s3.inputsOf('CopyObjectCommand')[0]).toMatchObject({ CopySource: 'b/k%20%C3%A4?versionId=v%2B1' });
  });

  it('is made in parts past that, which are held against the checksum of the whole', async () => {
    const s3 = fakeS3(GiB(5) + 1);

    expect(await s3.copy()).toEqual({ versionId: 'new' });
    const ranges = s3.inputsOf('UploadPartCopyCommand').map(({ CopySourceRange }) => CopySourceRange);
    expect(ranges).toHaveLength(11);
    expect(ranges[0]).toBe('bytes=0-536870911');
    expect(ranges.at(-1)).toBe(`bytes=${GiB(5)}-${GiB(5)}`);
    expect(s3.inputsOf('CreateMultipartUploadCommand')[0]).toMatchObject({
      Metadata: { facts: 'f' },
      ContentType: 'audio/wav',
      ChecksumAlgorithm: 'CRC64NVME',
      Tagging: 'a%3Ab=c+d',
    });
    expect(s3.inputsOf('CompleteMultipartUploadCommand')[0]).toMatchObject({ ChecksumCRC64NVME: 'c' });
  });

  it('in parts that fails leaves no parts behind', async () => {
    const s3 = fakeS3(GiB(6), { CompleteMultipartUploadCommand: failure('BadDigest', 400) });

    await expect(s3.copy()).rejects.toThrow('BadDigest');
    expect(s3.inputsOf('AbortMultipartUploadCommand')).toHaveLength(1);
  });

  it.each(['InvalidObjectState', 'ObjectNotInActiveTierError'])('of what is archived is none (%s)', async (name) => {
    const s3 = fakeS3(3, { CopyObjectCommand: failure(name, 403) });

    expect(await s3.copy()).toBe('archived');
  });

  it('of what is not there is none', async () => {
    const s3 = fakeS3(3, { HeadObjectCommand: failure('NotFound', 404) });

    expect(await s3.copy()).toBe('absent');
  });

  it('of what was in the archive lies in STANDARD, where it is replicated, with the tag that sends it back', async () => {
    const s3 = fakeS3(3);

    await copyReadable(s3.side, { side: s3.side, key: 'k', versionId: 'v', archiveTo: 'DEEP_ARCHIVE' });

    const [input] = s3.inputsOf('CopyObjectCommand');
    expect(input).toMatchObject({ TaggingDirective: 'REPLACE', Tagging: 'mediakeep%3Aarchive=DEEP_ARCHIVE' });
    expect(input).not.toHaveProperty('StorageClass');
  });
});
