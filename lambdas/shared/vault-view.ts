import {
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { archiveTagName } from '../../core/archive/archive-class.ts';
import type { RestoreState } from '../../core/catalog/asset-row.ts';
import { factsMetadataName } from '../../core/facts.ts';
import { maxFactsObjectBytes } from '../../core/facts-object.ts';
import type { VaultView, VersionHead } from '../../core/observe/ports.ts';
import { isoTime } from '../../core/time.ts';
import { unlessAbsent } from './absent-version.ts';
import { awsFailure } from './aws-failure.ts';
import { listVersions, wholeSeconds } from './version-list.ts';
import { wholeCrc, wholeSha256 } from './whole-checksums.ts';

/** The vault bucket as `observe` sees it. */
export const vaultView = (s3: S3Client, bucket: string): VaultView => ({
  async headVersion(key, versionId) {
    const head = await unlessAbsent('HeadObject', () =>
      s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId, ChecksumMode: 'ENABLED' })),
    );
    if (head === undefined || head.DeleteMarker === true) return undefined;
    const archiveTag = (head.TagCount ?? 0) === 0 ? undefined : await readArchiveTag(s3, { bucket, key, versionId });
    return { ...toHead(head, versionId), ...(archiveTag === undefined ? {} : { archiveTag }) };
  },
  listVersions: (key) => listVersions(s3, bucket, key),
  async readText(key) {
    try {
      const object = await unlessAbsent('GetObject', () =>
        s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, Range: `bytes=0-${maxFactsObjectBytes}` })),
      );
      if (object === undefined) return undefined;
      return { body: (await object.Body?.transformToString()) ?? '', etag: object.ETag ?? '' };
    } catch (error) {
      // Of an object without a byte there is no range, not even the first.
      if (awsFailure(error)?.status === 416) return { body: '', etag: '' };
      throw error;
    }
  },
});

/** Asked only where a HEAD tells that there are tags: most objects have none. */
const readArchiveTag = async (
  s3: S3Client,
  { bucket, key, versionId }: { readonly bucket: string; readonly key: string; readonly versionId: string },
): Promise<string | undefined> => {
  const tagging = await unlessAbsent('GetObjectTagging', () =>
    s3.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: key, VersionId: versionId })),
  );
  return tagging?.TagSet?.find(({ Key }) => Key === archiveTagName)?.Value;
};

const toHead = (head: HeadObjectCommandOutput, versionId: string): VersionHead => ({
  versionId,
  at: wholeSeconds(head.LastModified),
  bytes: head.ContentLength ?? 0,
  etag: head.ETag ?? '',
  storageClass: head.StorageClass ?? 'STANDARD',
  ...(head.ContentType === undefined ? {} : { contentType: head.ContentType }),
  ...(head.Metadata?.[factsMetadataName] === undefined ? {} : { facts: head.Metadata[factsMetadataName] }),
  ...checksumsOf(head),
  ...restoreOf(head.Restore),
  ...(head.ArchiveStatus === undefined ? {} : { archiveStatus: head.ArchiveStatus }),
  ...copyStateOf(head.ReplicationStatus),
  ...(head.ObjectLockLegalHoldStatus === 'ON' ? { legalHold: true as const } : {}),
  ...(head.ObjectLockRetainUntilDate === undefined
    ? {}
    : { retainUntil: head.ObjectLockRetainUntilDate.toISOString() }),
});

/** S3's answers say `COMPLETED`, its model also knows `COMPLETE`. */
const copyStates: Readonly<Record<string, VersionHead['replication']>> = {
  PENDING: 'pending',
  COMPLETE: 'completed',
  COMPLETED: 'completed',
  FAILED: 'failed',
};

const copyStateOf = (status: string | undefined): Pick<VersionHead, 'replication'> => {
  const replication = copyStates[status ?? ''];
  return replication === undefined ? {} : { replication };
};

const checksumsOf = (head: HeadObjectCommandOutput): Pick<VersionHead, 'sha256' | 'checksum'> => {
  const sha256 = wholeSha256(head);
  const checksum = wholeCrc(head);
  return { ...(sha256 === undefined ? {} : { sha256 }), ...(checksum === undefined ? {} : { checksum }) };
};

/** `ongoing-request="false", expiry-date="Fri, 21 Dec 2012 00:00:00 GMT"`. */
const restoreOf = (header: string | undefined): { restore?: RestoreState } => {
  if (header === undefined) return {};
  const until = Date.parse(/expiry-date="([^"]+)"/.exec(header)?.[1] ?? '');
  const ongoing = /ongoing-request="true"/.test(header);
  return { restore: { ongoing, ...(Number.isNaN(until) ? {} : { until: isoTime(until) }) } };
};
