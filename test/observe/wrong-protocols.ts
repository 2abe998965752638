import type { AssetRow } from '../../core/catalog/asset-row.ts';
import { type ObserveTarget, observe } from '../../core/observe/observe.ts';
import type { CatalogView, CatalogWrite, ObserveDeps, VaultView, WriteResult } from '../../core/observe/ports.ts';
import { entryOf, type Observation, rowOf } from '../../core/observe/row-of.ts';
import { catalogLimits } from '../../core/observe/write-all.ts';
import type { Protocol } from './model/simulate.ts';

/**
 * Protocols that look right and are not. Each differs from the right one in one thing that somebody could leave out, or
 * add to make it faster; the proof has to notice every one of them.
 */
export const wrongProtocols: Readonly<Record<string, Protocol>> = {
  /** Applies what the event says, as it comes. */
  async lastEventWins(target, hint, deps) {
    const head = hint.kind === 'created' ? await headOf(target, hint.versionId, deps) : undefined;
    await force(target, head === undefined ? [] : [head], deps);
  },

  /** Keeps a pointer to the newest version that it has heard of, and follows it. */
  async currentPointer(target, hint, deps) {
    const row = await deps.catalog.readAsset(target.tenant, target.assetId);
    const known = row?.detail.currentVersionId ?? '';
    const versionId = hint.kind === 'created' && isNewer(hint.versionId, known) ? hint.versionId : known;
    const head = versionId === '' ? undefined : await headOf(target, versionId, deps);
    await force(target, head === undefined ? [] : [head], deps);
  },

  /** Looks, and then writes without asking whether somebody else has looked later. */
  unconditionalPut: (target, hint, deps) =>
    observe(target, hint, withCatalog(deps, { writeAsset: (write) => overwrite(write, deps.catalog) })),

  /** Forgets an asset of which nothing is left. */
  noTombstone: (target, hint, deps) => observe(target, hint, withCatalog(deps, blindToTombstones(deps.catalog))),

  /** Lists first and reads the revision after. */
  async staleRead(target, hint, deps) {
    if (target.key === undefined) return observe(target, hint, deps);
    let early: Awaited<ReturnType<VaultView['listVersions']>> | undefined = await deps.vault.listVersions(target.key);
    const listVersions: VaultView['listVersions'] = async (key) => {
      const list = early ?? (await deps.vault.listVersions(key));
      early = undefined;
      return list;
    };
    return observe(target, { kind: 'look' }, { ...deps, vault: { ...deps.vault, listVersions } });
  },

  /** Spares the write where nothing has changed, so that an earlier look of somebody else is not refused. */
  skipUnchanged: (target, hint, deps) => observe(target, hint, withCatalog(deps, sparing(deps.catalog))),

  /** Takes the HEAD of whatever is current for the HEAD of the version that the event tells of. */
  async unpinnedHead(target, hint, deps) {
    if (hint.kind !== 'created' || target.key === undefined) return observe(target, hint, deps);
    const current = (await deps.vault.listVersions(target.key)).find(({ marker }) => !marker);
    return observe(target, current === undefined ? hint : { ...hint, versionId: current.versionId }, deps);
  },

  /** Takes every refused write for a duplicate. */
  conflictIsDone: (target, hint, deps) =>
    observe(
      target,
      hint,
      withCatalog(deps, { writeAsset: async (write) => asDone(await deps.catalog.writeAsset(write)) }),
    ),

  /** Drops a facts object whose asset it does not know yet. */
  async forgetfulFacts(target, hint, deps) {
    if (target.key === undefined && (await deps.catalog.readAsset(target.tenant, target.assetId)) === undefined) return;
    await observe(target, hint, deps);
  },

  /** Begins to count anew when a tombstone has ended. */
  restartingRevisions: (target, hint, deps) => observe(target, hint, { ...deps, clock: { now: () => 1 } }),

  /** Takes a row whose pages are not all written for the end of the work. */
  partialIsDone: (target, hint, deps) =>
    observe(
      target,
      hint,
      withCatalog(deps, { writeAsset: async (write) => asWhole(await deps.catalog.writeAsset(write)) }),
    ),

  /** Leaves all links alone when another asset holds one of them. */
  allLinksOrNone: (target, hint, deps) =>
    observe(
      target,
      hint,
      withCatalog(deps, { writeAsset: async (write) => allTaken(await deps.catalog.writeAsset(write), write) }),
    ),
};

