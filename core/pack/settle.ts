import type { AbroadVersion, AnnounceAbroad } from '../abroad/abroad-row.ts';
import { leastArchivedBytes } from '../archive/archive-class.ts';
import { type Clock, hours } from '../time.ts';
import { DamagedPackError, type PackIndex, readIndex, verifyPack } from './format.ts';
import type { PackedRow, PackRow } from './packed-row.ts';
import type { PackTable, PackVault } from './ports.ts';
import { changedPack, packedRowsOf } from './rows.ts';

/** What packing works with. */
export interface PackDeps {
  readonly vault: PackVault;
  readonly table: PackTable;
  readonly clock: Clock;
  /** Has what is deleted here deleted in the second region. */
  readonly announceAbroad: AnnounceAbroad;
  /** Has the catalog look at a key: what says in which pack an asset lies has changed, and S3 announces nothing of it. */
  readonly lookAgain: (key: string) => Promise<void>;
  /** A new ULID. */
  readonly newId: () => string;
  /** Does the work for each item, some at once. */
  readonly each: <T>(items: readonly T[], work: (item: T) => Promise<void>) => Promise<void>;
}

/** How far a pack got. `removed`: it was never put, or came back damaged; its members are where they were. */
export type Settled = { readonly kind: 'settled' | 'dirty'; readonly row: PackRow } | { readonly kind: 'removed' };

/** A pack that was announced so long ago, and is not there, was never put: whoever announced it is dead. */
const abandonedAfterMs = hours(1);

/**
 * Brings a pack from wherever it is to its end; every step can be repeated, and at each moment every member's content
 * stands either under its own key or in a pack that its row names and that was read back whole.
 *
 * 1. `writing`: the object is read back, and every member compared with its digest. Rows are put that say which pack holds
 *    each asset. Then, and not before, the members' own versions are looked for: whoever deletes or erases an asset changes
 *    its versions first and looks for such a row afterwards, so that one of the two sees the other. Who is gone gets no row.
 * 2. `live`: the members' own versions are deleted, or the pack that this one replaces.
 * 3. The object is marked for its class, unless erased members are in it: then it is `dirty` and will be rewritten.
 */
export const settlePack = async (row: PackRow, deps: PackDeps): Promise<Settled> => {
  let current: PackRow | undefined = row;
  while (current !== undefined) {
    if (current.state === 'settled' || current.state === 'dirty') return { kind: current.state, row: current };
    const next: PackRow | 'removed' =
      current.state === 'writing' ? await trust(current, deps) : await finish(current, deps);
    if (next === 'removed') return { kind: 'removed' };
    const changed: boolean = await deps.table.changePack(next, current.revision);
    current = changed ? next : await deps.table.readPack(row.tenant, row.packId);
  }
  return { kind: 'removed' };
};

const trust = async (row: PackRow, deps: PackDeps): Promise<PackRow | 'removed'> => {
  const { vault, table } = deps;
  const found = await vault.readPack(row.key);
  if (found === 'archived') throw new Error(`Pack ${row.packId} is archived before anybody has read it back.`);
  if (found === undefined) {
    if (deps.clock.now() - Date.parse(row.createdAt) < abandonedAfterMs) {
      throw new Error(`Pack ${row.packId} is being written by somebody else.`);
    }
    await table.removePack(row);
    return 'removed';
  }
  const index = readBack(found.body, row);
  if (index === undefined) {
    await deleteForGood([{ key: row.key, versionId: found.versionId }], undefined, deps);
    await table.removePack(row);
    return 'removed';
  }
  const { packId, key } = row;
  const storageClass = classOf(found.body, row);
  await table.adopt(
    packedRowsOf(index, { packId, key, versionId: found.versionId, storageClass }),
    row.replaces?.packId,
  );
  if (row.replaces === undefined) await dropMissing(index, row, deps);
  return changedPack(row, {
    state: 'live',
    versionId: found.versionId,
    bytes: found.body.length,
    members: index.members.length,
    contentBytes: index.members.reduce((sum, { bytes }) => sum + bytes, 0),
  });
};

/** A pack that is still small stays where it is: the lifecycle rule would not move it, and it would cost more there. */
const classOf = (body: Uint8Array, { storageClass }: PackRow): string =>
  body.length > leastArchivedBytes ? storageClass : 'STANDARD';

