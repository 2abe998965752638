import { type Clock, isoTime } from '../time.ts';
import type { PackedRow, PackRow } from './packed-row.ts';
import type { PackTable } from './ports.ts';
import { changedPack, erasedRow } from './rows.ts';

/** What erasing needs of the table. */
export interface ErasureTable extends Pick<PackTable, 'readMembers' | 'readPack'> {
  /** One transaction: both rows, as long as neither has moved. */
  erase(member: PackedRow, pack: PackRow, expected: number): Promise<boolean>;
}

const maxTries = 8;

/**
 * Takes an asset out of its pack: from now on nobody finds it there, and the next run of packing writes the pack anew
 * without its bytes. Whoever deletes an asset's versions calls this afterwards, and then has the asset observed. True where
 * there was something to take out.
 */
export const eraseFromPack = async (
  { tenant, assetId }: { readonly tenant: string; readonly assetId: string },
  { table, clock }: { readonly table: ErasureTable; readonly clock: Clock },
): Promise<boolean> => {
  for (let tries = 0; tries < maxTries; tries++) {
    const member = (await table.readMembers(tenant, [assetId])).get(assetId);
    if (member === undefined) return false;
    if (member.erasedAt !== undefined) return true;
    const pack = await table.readPack(tenant, member.pack.packId);
    if (pack === undefined) throw new Error(`Asset ${assetId} names pack ${member.pack.packId}, which is unknown.`);
    // One that is not settled yet finds the erased member when it settles, and has to look again because of the revision.
    const next = changedPack(pack, { state: pack.state === 'settled' ? 'dirty' : pack.state });
    if (await table.erase(erasedRow(member, isoTime(clock.now())), next, pack.revision)) return true;
  }
  throw new Error(`Asset ${assetId} could not be taken out of its pack; others kept changing it.`);
};
