import { packedKey, packKey, packMembersPartition, packsPartition } from '../catalog/keys.ts';
import type { PackIndex, PackOwner } from './format.ts';
import { packObjectKey } from './pack-key.ts';
import type { PackedRow, PackPlace, PackRow } from './packed-row.ts';

/** The row of a pack that is going to be written. */
export const newPackRow = (
  owner: PackOwner,
  pack: Pick<PackRow, 'packId' | 'storageClass' | 'createdAt' | 'replaces'>,
): PackRow =>
  indexed({
    ...packKey(owner.tenant, pack.packId),
    kind: 'pack',
    ...owner,
    ...pack,
    key: packObjectKey({ ...owner, packId: pack.packId }),
    state: 'writing',
    revision: 1,
  });

/** The row after something happened to the pack. */
export const changedPack = (
  row: PackRow,
  change: Partial<Pick<PackRow, 'state' | 'versionId' | 'bytes' | 'members' | 'contentBytes' | 'replaces'>>,
): PackRow => indexed({ ...row, ...change, revision: row.revision + 1 });

const indexed = (row: Omit<PackRow, 'g1pk' | 'g1sk' | 'summary'>): PackRow => ({
  ...row,
  g1pk: packsPartition(row.tenant, row.state),
  g1sk: row.packId,
  summary: {
    packId: row.packId,
    dataClass: row.dataClass,
    ...(row.members === undefined ? {} : { members: row.members }),
  },
});

/** The rows of a pack's members, as its index has them. */
export const packedRowsOf = ({ tenant, dataClass, members }: PackIndex, pack: PackPlace): readonly PackedRow[] =>
  members.map((member) => ({
    ...packedKey(tenant, member.assetId),
    kind: 'packed',
    tenant,
    dataClass,
    member,
    pack,
    g1pk: packMembersPartition(tenant, pack.packId),
    g1sk: member.assetId,
    summary: { assetId: member.assetId, bytes: member.bytes },
  }));

/** The row of a member that is erased from now on. */
export const erasedRow = ({ g2pk: _pk, g2sk: _sk, ...row }: PackedRow, at: string): PackedRow => ({
  ...row,
  erasedAt: row.erasedAt ?? at,
});
