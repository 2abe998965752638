import { needsRestore } from '../../core/archive/archive-class.ts';
import type { AssetRow } from '../../core/catalog/asset-row.ts';
import { packKey } from '../../core/catalog/keys.ts';
import { eraseFromPack } from '../../core/pack/erase.ts';
import type { PackedRow, PackRow } from '../../core/pack/packed-row.ts';
import { changedPack } from '../../core/pack/rows.ts';
import type { BatchRead } from '../shared/batch-read.ts';
import { toPackRow } from '../shared/packs/packed-item.ts';
import { type Brought, bringVersionBack, type Pass } from './bring-version-back.ts';
import type { RecoverDeps } from './ports.ts';

/** Brings packs back, each once for all of its members that a page names. */
export type Packs = (member: PackedRow) => Promise<Brought>;

/** The packs of one page; `then` reads the rows of the instant. */
export const packsOfPage = (then: BatchRead, pass: Pass, deps: RecoverDeps): Packs => {
  const known = new Map<string, Promise<Brought>>();
  return (member) => {
    const name = member.pack.key;
    const brought = known.get(name) ?? bringPackBack(member, then, pass, deps);
    known.set(name, brought);
    return brought;
  };
};

/** A pack is put once under its key; its row is of the instant unless the live table knows it still. */
const bringPackBack = async (member: PackedRow, then: BatchRead, pass: Pass, deps: RecoverDeps): Promise<Brought> => {
  const { tenant, pack } = member;
  const live = await deps.packs.readPack(tenant, pack.packId);
  const [found] = live === undefined ? await then([packKey(tenant, pack.packId)]) : [];
  const row = live ?? (found && toPackRow({ ...found }));
  if (row?.versionId === undefined) return { from: 'missing' };
  const { key, versionId, bytes } = row;
  const archiveTo = needsRestore(pack.storageClass) ? pack.storageClass : undefined;
  const content = { key, versionId, bytesOfOnly: bytes, archiveTo };
  const brought = await bringVersionBack(content, await deps.vault.listVersions(key), pass, deps);
  if (pass !== 'plan' && brought.now !== undefined) await putRow(row, live, brought.now, deps);
  return brought;
};

const putRow = async (
  row: PackRow,
  live: PackRow | undefined,
  versionId: string,
  { packs }: RecoverDeps,
): Promise<void> => {
  if (live?.versionId === versionId) return;
  // Where somebody else wrote it meanwhile, the next try of this page finds what they wrote.
  await packs.putPack(changedPack(row, { versionId }), live?.revision);
};

/** Brings an asset back whose content stands in a pack; undefined where none of its rows names one. */
export const bringMemberBack = async (
  then: AssetRow,
  thenPacked: PackedRow | undefined,
  packs: Packs,
  pass: Pass,
  deps: RecoverDeps,
): Promise<Brought | undefined> => {
  const { tenant, summary } = then;
  const live = await deps.catalog.readPacked(tenant, summary.assetId);
  // The pack may have been written anew since; what the live table says of it comes first.
  const rows = [live, thenPacked].filter((row) => row !== undefined);
  let best: Brought | undefined;
  for (const row of rows) {
    if (row.erasedAt !== undefined || (summary.sha256 !== undefined && row.member.digest !== summary.sha256)) continue;
    const brought = await packs(row);
    best = best === undefined || best.from === 'missing' ? brought : best;
    if (brought.now === undefined) continue;
    const mapped = { ...row, pack: { ...row.pack, versionId: brought.now } };
    if (pass !== 'plan') await deps.packs.putPacked(mapped, live?.pack.packId);
    return { from: brought.from, now: row.member.versionId };
  }
  return best;
};

/** Who was erased since stays in no pack that has come back: packing writes it anew without them. */
export const eraseMember = async (
  { tenant, summary }: AssetRow,
  thenPacked: PackedRow | undefined,
  { packs, clock }: RecoverDeps,
): Promise<void> => {
  if (thenPacked === undefined || (await packs.readPack(tenant, thenPacked.pack.packId)) === undefined) return;
  await packs.putPacked(thenPacked);
  await eraseFromPack({ tenant, assetId: summary.assetId }, { table: packs, clock });
};
