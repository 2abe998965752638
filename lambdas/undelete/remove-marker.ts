import { DeleteObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
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

/** Removes one delete marker, and never a version that holds content. */
export const removeMarker = async (
  { key, markerVersionId }: UndeleteRequest,
  vault: Pick<VaultView, 'listVersions'>,
  remove: (key: string, versionId: string) => Promise<void>,
): Promise<UndeleteAnswer> => {
  const version = (await vault.listVersions(key)).find(({ versionId }) => versionId === markerVersionId);
  if (version === undefined) return { removed: false, reason: 'not-found' };
  if (!version.marker) return { removed: false, reason: 'not-a-marker' };
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
