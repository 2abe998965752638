import type { Checksum } from '../checksums/algorithm.ts';
import { checksumHeader } from '../checksums/algorithm.ts';
import type { AnswerHeaders } from '../protocol/respond.ts';
import type { Bucket } from '../store/buckets.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import { encryptionHeaders } from './encryption.ts';

/** The version id of an answer; buckets that never had versioning send none. */
export const versionIdHeader = (bucket: Bucket, version: Pick<ObjectVersion, 'versionId'>): AnswerHeaders => ({
  'x-amz-version-id': bucket.configuration.versioning === undefined ? undefined : version.versionId,
});

/** The checksum headers of an answer. */
export const checksumHeaders = (checksum: Checksum | undefined): AnswerHeaders =>
  checksum === undefined
    ? {}
    : { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type };

/** What an answer to a write tells of the new version. */
export const writtenHeaders = (bucket: Bucket, version: ObjectVersion): AnswerHeaders => ({
  etag: `"${version.etag}"`,
  ...versionIdHeader(bucket, version),
  ...encryptionHeaders(version.detail.encryption),
  ...checksumHeaders(version.detail.checksum),
});