/** Undefined where the object is not the pack that was announced. */
const readBack = (body: Uint8Array, { tenant, dataClass }: PackRow): PackIndex | undefined => {
  try {
    const index = verifyPack(body);
    return index.tenant === tenant && index.dataClass === dataClass ? index : undefined;
  } catch (error) {
    if (error instanceof DamagedPackError) return undefined;
    throw error;
  }
};

const dropMissing = async ({ members }: PackIndex, row: PackRow, { vault, table, each }: PackDeps): Promise<void> => {
  const missing: string[] = [];
  await each(members, async ({ assetId, key, versionId }) => {
    if (!(await vault.isCurrent(key, versionId))) missing.push(assetId);
  });
  if (missing.length > 0) await table.drop(row.tenant, missing, row.packId);
};

/**
 * Deletes versions, and then has their copies deleted: this happens before the row of the pack goes on, so that a crash in between
 * comes here again. A copy stays until there is one of the pack that holds its content now.
 */
const deleteForGood = async (
  versions: readonly AbroadVersion[],
  needs: AbroadVersion | undefined,
  { vault, each, announceAbroad }: PackDeps,
): Promise<void> => {
  await each(versions, ({ key, versionId }) => vault.deleteVersion(key, versionId));
  const named = versions.map(({ key, versionId }) => ({ key, versionId }));
  await announceAbroad({ versions: named, deleted: true, ...(needs !== undefined && { needs }) });
};

const finish = async (row: PackRow, deps: PackDeps): Promise<PackRow> => {
  const { vault, table, each, lookAgain } = deps;
  const found = await vault.readPack(row.key);
  if (found === undefined) throw new Error(`Pack ${row.packId} is not there any more.`);
  if (found === 'archived') return afterArchiving(row, deps);
  const { members } = readIndex(found.body);
  const named = await table.readMembers(
    row.tenant,
    members.map(({ assetId }) => assetId),
  );
  const holds = (packed: PackedRow | undefined): packed is PackedRow => packed?.pack.packId === row.packId;
  const held = members.filter(({ assetId }) => holds(named.get(assetId)));
  const needs = { key: row.key, versionId: found.versionId };
  if (row.replaces === undefined) await deleteForGood(held, needs, deps);
  else {
    await removeReplaced(row.tenant, { ...row.replaces, needs }, deps);
    await each(held, ({ key }) => lookAgain(key));
  }
  const erased = held.some(({ assetId }) => named.get(assetId)?.erasedAt !== undefined);
  const dirty = erased || held.length < members.length;
  const storageClass = classOf(found.body, row);
  if (!dirty && storageClass !== 'STANDARD') await vault.tagForArchive(row.key, found.versionId, storageClass);
  return changedPack(row, { state: dirty ? 'dirty' : 'settled', replaces: undefined });
};

/** It was marked for the archive, and so everything before was done; only who is erased may have changed since. */
const afterArchiving = async (row: PackRow, { table }: PackDeps): Promise<PackRow> => {
  const rows = await table.listMembers(row.tenant, row.packId);
  const dirty = rows.length < (row.members ?? 0) || rows.some(({ erasedAt }) => erasedAt !== undefined);
  return changedPack(row, { state: dirty ? 'dirty' : 'settled', replaces: undefined });
};

/** Deletes a pack of which no living member is left, and then the rows of the erased ones, which told that it was there. */
export const removeReplaced = async (
  tenant: string,
  { needs, ...old }: NonNullable<PackRow['replaces']> & { readonly needs?: AbroadVersion },
  deps: PackDeps,
): Promise<void> => {
  const { table } = deps;
  const left = (await table.listMembers(tenant, old.packId)).map(({ member }) => member.assetId);
  const rows = await table.readMembers(tenant, left);
  const still = [...rows.values()].filter(({ pack }) => pack.packId === old.packId);
  const living = still.find(({ erasedAt }) => erasedAt === undefined);
  if (living !== undefined) {
    throw new Error(`Pack ${old.packId} still holds asset ${living.member.assetId}; it must not be deleted.`);
  }
  await deleteForGood([old], needs, deps);
  await table.drop(
    tenant,
    still.map(({ member }) => member.assetId),
    old.packId,
  );
  await table.removePack({ tenant, packId: old.packId });
};
