import { DeleteObjectCommand, ListObjectVersionsCommand, type S3Client } from '@aws-sdk/client-s3';
import type { AbroadVersion, AnnounceAbroad } from '../../core/abroad/abroad-row.ts';
import { amount } from '../../core/amount.ts';
import { MediakeepError } from '../../core/error.ts';
import { namedFailure } from '../shared/aws-failure.ts';
import { listVersions } from '../shared/version-list.ts';
import { deleteVersions } from './erased-versions.ts';
import type { Scratch, SweptVault } from './ports.ts';

const most = 1000;

/** Who hears of what is deleted for good, and of which keys there are copies. */
export interface ErasedAbroadToo {
  readonly announce: AnnounceAbroad;
  readonly isCopied: (key: string) => boolean;
}

/** The vault bucket as a sweep may touch it. */
export const createSweptVault = (s3: S3Client, bucket: string, copies: ErasedAbroadToo): SweptVault => ({
  async expire(key) {
    // A page that is done again, and two rows of one asset, must not lay marker upon marker.
    const [newest] = await listVersions(s3, bucket, key);
    if (newest?.marker === true) return false;
    try {
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    } catch (error) {
      throw namedFailure(error, 'DeleteObject');
    }
    return true;
  },
  async purge(key) {
    const versions = await listVersions(s3, bucket, key);
    const all = versions.map(({ versionId }) => ({ key, versionId }));
    // Before, since nobody lists what is gone: a crash in between would leave the copies for ever.
    if (copies.isCopied(key)) await copies.announce({ versions: all, deleted: false });
    await removeVersions(s3, bucket, all);
    return { versions: all.length, bytes: versions.reduce((sum, { bytes = 0 }) => sum + bytes, 0) };
  },
});

/** The scratch bucket: everything in it goes, whatever it is. */
export const createScratch = (s3: S3Client, bucket: string): Scratch => ({
  async clean(olderThan, after) {
    const page = await s3
      .send(
        new ListObjectVersionsCommand({
          Bucket: bucket,
          MaxKeys: most,
          EncodingType: 'url',
          ...(after !== undefined && { KeyMarker: after }),
        }),
      )
      .catch((error: unknown) => {
        throw namedFailure(error, 'ListObjectVersions');
      });
    const old = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].filter(
      ({ LastModified }) => (LastModified?.getTime() ?? 0) <= olderThan,
    );
    await removeVersions(
      s3,
      bucket,
      old.map(({ Key = '', VersionId = '' }) => ({ key: decoded(Key), versionId: VersionId })),
    );
    const bytes = old.reduce((sum, item) => sum + ('Size' in item && typeof item.Size === 'number' ? item.Size : 0), 0);
    // By key alone, since the version at which a page ends may be gone by now; what is left of its key goes an hour later.
    const next =
      page.IsTruncated === true && page.NextKeyMarker !== undefined ? decoded(page.NextKeyMarker) : undefined;
    return { versions: old.length, bytes, next };
  },
});

const decoded = (key: string): string => decodeURIComponent(key.replaceAll('+', ' '));

/** Answers only when all of them are gone; S3 says for each one that it keeps why. */
const removeVersions = async (s3: S3Client, bucket: string, versions: readonly AbroadVersion[]): Promise<void> => {
  const refused = await deleteVersions(s3, bucket, versions);
  const codes = [...new Set(refused.map(({ code }) => code))];
  if (codes.length > 0) {
    throw new MediakeepError('unavailable', `S3 kept ${amount(refused.length, 'version')}: ${codes.join(', ')}.`);
  }
};
