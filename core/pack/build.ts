import { isoTime } from '../time.ts';
import { type MemberSource, memberOf, type PackOwner, readIndex, writePack } from './format.ts';
import type { PackRow } from './packed-row.ts';
import { newPackRow } from './rows.ts';
import { type PackDeps, removeReplaced, type Settled, settlePack } from './settle.ts';

/** An asset that may go into a pack: its only version. */
export interface Candidate {
  readonly assetId: string;
  readonly key: string;
  readonly versionId: string;
}

/** What became of candidates. */
export interface Built {
  readonly packed: number;
  readonly contentBytes: number;
  readonly packBytes: number;
}

/** Packs what of the candidates is still there and not locked; with less than two there is nothing to pack. */
export const buildPack = async (
  owner: PackOwner,
  { storageClass, candidates }: { readonly storageClass: string; readonly candidates: readonly Candidate[] },
  deps: PackDeps,
): Promise<Built> => {
  const found = new Map<string, MemberSource>();
  await deps.each(candidates, async ({ assetId, key, versionId }) => {
    const object = await deps.vault.readObject(key, versionId);
    if (object !== undefined && !object.locked) found.set(assetId, { assetId, ...object.source });
  });
  const sources = candidates.flatMap(({ assetId }) => found.get(assetId) ?? []);
  if (sources.length < 2) return nothing;
  const settled = await put(owner, { storageClass, sources }, deps);
  if (settled.kind === 'removed') return nothing;
  const { members = 0, contentBytes = 0, bytes = 0 } = settled.row;
  return { packed: members, contentBytes, packBytes: bytes };
};

const nothing: Built = { packed: 0, contentBytes: 0, packBytes: 0 };

const put = async (
  owner: PackOwner,
  pack: {
    readonly storageClass: string;
    readonly sources: readonly MemberSource[];
    readonly replaces?: PackRow['replaces'];
  },
  deps: PackDeps,
): Promise<Settled> => {
  const { storageClass, sources, replaces } = pack;
  const row = newPackRow(owner, {
    packId: deps.newId(),
    storageClass,
    createdAt: isoTime(deps.clock.now()),
    ...(replaces === undefined ? {} : { replaces }),
  });
  const { body } = writePack(owner, sources);
  await deps.table.addPack(row);
  await deps.vault.putPack(row.key, body);
  return settlePack(row, deps);
};

/**
 * How the rewriting of a pack ended. `archived`: it lies in the archive; a readable copy is asked for. `locked`: a hold lies on
 * it, because of one of its members.
 */
export type Rewritten = 'rewritten' | 'removed' | 'archived' | 'locked' | 'clean';

/** Writes a dirty pack anew without its erased members, and deletes it; one without living members is only deleted. */
export const rewritePack = async (row: PackRow, deps: PackDeps): Promise<Rewritten> => {
  if (row.state !== 'dirty' || row.versionId === undefined) return 'clean';
  const { tenant, dataClass, packId, key, versionId, storageClass } = row;
  const found = await deps.vault.readPack(key);
  if (found === 'archived') {
    await deps.vault.restorePack(key, versionId);
    return 'archived';
  }
  if (found === undefined) {
    await removeReplaced(tenant, { packId, key, versionId }, deps);
    return 'removed';
  }
  if (found.locked) return 'locked';
  const { members } = readIndex(found.body);
  const rows = await deps.table.readMembers(
    tenant,
    members.map(({ assetId }) => assetId),
  );
  const living = members.filter(({ assetId }) => {
    const packed = rows.get(assetId);
    return packed?.pack.packId === packId && packed.erasedAt === undefined;
  });
  if (living.length === 0) {
    await removeReplaced(tenant, { packId, key, versionId }, deps);
    return 'removed';
  }
  const sources = living.map(({ digest: _d, offset, storedBytes, encoding, ...told }) => ({
    ...told,
    content: memberOf(found.body, { ...told, digest: _d, offset, storedBytes, encoding }),
  }));
  await put({ tenant, dataClass }, { storageClass, sources, replaces: { packId, key, versionId } }, deps);
  return 'rewritten';
};
