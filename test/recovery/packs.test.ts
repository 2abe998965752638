import { describe, expect, it } from 'vitest';
import type { AssetRow, VersionEntry } from '../../core/catalog/asset-row.ts';
import type { PackedRow, PackRow } from '../../core/pack/packed-row.ts';
import { changedPack, newPackRow, packedRowsOf } from '../../core/pack/rows.ts';
import { bringMemberBack, eraseMember, packsOfPage } from '../../lambdas/recover/bring-pack-back.ts';
import type { Copy, RecoverDeps } from '../../lambdas/recover/ports.ts';

const at = '2026-01-01T00:00:00.000Z';
const packId = '01JZ8K2M4N6P8Q0R2S4T6V8W0X';
const owner = { tenant: 't1', dataClass: 'transcription' };
const packThen = changedPack(newPackRow(owner, { packId, storageClass: 'GLACIER', createdAt: at }), {
  state: 'settled',
  versionId: 'old',
  bytes: 9_000,
});
const member = (assetId: string) => ({
  assetId,
  key: `k/${assetId}`,
  versionId: 'v1',
  at,
  bytes: 500,
  etag: '"e"',
  digest: `sha-${assetId}`,
  offset: 8,
  storedBytes: 100,
  encoding: 'zstd' as const,
});
const place = { packId, key: packThen.key, versionId: 'old', storageClass: 'GLACIER' };
const [a, b] = packedRowsOf({ ...owner, members: [member('a'), member('b')] }, place);
const assetOf = (assetId: string) =>
  ({ tenant: 't1', summary: { assetId, sha256: `sha-${assetId}`, state: 'stored' } }) as AssetRow;

/** A vault and a table of which everything is gone but what is given. */
const world = (given: {
  readonly replica?: Copy;
  readonly vault?: readonly VersionEntry[];
  readonly pack?: PackRow;
}) => {
  const members = new Map<string, PackedRow>();
  const asked: string[] = [];
  let pack = given.pack;
  let copies = 0;
  const deps = {
    clock: { now: () => Date.parse(at) },
    vault: { listVersions: async () => given.vault ?? [] },
    catalog: { readPacked: async (_: string, assetId: string) => members.get(assetId) },
    objects: {
      fromReplica: async () => {
        copies += 1;
        return given.replica ?? 'absent';
      },
      askBack: async (where: string) => void asked.push(where),
    },
    packs: {
      readPack: async () => pack,
      readMembers: async () => members,
      putPack: async (row: PackRow) => {
        pack = row;
        return true;
      },
      putPacked: async (row: PackedRow) => void members.set(row.member.assetId, row),
      erase: async (row: PackedRow, next: PackRow) => {
        members.set(row.member.assetId, row);
        pack = next;
        return true;
      },
    },
  } as unknown as RecoverDeps;
  const packs = packsOfPage(async () => [packThen as PackRow & Record<string, unknown>], 'near', deps);
  const bring = (assetId: string, packed: PackedRow | undefined) =>
    bringMemberBack(assetOf(assetId), packed, packs, 'near', deps);
  return { deps, bring, members, asked, packNow: () => pack, copies: () => copies };
};

describe('what stood in a pack', () => {
  it('comes back with it, which is copied once, under the version that it has now', async () => {
    const { bring, members, packNow, copies } = world({ replica: { versionId: 'new' } });

    expect(await Promise.all([bring('a', a), bring('b', b)])).toEqual([
      { from: 'fromReplica', now: 'v1' },
      { from: 'fromReplica', now: 'v1' },
    ]);
    expect(copies()).toBe(1);
    expect(packNow()).toMatchObject({ packId, versionId: 'new', state: 'settled' });
    expect([...members.values()].map(({ pack, member: { offset } }) => [pack.versionId, offset])).toEqual([
      ['new', 8],
      ['new', 8],
    ]);
  });

  it('waits for the pack where that is archived', async () => {
    const { bring, members, asked } = world({ replica: 'archived' });

    expect(await bring('a', a)).toEqual({ from: 'archived' });
    expect([asked, members.size]).toEqual([['replica'], 0]);
  });

  it('is there where the pack is, and only its row comes back', async () => {
    const vault = [{ versionId: 'old', at, marker: false, bytes: 9_000 }];
    const { bring, members, copies } = world({ vault, pack: packThen });

    expect(await bring('a', a)).toEqual({ from: 'there', now: 'v1' });
    expect([copies(), members.get('a')]).toEqual([0, a]);
  });

  it('is none of it where the row tells of another content, or of nobody', async () => {
    const { bring } = world({ replica: { versionId: 'new' } });

    expect(await bring('b', a)).toBeUndefined();
    expect(await bring('a', undefined)).toBeUndefined();
  });

  it('leaves the pack that has come back where somebody was erased since', async () => {
    const { deps, members, packNow } = world({ pack: packThen });

    await eraseMember(assetOf('a'), a, deps);

    expect(members.get('a')?.erasedAt).toBe(at);
    expect(packNow()?.state).toBe('dirty');
  });
});
