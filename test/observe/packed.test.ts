import { describe, expect, it } from 'vitest';
import type { AssetRow, VersionEntry } from '../../core/catalog/asset-row.ts';
import { observe } from '../../core/observe/observe.ts';
import type { ObserveDeps } from '../../core/observe/ports.ts';
import { packedMarkerId } from '../../core/pack/head.ts';
import type { PackedRow } from '../../core/pack/packed-row.ts';
import { packedRowsOf } from '../../core/pack/rows.ts';
import { assets, locate, tenant } from './model/world.ts';

const [asset] = assets;
const packId = '01JZ8K2M4N6P8Q0R2S4T6V8W0X';
const target = { tenant, assetId: asset.assetId, key: asset.key };

const packedRow = (more: Partial<PackedRow> = {}, member: Partial<PackedRow['member']> = {}): PackedRow => {
  const [row] = packedRowsOf(
    {
      tenant,
      dataClass: 'transcription',
      members: [
        {
          assetId: asset.assetId,
          key: asset.key,
          versionId: 'v1',
          at: '2026-01-01T00:00:00.000Z',
          bytes: 500,
          etag: '"e"',
          digest: 'd',
          offset: 8,
          storedBytes: 100,
          encoding: 'zstd',
          ...member,
        },
      ],
    },
    { packId, key: 'packs/x', versionId: 'pv', storageClass: 'GLACIER' },
  );
  if (row === undefined) throw new Error('There is a member.');
  return { ...row, ...more };
};

/** What a look at the key writes, where the vault holds these versions and the table this row of a pack. */
const seen = async (versions: readonly VersionEntry[], packed: PackedRow | undefined): Promise<AssetRow> => {
  const written: AssetRow[] = [];
  const deps: ObserveDeps = {
    vault: {
      headVersion: async (_key, versionId) => ({
        versionId,
        at: '2026-02-01T00:00:00.000Z',
        bytes: 9,
        etag: '"f"',
        storageClass: 'STANDARD',
      }),
      listVersions: async () => versions,
      readText: async () => undefined,
    },
    catalog: {
      readAsset: async () => undefined,
      readPacked: async () => packed,
      writeAsset: async ({ row }) => {
        written.push(row);
        return { kind: 'written' };
      },
    },
    clock: { now: () => 1_800_000_000_000 },
    locate,
  };
  await observe(target, { kind: 'look' }, deps);
  const [row] = written;
  if (row === undefined) throw new Error('A look writes.');
  return row;
};

const marker: VersionEntry = { versionId: 'm', at: '2026-03-01T00:00:00.000Z', marker: true };
const content: VersionEntry = { versionId: 'v2', at: '2026-02-01T00:00:00.000Z', marker: false, bytes: 9, etag: '"f"' };

describe('a key without content', () => {
  it('is packed where a living row of a pack names it, and says what its object said', async () => {
    const { summary, detail, versions } = await seen([], packedRow());

    expect(summary).toMatchObject({ state: 'stored', bytes: 500, storageClass: 'GLACIER', packId });
    expect(detail).toMatchObject({
      key: asset.key,
      currentVersionId: 'v1',
      pack: { packId, offset: 8, storedBytes: 100 },
    });
    expect(versions.map(({ versionId }) => versionId)).toEqual(['v1']);
  });

  it('is gone where none does', async () => {
    expect((await seen([], undefined)).summary.state).toBe('gone');
  });

  it.each([
    ['is erased', packedRow({ erasedAt: '2026-03-01T00:00:00.000Z' })],
    ['speaks of another key', packedRow({}, { key: 'another' })],
  ])('is gone where the row %s', async (_what, row) => {
    expect((await seen([], row)).summary.state).toBe('gone');
  });

  it('is deleted under a delete marker, and stays so after S3 has removed that', async () => {
    const under = await seen([marker], packedRow());
    const after = await seen([], packedRow({ deletedAt: marker.at }));

    expect([under.summary.state, after.summary.state]).toEqual(['deleted', 'deleted']);
    expect(under.versions.map(({ versionId }) => versionId)).toEqual(['m', 'v1']);
    expect(after.versions.map(({ versionId }) => versionId)).toEqual([packedMarkerId, 'v1']);
  });
});

describe('a key with content', () => {
  it('is what it holds, whatever a pack says', async () => {
    const { summary, detail } = await seen([content], packedRow());

    expect(summary).toMatchObject({ state: 'stored', bytes: 9 });
    expect(detail.pack).toBeUndefined();
  });
});
