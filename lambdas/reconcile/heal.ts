import { digestOf } from '../../core/checksums/digest.ts';
import type { Finding } from '../../core/compare/finding.ts';
import { metricNames } from '../../core/metric-names.ts';
import { parsePackKey } from '../../core/pack/pack-key.ts';
import { isCopiedInParts } from './corrupt.ts';
import type { ExpectedDigest } from './expected-digest.ts';
import { followPack, healPack } from './heal-pack.ts';
import type { ScrubDeps } from './ports.ts';

/**
 * Puts the copy's bytes back as a new version, once they were found whole; the corrupt version stays below it until its time
 * as a noncurrent one is over. What S3 stored is read again: a heal that did not heal is no heal. What is copied in parts may be
 * more than a function can read in its life; S3 has put it together only as the whole that makes the known checksum.
 */
export const heal = async (finding: Finding, deps: ScrubDeps): Promise<boolean> => {
  const { key, digest, versionIds: [versionId] = [] } = finding;
  const isPack = parsePackKey(key) !== undefined;
  if (isPack && digest === undefined) return healPack(finding, deps);
  if (versionId === undefined || digest === undefined) return false;
  const newest = (await deps.vault.listVersions(key))[0];
  // Somebody has put another version or deleted it since; the corrupt one is no longer what anybody reads.
  if (newest?.versionId !== versionId) return false;
  const head = await deps.vault.headVersion(key, versionId);
  if (head === undefined) return false;
  const { storageClass } = newest;
  const healed = await deps.copyFromReplica(key, { versionId, storageClass, crc: head.checksum });
  if (healed === undefined) return false;
  if (!isCopiedInParts(head, deps) && !(await isStored(key, healed, digest, deps))) return false;
  // Members are read from the version that rows name.
  if (isPack && !(await followPack(key, healed, deps))) return false;
  deps.meter.count(metricNames.versionsHealed, 1);
  deps.log.warn('a corrupt version was healed from its copy', {
    tenant: finding.tenant,
    assetId: finding.assetId,
    corrupt: versionId,
    healed,
  });
  return true;
};

const isStored = async (
  key: string,
  versionId: string,
  { algorithm, value }: ExpectedDigest,
  { readVersion }: ScrubDeps,
): Promise<boolean> => {
  const content = await readVersion('vault', key, versionId);
  return content !== undefined && (await digestOf(algorithm, content)) === value;
};
