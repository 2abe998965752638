import { needsRestore } from '../../core/archive/archive-class.ts';
import type { AssetRow } from '../../core/catalog/asset-row.ts';
import { DamagedPackError, memberRange, readMember } from '../../core/pack/format.ts';
import type { RecoverDeps } from './ports.ts';

/**
 * Reads a content again, byte by byte, alone or out of its pack. What S3 has archived cannot be read without a restore; its
 * checksum was compared with the row.
 */
export const readsAsItWas = async (then: AssetRow, now: AssetRow, deps: RecoverDeps): Promise<boolean> => {
  const { key, currentVersionId, storageClass, restore, pack } = now.detail;
  const isArchived = needsRestore(storageClass) && restore?.ongoing !== false;
  if (isArchived || currentVersionId === undefined || then.summary.sha256 === undefined) return true;
  if (pack !== undefined) return readsOutOfPack(then, deps);
  return (await deps.objects.digest(key, currentVersionId)) === then.summary.sha256;
};

const readsOutOfPack = async ({ tenant, summary }: AssetRow, { catalog, objects }: RecoverDeps): Promise<boolean> => {
  const packed = await catalog.readPacked(tenant, summary.assetId);
  if (packed === undefined || packed.member.digest !== summary.sha256) return false;
  const { key, versionId } = packed.pack;
  const stored = await objects.readRange(key, versionId, memberRange(packed.member));
  if (stored === undefined) return false;
  try {
    readMember(stored, packed.member);
    return true;
  } catch (error) {
    if (error instanceof DamagedPackError) return false;
    throw error;
  }
};
