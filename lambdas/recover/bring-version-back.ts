import type { VersionEntry } from '../../core/catalog/asset-row.ts';
import type { ContentCrc } from '../../core/content-crc.ts';
import { bringBack } from '../../core/recovery/bring-back.ts';
import type { Copy, RecoverDeps, WantedVersion } from './ports.ts';

/** Where content came from, or why it has not come. */
export type BroughtFrom =
  | 'there'
  | 'uncovered'
  | 'copiedForward'
  | 'fromReplica'
  | 'fromBackup'
  | 'archived'
  | 'missing';

/** What became of one key; `now` is the version that it shows. */
export interface Brought {
  readonly from: BroughtFrom;
  readonly now?: string;
}

/**
 * How far a pass goes: it only looks; it takes the near places and asks back what they have archived; it takes what a backup
 * restored into isolation; or what has come out of the archive.
 */
export type Pass = 'plan' | 'near' | 'backup' | 'thawed';

/** A version with what is known of its content, so that another version can be told to hold the same. */
export interface KnownContent extends WantedVersion {
  readonly sha256?: string | undefined;
  readonly checksum?: ContentCrc | undefined;
  /** The key is written once, and whatever has this length under it is the content. */
  readonly bytesOfOnly?: number | undefined;
  /** It lay under a delete marker: whether it is shown is not asked. */
  readonly isHidden?: boolean;
}

/** Has a key of the vault, which has these versions, show a content again, from the nearest place that has it. */
export const bringVersionBack = async (
  content: KnownContent,
  versions: readonly VersionEntry[],
  pass: Pass,
  deps: RecoverDeps,
): Promise<Brought> => {
  const { key, versionId } = content;
  const way = bringBack(versionId, versions);
  if (way.kind === 'there' || (content.isHidden && way.kind !== 'elsewhere')) return { from: 'there', now: versionId };
  const same = await sameContent(content, versions, deps);
  if (same !== undefined) return { from: 'there', now: same };
  if (way.kind === 'uncover') {
    if (pass !== 'plan') for (const marker of way.markers) await deps.objects.removeMarker(key, marker);
    return { from: 'uncovered', now: versionId };
  }
  const isInVault = way.kind === 'copy-forward';
  return pass === 'plan' ? plan(content, isInVault, deps) : copy(content, isInVault, pass, deps);
};

/** An earlier try, or somebody else, has brought the same content already; which version shows it. */
const sameContent = async (
  { key, sha256, checksum, bytesOfOnly, isHidden }: KnownContent,
  versions: readonly VersionEntry[],
  { vault }: RecoverDeps,
): Promise<string | undefined> => {
  const newest = isHidden ? versions.find(({ marker }) => !marker) : versions[0];
  if (newest === undefined || newest.marker) return undefined;
  if (bytesOfOnly !== undefined) return newest.bytes === bytesOfOnly ? newest.versionId : undefined;
  if (sha256 === undefined && checksum === undefined) return undefined;
  const head = await vault.headVersion(key, newest.versionId);
  const isSame =
    sha256 === undefined
      ? head?.checksum?.algorithm === checksum?.algorithm && head?.checksum?.value === checksum?.value
      : head?.sha256 === sha256;
  return head !== undefined && isSame ? newest.versionId : undefined;
};

const plan = async (content: KnownContent, isInVault: boolean, { objects }: RecoverDeps): Promise<Brought> => {
  if (isInVault) return { from: 'copiedForward' };
  return { from: (await objects.isInReplica(content.key, content.versionId)) ? 'fromReplica' : 'missing' };
};

/** The vault's own version first, then that of the second region, then a backup's, and only then is anything thawed. */
const copy = async (content: KnownContent, isInVault: boolean, pass: Pass, deps: RecoverDeps): Promise<Brought> => {
  const { objects } = deps;
  const { key, versionId } = content;
  const forward: Copy = isInVault ? await objects.copyForward(content) : 'absent';
  if (typeof forward === 'object') return { from: 'copiedForward', now: forward.versionId };
  const copied = await objects.fromReplica(content);
  if (typeof copied === 'object') return { from: 'fromReplica', now: copied.versionId };
  const restored = pass === 'backup' ? await objects.fromIsolated(key, content.sha256) : undefined;
  if (restored !== undefined) return { from: 'fromBackup', now: restored };
  if (forward !== 'archived' && copied !== 'archived') return { from: 'missing' };
  if (pass === 'near') await objects.askBack(forward === 'archived' ? 'vault' : 'replica', key, versionId);
  return { from: 'archived' };
};
