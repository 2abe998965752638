import { metricNames } from '../../core/metric-names.ts';
import { observe } from '../../core/observe/observe.ts';
import { DamagedPackError, verifyPack } from '../../core/pack/format.ts';
import { parsePackKey } from '../../core/pack/pack-key.ts';
import { changedPack } from '../../core/pack/rows.ts';
import { mapInParallel } from '../shared/map-in-parallel.ts';
import type { ReconcileDeps } from './ports.ts';

const lanes = 25;

/**
 * Puts a pack back that the vault has lost, from its copy, and has everything that names it name the version that lies there
 * now. False where what lies there is not that pack.
 */
export const healPack = async (
  { key, versionIds: [versionId] = [] }: { readonly key: string; readonly versionIds?: readonly string[] },
  deps: ReconcileDeps,
): Promise<boolean> => {
  if (versionId === undefined) return false;
  const [newest] = await deps.vault.listVersions(key);
  if (newest?.marker === true) return false;
  if (newest === undefined) {
    const copied = await deps.copyFromReplica(key, { versionId, storageClass: undefined });
    if (copied === undefined) return false;
  }
  const found = await deps.readPack(key);
  if (found === undefined || found === 'archived' || !isWhole(key, found.body)) return false;
  if (newest === undefined) deps.meter.count(metricNames.versionsHealed, 1);
  return followPack(key, found.versionId, deps);
};

const isWhole = (key: string, body: Uint8Array): boolean => {
  const place = parsePackKey(key);
  try {
    const { tenant, dataClass } = verifyPack(body);
    return tenant === place?.tenant && dataClass === place.dataClass;
  } catch (error) {
    if (error instanceof DamagedPackError) return false;
    throw error;
  }
};

/**
 * Has the rows of a pack and of its members name another version of it. The members' come first, and the pack's row goes back to
 * `live`: packing looks at it in the next night and has it archived again. False for what is no pack.
 */
export const followPack = async (key: string, versionId: string, deps: ReconcileDeps): Promise<boolean> => {
  const place = parsePackKey(key);
  const row = place && (await deps.packs.readPack(place.tenant, place.packId));
  if (row === undefined || row.state === 'writing') return false;
  if (row.versionId === versionId) return true;
  const members = await deps.packs.listMembers(row.tenant, row.packId);
  const living = members.filter(({ erasedAt }) => erasedAt === undefined);
  await deps.packs.adopt(
    living.map((member) => ({ ...member, pack: { ...member.pack, versionId } })),
    undefined,
  );
  const state = row.state === 'settled' ? 'live' : row.state;
  if (!(await deps.packs.changePack(changedPack(row, { versionId, state }), row.revision))) return false;
  await mapInParallel(living, lanes, ({ tenant, member }) =>
    observe({ tenant, assetId: member.assetId, key: member.key }, { kind: 'look' }, deps),
  );
  return true;
};
