import { assetIdTime } from '../../core/asset-id.ts';
import type { JournalRow } from '../../core/journal.ts';
import { observe } from '../../core/observe/observe.ts';
import { DamagedPackError, type PackIndex, readIndex } from '../../core/pack/format.ts';
import { parsePackKey } from '../../core/pack/pack-key.ts';
import type { PackRow } from '../../core/pack/packed-row.ts';
import { changedPack, newPackRow, packedRowsOf } from '../../core/pack/rows.ts';
import { isoTime } from '../../core/time.ts';
import { errorFields } from '../shared/error-fields.ts';
import { mapInParallel } from '../shared/map-in-parallel.ts';
import type { FoundPack, ReconcileDeps } from './ports.ts';

/** How a pack came out of it: `awaited` lies in an archive, and a copy to read was asked for. */
export type RebuiltPack = 'packs' | 'awaited' | 'refused';

/** So many packs are read in one page; each has a thousand members, and each member is observed. */
export const packsOfPage = 3;
const lanes = 25;

/**
 * Makes the rows of a pack and of its members from the pack's own index, and has each member observed: its key is empty, so
 * that the pack is where it stands. Rows that are there stay, since they may say that a member was erased since.
 */
export const rebuildPack = async (key: string, currentVersionId: string, deps: ReconcileDeps): Promise<RebuiltPack> => {
  const place = parsePackKey(key);
  const found = place && (await deps.readPack(key));
  if (found === 'archived') {
    await deps.restorePack(key, currentVersionId);
    return 'awaited';
  }
  const index = found && indexOf(found.body, deps);
  if (place === undefined || found === undefined || index === undefined) return 'refused';
  if (index.tenant !== place.tenant || index.dataClass !== place.dataClass) return 'refused';
  const { versionId, storageClass } = found;
  await deps.putRow(asRow(packRow(place.packId, { index, found })));
  const members = packedRowsOf(index, { packId: place.packId, key, versionId, storageClass });
  await mapInParallel(members, lanes, (member) => deps.putRow(asRow(member)));
  await mapInParallel(members, lanes, ({ tenant, member }) =>
    observe({ tenant, assetId: member.assetId, key: member.key }, { kind: 'look' }, deps),
  );
  return 'packs';
};

const indexOf = (body: Uint8Array, { log }: ReconcileDeps): PackIndex | undefined => {
  try {
    return readIndex(body);
  } catch (error) {
    if (!(error instanceof DamagedPackError)) throw error;
    log.warn('a pack cannot be read', { ...errorFields(error) });
    return undefined;
  }
};

/** A pack that is there was put and read back: whoever packs goes on from here. */
const packRow = (
  packId: string,
  { index, found }: { readonly index: PackIndex; readonly found: FoundPack },
): PackRow => {
  const { tenant, dataClass, members } = index;
  const { versionId, storageClass, body } = found;
  const created = newPackRow({ tenant, dataClass }, { packId, storageClass, createdAt: isoTime(assetIdTime(packId)) });
  return changedPack(created, {
    state: 'settled',
    versionId,
    bytes: body.length,
    members: members.length,
    contentBytes: members.reduce((sum, { bytes }) => sum + bytes, 0),
  });
};

const asRow = (row: object & Pick<JournalRow, 'pk' | 'sk' | 'kind' | 'tenant'>): JournalRow => ({ ...row });
