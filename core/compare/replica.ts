import { amount } from '../amount.ts';
import type { Finding } from './finding.ts';
import { type AssetPair, type CompareRules, defaultReplicateWithinMs } from './pair.ts';

/** Whose key it is, and whether it belongs into the second region at all. */
export interface ReplicatedKey extends Pick<Finding, 'tenant' | 'assetId' | 'dataClass'> {
  readonly isReplicated: boolean;
}

/**
 * What is wrong in the second region under one key: S3 keeps a version's id when it replicates it, so the two lists can be
 * compared version by version. A removed version stays there until it is removed there too; only a key of which the vault
 * has nothing at all is worth a word.
 */
export const compareReplica = (
  { key, object, entry, replica }: AssetPair,
  { isReplicated, ...names }: ReplicatedKey,
  { now, replicateWithinMs = defaultReplicateWithinMs }: CompareRules,
): readonly Finding[] => {
  if (replica === undefined) return [];
  const about = { key, ...names };
  const copies = new Map(replica.map((version) => [version.versionId, version]));
  const missing = (object?.versions ?? []).filter(
    ({ marker, versionId, at, bytes }) =>
      !marker && Date.parse(at) <= now - replicateWithinMs && copies.get(versionId)?.bytes !== bytes,
  );
  if (isReplicated && missing.length > 0) {
    const versionIds = missing.map(({ versionId }) => versionId);
    const found = `Not in the second region: ${missing.length} of ${amount(object?.versions.length ?? 0, 'version')}.`;
    return [{ kind: 'unreplicated', ...about, versionIds, repair: 'safe', action: 'replicate', found }];
  }
  const isListed = entry !== undefined && entry.row.summary.state !== 'gone';
  const left = replica.filter(({ marker }) => !marker);
  if (object !== undefined || isListed || left.length === 0) return [];
  const versionIds = left.map(({ versionId }) => versionId);
  const found = 'The second region keeps what the vault no longer has; remove it there too, or recover it from there.';
  return [{ kind: 'left-over', ...about, versionIds, repair: 'ask', action: 'decide', found }];
};
