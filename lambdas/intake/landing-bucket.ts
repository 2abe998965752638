import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { factsMetadataName } from '../../core/facts.ts';
import type { LandedObject } from '../../core/intake/check-landed.ts';
import { ReportableError } from '../shared/error-fields.ts';
import { isMissing } from '../shared/s3-client.ts';
import { wholeCrc, wholeSha256 } from '../shared/whole-checksums.ts';
import { type DigestedVersion, type Landing, type PinnedVersion, SourceGoneError } from './ports.ts';

export interface LandingClients {
  /** Answers within seconds. */
  readonly s3: S3Client;
  /** Waits for copies of gigabytes. */
  readonly copier: S3Client;
}

/** The landing bucket; every call is pinned to one version. */
export const landingBucket = ({ s3, copier }: LandingClients, bucket: string): Landing => ({
  async head({ key, versionId }) {
    try {
      const request = { Bucket: bucket, Key: key, VersionId: versionId, ChecksumMode: 'ENABLED' } as const;
      return landedObject(await s3.send(new HeadObjectCommand(request)));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  },
  async read({ key, versionId }, offset, length) {
    const range = { Bucket: bucket, Key: key, VersionId: versionId, Range: `bytes=${offset}-${offset + length - 1}` };
    const { Body } = await orGone(s3.send(new GetObjectCommand(range)));
    return (await Body?.transformToByteArray()) ?? new Uint8Array(0);
  },
  stage: (version, stagedKey) => stage(copier, bucket, version, stagedKey),
  async remove({ key, versionId }) {
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
  },
});

/** The value of `x-amz-copy-source`, pinned to a version. */
export const copySource = (bucket: string, { key, versionId }: PinnedVersion): string =>
  `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}?versionId=${encodeURIComponent(versionId)}`;

/** Turns S3's answer that the source of a call is not there into ours. */
export const orGone = async <Answer>(answer: Promise<Answer>): Promise<Answer> => {
  try {
    return await answer;
  } catch (error) {
    if (isMissing(error)) throw new SourceGoneError('The version is not in landing any more.', { cause: error });
    throw error;
  }
};

const stage = async (
  s3: S3Client,
  bucket: string,
  version: PinnedVersion,
  stagedKey: string,
): Promise<DigestedVersion> => {
  const command = new CopyObjectCommand({
    Bucket: bucket,
    Key: stagedKey,
    CopySource: copySource(bucket, version),
    ChecksumAlgorithm: 'SHA256',
    TaggingDirective: 'REPLACE',
  });
  const { VersionId: versionId, CopyObjectResult } = await orGone(s3.send(command));
  const sha256 = CopyObjectResult?.ChecksumSHA256;
  if (versionId === undefined || sha256 === undefined) {
    throw new ReportableError('S3 answered a copy within landing without a version or a SHA-256.');
  }
  return { key: stagedKey, versionId, sha256 };
};

const landedObject = (head: HeadObjectCommandOutput): LandedObject => ({
  bytes: head.ContentLength ?? 0,
  contentType: head.ContentType,
  contentEncoding: head.ContentEncoding,
  facts: head.Metadata?.[factsMetadataName],
  sha256: wholeSha256(head),
  crc: wholeCrc(head),
  at: head.LastModified?.getTime() ?? 0,
});