const withCatalog = (deps: ObserveDeps, catalog: Partial<CatalogView>): ObserveDeps => ({
  ...deps,
  catalog: { ...deps.catalog, ...catalog },
});

const headOf = ({ key }: ObserveTarget, versionId: string, { vault }: ObserveDeps) =>
  key === undefined ? undefined : vault.headVersion(key, versionId);

const isNewer = (a: string, b: string): boolean => Number(a.slice(1)) > Number(b.slice(1) || 0);

type Heads = readonly NonNullable<Awaited<ReturnType<VaultView['headVersion']>>>[];

/** Writes a row of just these versions, whatever was there. */
const force = async (target: ObserveTarget, heads: Heads, deps: ObserveDeps): Promise<void> => {
  const place = deps.locate(target.key ?? '');
  if (place === undefined || target.key === undefined) return;
  const seen: Observation = {
    identity: { ...place, key: target.key },
    versions: heads.map(entryOf),
    current: heads[0],
  };
  const { row, companions } = rowOf(seen, undefined, { now: deps.clock.now(), sizes: catalogLimits });
  await overwrite({ row, expected: undefined, put: companions, remove: [] }, deps.catalog);
};

const overwrite = async (write: CatalogWrite, catalog: CatalogView): Promise<WriteResult> => {
  let result = await catalog.writeAsset(write);
  while (result.kind === 'moved') {
    const found: AssetRow | undefined = result.row;
    result = await catalog.writeAsset({
      ...write,
      expected: found?.revision,
      row: { ...write.row, revision: (found?.revision ?? 0) + 1 },
    });
  }
  return result;
};

const blindToTombstones = (catalog: CatalogView): CatalogView => ({
  readPacked: catalog.readPacked,
  async readAsset(tenant, assetId) {
    const row = await catalog.readAsset(tenant, assetId);
    return row?.summary.state === 'gone' ? undefined : row;
  },
  async writeAsset(write) {
    const result = await catalog.writeAsset(write);
    const hidden = write.expected === undefined && result.kind === 'moved' && result.row?.summary.state === 'gone';
    return hidden ? catalog.writeAsset({ ...write, expected: result.row?.revision }) : result;
  },
});

const sparing = (catalog: CatalogView): CatalogView => {
  let known: AssetRow | undefined;
  return {
    readPacked: catalog.readPacked,
    async readAsset(tenant, assetId) {
      known = await catalog.readAsset(tenant, assetId);
      return known;
    },
    async writeAsset(write) {
      if (known !== undefined && isUnchanged(known, write.row)) return { kind: 'written' };
      const result = await catalog.writeAsset(write);
      if (result.kind === 'moved') known = result.row;
      return result;
    },
  };
};

/** The same but for the revision, and for the end of a tombstone, which each look puts off. */
const isUnchanged = (a: AssetRow, b: AssetRow): boolean =>
  (a.expiresAt === undefined) === (b.expiresAt === undefined) &&
  JSON.stringify({ ...a, revision: 0, expiresAt: 0 }) === JSON.stringify({ ...b, revision: 0, expiresAt: 0 });

const asDone = (result: WriteResult): WriteResult => (result.kind === 'moved' ? { kind: 'written' } : result);

const asWhole = (result: WriteResult): WriteResult =>
  result.kind === 'moved' && result.row !== undefined
    ? { ...result, row: { ...result.row, partial: undefined } }
    : result;

const allTaken = (result: WriteResult, { put, remove }: CatalogWrite): WriteResult =>
  result.kind === 'link-taken'
    ? { kind: 'link-taken', links: [...put, ...remove.map(({ key }) => key)].filter(({ pk }) => pk.includes('#hash#')) }
    : result;
