import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { factsMetadataName } from '../../core/facts.ts';
import type { LandedObject } from '../../core/intake/check-landed.ts';
import { copySource, type PinnedVersion } from '../shared/copy-source.ts';
import { ReportableError } from '../shared/error-fields.ts';
import { gathered } from '../shared/gathered.ts';
import { isMissing } from '../shared/s3-client.ts';
import { wholeCrc, wholeSha256 } from '../shared/whole-checksums.ts';
import { type DigestedVersion, type Landing, SourceGoneError } from './ports.ts';

export interface LandingClients {
  /** Answers within seconds. */
  readonly s3: S3Client;
  /** Waits for copies of gigabytes. */
  readonly copier: S3Client;
}

/** S3 deletes so many versions in one request. */
const deletedAtOnce = 1_000;
/** What is removed waits so long for others of the batch that may be removed with it. */
const removalPatienceMs = 100;

/**
 * The landing bucket; every call is pinned to one version. Versions are removed together with those of the other uploads that
 * are under way.
 */
export const landingBucket = (
  { s3, copier }: LandingClients,
  bucket: string,
  uploadsUnderWay: () => number = () => 0,
): Landing => ({
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
  remove: removal(s3, bucket, uploadsUnderWay),
});

const removal = (s3: S3Client, bucket: string, askers: () => number): Landing['remove'] => {
  const ask = gathered(deletedAtOnce, (versions: readonly PinnedVersion[]) => removeAll(s3, bucket, versions), {
    askers,
    ms: removalPatienceMs,
  });
  return async (version) => {
    const refusal = await ask(version);
    if (refusal !== undefined) throw new ReportableError(`S3 did not remove a version from landing: ${refusal}.`);
  };
};

/** Answers for each version the code of the error that kept it from being removed; a version that is not there has none. */
const removeAll = async (
  s3: S3Client,
  bucket: string,
  versions: readonly PinnedVersion[],
): Promise<readonly (string | undefined)[]> => {
  const Objects = versions.map(({ key, versionId }) => ({ Key: key, VersionId: versionId }));
  const { Errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }));
  return versions.map(({ key, versionId }) => {
    const error = Errors.find(({ Key, VersionId }) => Key === key && VersionId === versionId);
    return error && (error.Code ?? 'an error without a code');
  });
};

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
