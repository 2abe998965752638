import { expect, it } from 'vitest';
import type { AssetRow, VersionEntry } from '../../core/catalog/asset-row.ts';
import { observe } from '../../core/observe/observe.ts';
import { agreesWithVault } from '../../lambdas/recover/agrees-with-vault.ts';
import type { RecoverDeps } from '../../lambdas/recover/ports.ts';
import { assets, locate, tenant } from '../observe/model/world.ts';

const [{ assetId, key }] = assets;
const version = (versionId: string): VersionEntry => ({
  versionId,
  at: '2026-02-01T00:00:00.000Z',
  marker: false,
  bytes: 9,
  etag: '"f"',
  storageClass: 'STANDARD',
});

/** A vault that lists one of these after the other, the last one again and again, and a table. */
const world = async (...lists: readonly (readonly VersionEntry[])[]) => {
  let row: AssetRow | undefined;
  let asked = 0;
  const deps = {
    vault: {
      listVersions: async () => lists[Math.min(asked++, lists.length - 1)] ?? [],
      headVersion: async (_: string, versionId: string) => ({ ...version(versionId) }),
      readText: async () => undefined,
    },
    catalog: {
      readAsset: async () => row,
      readPacked: async () => undefined,
      writeAsset: async (write: { readonly row: AssetRow }) => {
        row = write.row;
        return { kind: 'written' };
      },
    },
    clock: { now: () => Date.parse('2026-02-01T00:00:01.000Z') },
    locate,
  } as unknown as RecoverDeps;
  const first = await observe({ tenant, assetId, key }, { kind: 'look' }, deps);
  return { deps, row: first.row, listed: () => asked };
};

it('a row that says what the vault shows agrees with it after one look', async () => {
  const { deps, row, listed } = await world([version('v1')]);

  expect(await agreesWithVault(row, deps)).toBe(true);
  expect(listed()).toBe(2);
});

it('a row that was overtaken is looked at once more', async () => {
  const { deps, row } = await world([version('v1')], [version('v2'), version('v1')]);

  expect(await agreesWithVault(row, deps)).toBe(true);
});

it('a row that differs from the vault each time does not agree', async () => {
  const [one, two] = [[version('v1')], [version('v2'), version('v1')]];
  const { deps, row } = await world(one, two, one, two);

  expect(await agreesWithVault(row, deps)).toBe(false);
});
