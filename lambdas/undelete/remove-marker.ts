import { DeleteObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import type { AnnounceAbroad } from '../../core/abroad/abroad-row.ts';
import type { VaultView } from '../../core/observe/ports.ts';
import { namedFailure } from '../shared/aws-failure.ts';

/** Which delete marker to remove. */
export const UndeleteRequest = z.strictObject({
  key: z.string().min(1).max(1024),
  markerVersionId: z.string().min(1).max(1024),
});
export type UndeleteRequest = z.infer<typeof UndeleteRequest>;

export type UndeleteAnswer =
  | { readonly removed: true }
  | { readonly removed: false; readonly reason: 'not-a-marker' | 'not-found' };

/** What the removal of a marker works with. */
export interface MarkerDeps {
  readonly vault: Pick<VaultView, 'listVersions'>;
  readonly remove: (key: string, versionId: string) => Promise<void>;
  readonly announceAbroad: AnnounceAbroad;
}

/**
 * Removes one delete marker, and never a version that holds content. The marker was copied, and its removal will not be: under a
 * marker that stays, the rules of the second region would in time remove the copies of what has come back.
 */
export const removeMarker = async (
  { key, markerVersionId }: UndeleteRequest,
  { vault, remove, announceAbroad }: MarkerDeps,
): Promise<UndeleteAnswer> => {
  const version = (await vault.listVersions(key)).find(({ versionId }) => versionId === markerVersionId);
  if (version === undefined) return { removed: false, reason: 'not-found' };
  if (!version.marker) return { removed: false, reason: 'not-a-marker' };
  await announceAbroad({ versions: [{ key, versionId: markerVersionId }], deleted: false });
  await remove(key, markerVersionId);
  return { removed: true };
};

/** Deletes one version; a version id is never given to anything else. */
export const versionRemover =
  (s3: S3Client, bucket: string) =>
  async (key: string, versionId: string): Promise<void> => {
    try {
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
    } catch (error) {
      throw namedFailure(error, 'DeleteObject');
    }
  };
