import { GetBucketReplicationCommand, S3Client } from '@aws-sdk/client-s3';
import { mergeJoin } from '../../core/compare/merge-join.ts';
import type { ListedKey, ListedVersion } from './list-vault.ts';
import { listVault } from './list-vault.ts';
import type { FailoverPlace } from './place.ts';

/** A version that one region has and the other has not. */
export interface OneSided extends Pick<ListedVersion, 'versionId' | 'marker' | 'bytes' | 'at'> {
  readonly key: string;
}

/** What the two vaults have of each other. */
export interface VaultDifference {
  readonly homeKeys: number;
  readonly secondKeys: number;
  /** Versions that are to be copied and have no copy. */
  readonly notReplicated: readonly OneSided[];
  readonly onlyInSecond: readonly OneSided[];
}

/** Compares both vaults version by version: a copy bears the id of its original. Needs both regions. */
export const compareVaults = async (place: FailoverPlace): Promise<VaultDifference> => {
  const { homeRegion, secondRegion, vaults } = place;
  const prefixes = await replicatedPrefixes(place);
  const found = { homeKeys: 0, secondKeys: 0, notReplicated: [] as OneSided[], onlyInSecond: [] as OneSided[] };
  const home = listVault(place.aws(homeRegion), vaults.home);
  const second = listVault(place.aws(secondRegion), vaults.second);
  for await (const page of mergeJoin(home, second)) {
    for (const { key, left, right } of page) {
      if (left !== undefined) found.homeKeys++;
      if (right !== undefined) found.secondKeys++;
      if (prefixes.some((prefix) => key.startsWith(prefix))) found.notReplicated.push(...lacking(key, left, right));
      found.onlyInSecond.push(...lacking(key, right, left));
    }
  }
  return found;
};

/** What one side has of a key and the other lacks. */
const lacking = (key: string, one: ListedKey | undefined, other: ListedKey | undefined): OneSided[] => {
  const there = new Set(other?.versions.map(({ versionId }) => versionId));
  return (one?.versions ?? [])
    .filter(({ versionId }) => !there.has(versionId))
    .map(({ versionId, marker, bytes, at }) => ({ key, versionId, marker, bytes, at }));
};

/** What is copied at all, as the vault itself has it. */
const replicatedPrefixes = async ({ homeRegion, vaults, aws }: FailoverPlace): Promise<readonly string[]> => {
  const client = new S3Client(aws(homeRegion));
  try {
    const { ReplicationConfiguration } = await client.send(new GetBucketReplicationCommand({ Bucket: vaults.home }));
    const rules = ReplicationConfiguration?.Rules ?? [];
    return rules.filter(({ Status }) => Status === 'Enabled').map(({ Filter }) => Filter?.Prefix ?? '');
  } finally {
    client.destroy();
  }
};
