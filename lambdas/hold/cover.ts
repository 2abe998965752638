import { PutObjectLegalHoldCommand, type S3Client } from '@aws-sdk/client-s3';
import type { AssetRow } from '../../core/catalog/asset-row.ts';
import { awsFailure, namedFailure } from '../shared/aws-failure.ts';
import { listVersions } from '../shared/version-list.ts';

/** S3's legal hold on the bytes of assets. */
export interface ByteHolds {
  /** Sets it on every version of the asset's key, and on the pack that holds it; answers how many versions that were. */
  set(asset: AssetRow, status: 'ON' | 'OFF'): Promise<number>;
}

/** Legal holds in the vault bucket. */
export const createByteHolds = (s3: S3Client, bucket: string): ByteHolds => {
  /** A version that is gone meanwhile needs no hold: whoever removed it did so before. */
  const put = async (Key: string, VersionId: string, Status: 'ON' | 'OFF'): Promise<number> => {
    try {
      await s3.send(new PutObjectLegalHoldCommand({ Bucket: bucket, Key, VersionId, LegalHold: { Status } }));
      return 1;
    } catch (error) {
      if (awsFailure(error)?.status === 404) return 0;
      throw namedFailure(error, 'PutObjectLegalHold');
    }
  };
  return {
    async set({ detail }, status) {
      const versions = detail.key === '' ? [] : await listVersions(s3, bucket, detail.key);
      let count = 0;
      for (const { versionId, marker } of versions) if (!marker) count += await put(detail.key, versionId, status);
      if (detail.pack !== undefined) count += await put(detail.pack.key, detail.pack.versionId, status);
      return count;
    },
  };
};
