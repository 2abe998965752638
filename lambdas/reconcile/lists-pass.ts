import type { AssetRow } from '../../core/catalog/asset-row.ts';
import { comparePair } from '../../core/compare/compare-pair.ts';
import type { Finding } from '../../core/compare/finding.ts';
import type { AssetPair, CompareRules } from '../../core/compare/pair.ts';
import { factsKey } from '../../core/key-layout.ts';
import { readFacts } from '../../core/observe/observe.ts';
import type { PageAnswer } from '../shared/durable/pages.ts';
import { mapInParallel } from '../shared/map-in-parallel.ts';
import { type AssetName, readAssets } from './catalog-reader.ts';
import { confirmAll, rulesOf, type Suspect } from './confirm.ts';
import { countPage } from './count-rows.ts';
import type { AssetList, ReconcileDeps } from './ports.ts';
import { classesOf, type Scope } from './scope.ts';
import { settle } from './settle.ts';
import type { Tally } from './tally.ts';
import type { PassProps } from './vault-pass.ts';

/** Where the walk over the catalog's lists stands: tenant after tenant, class after class, stored before deleted. */
export interface ListCursor {
  /** Absent before the first tenant. */
  readonly tenant?: string | undefined;
  /** Which of the tenant's lists. */
  readonly list: number;
  readonly from?: Readonly<Record<string, string>> | undefined;
  readonly page: number;
}

export const firstList: ListCursor = { list: 0, page: 1 };

const states = ['stored', 'deleted'] as const;
const lanes = 25;
/** A page ends once it has so many assets, or has asked so many lists, most of which are short or empty. */
const defaultEnough = 500;
const mostLists = 100;

/**
 * One stretch of the catalog's lists, each asset with a HEAD of its current version: finds rows of objects that the vault does
 * not have, and what only a HEAD tells: checksums, facts, locks, restored copies.
 */
export const listsPage = async (
  cursor: ListCursor,
  props: Omit<PassProps, 'prefixes'> & { readonly scope: Scope; readonly recount?: boolean },
  deps: ReconcileDeps,
): Promise<PageAnswer<ListCursor, Tally>> => {
  const rules = rulesOf(deps);
  const from = cursor.tenant === undefined ? await firstPlace(props.scope, deps) : cursor;
  const { assets, next } = await takeAssets(from, props.scope, deps);
  const rows = [...(await readAssets(assets, deps.read)).values()];
  const suspects = await mapInParallel(rows, lanes, (row) => suspect(row, rules, deps));
  const findings = await confirmAll(suspects.flat(), rules, deps);
  const report = pageName(props.report, cursor.page);
  const counts = await countTenant({ cursor, rows, from, next, ...props }, deps);
  const seen = { keys: 0, rows: rows.length };
  const tally = await settle(
    { findings: [...findings, ...counts], repair: props.repair, recount: props.recount === true, report, seen },
    deps,
  );
  return { tally, ...(next && { next: { ...next, page: cursor.page + 1 } }) };
};

type Place = Omit<ListCursor, 'page'>;

const pageName = (report: string, page: number): string => `${report}/lists-${String(page).padStart(6, '0')}`;

interface Counted {
  readonly cursor: ListCursor;
  readonly rows: readonly AssetRow[];
  readonly from: Place | undefined;
  readonly next: Place | undefined;
  readonly scope: Scope;
  readonly report: string;
}

/** Counters are of all classes of a tenant, so that a walk over one class cannot judge them. */
const countTenant = async (
  { cursor, rows, from, next, scope, report }: Counted,
  deps: ReconcileDeps,
): Promise<readonly Finding[]> => {
  if (from?.tenant === undefined || scope.dataClass !== undefined) return [];
  const page = {
    tenant: from.tenant,
    rows,
    isFirst: from.list === 0 && from.from === undefined,
    isLast: next?.tenant !== from.tenant,
    note: pageName(report, cursor.page),
    noteBefore: pageName(report, cursor.page - 1),
  };
  return countPage(page, deps);
};

/** Takes assets from list after list of one tenant. */
const takeAssets = async (
  from: Place | undefined,
  scope: Scope,
  deps: ReconcileDeps,
): Promise<{ readonly assets: readonly AssetName[]; readonly next?: Place }> => {
  const assets: AssetName[] = [];
  const { enoughAssets = defaultEnough } = deps;
  let at = from;
  for (
    let asked = 0;
    at !== undefined && at.tenant === from?.tenant && asked < mostLists && assets.length < enoughAssets;
    asked += 1
  ) {
    const { tenant = '', list: number, from: start } = at;
    const lists = listsOf(tenant, scope, deps);
    const list = lists[number];
    if (list === undefined) throw new Error('The walk over the lists of a tenant has left them.');
    const { assetIds, next } = await deps.lists.assets(list, start);
    assets.push(...assetIds.map((assetId) => ({ tenant, assetId })));
    at = await placeAfter({ tenant, list: number }, { next, lists: lists.length, scope }, deps);
  }
  return { assets, ...(at && { next: at }) };
};

const firstPlace = async (scope: Scope, { lists }: ReconcileDeps): Promise<Place | undefined> => {
  const tenant = scope.tenant ?? (await lists.nextTenant(undefined));
  return tenant === undefined ? undefined : { tenant, list: 0 };
};

const listsOf = (tenant: string, scope: Scope, { classes }: ReconcileDeps): readonly AssetList[] =>
  classesOf(scope, classes).flatMap(({ name }) => states.map((state) => ({ tenant, dataClass: name, state })));

const placeAfter = async (
  { tenant, list }: { readonly tenant: string; readonly list: number },
  { next, lists, scope }: { next: ListCursor['from']; lists: number; scope: Scope },
  deps: ReconcileDeps,
): Promise<Place | undefined> => {
  if (next !== undefined) return { tenant, list, from: next };
  if (list + 1 < lists) return { tenant, list: list + 1 };
  const after = scope.tenant === undefined ? await deps.lists.nextTenant(tenant) : undefined;
  return after === undefined ? undefined : { tenant: after, list: 0 };
};

/**
 * The asset, where its current version is not there or is not what the row says. What the second region still has was found by
 * the walk over the keys of both.
 */
const suspect = async (row: AssetRow, rules: CompareRules, deps: ReconcileDeps): Promise<readonly Suspect[]> => {
  const { tenant, summary, detail } = row;
  if (summary.state === 'gone' || detail.key === '') return [];
  const pair = await headPair(row, deps);
  const name = { tenant, assetId: summary.assetId, key: detail.key, isListed: true };
  if (pair === 'told' || comparePair(pair, rules).length === 0) return [];
  if (pair.object !== undefined) return [name];
  const copied = await deps.listReplica?.({ prefix: detail.key });
  return copied?.keys.some(({ key }) => key === detail.key) === true ? [] : [name];
};

/** What a HEAD says of the row's current version; which versions there are besides was compared by the walk over the vault. */
const headPair = async (row: AssetRow, { vault, locate }: ReconcileDeps): Promise<AssetPair | 'told'> => {
  const { tenant, summary, detail, versionCount } = row;
  const { key, currentVersionId, factsEtag } = detail;
  const entry = { key, row };
  const current = currentVersionId === undefined ? undefined : await vault.headVersion(key, currentVersionId);
  if (current === undefined) return { key, entry };
  const stored = factsEtag === undefined ? undefined : await vault.readText(factsKey(tenant, summary.assetId));
  // The walk over the keys has met the facts object and compared it.
  if (stored !== undefined && stored.etag !== factsEtag) return 'told';
  const facts = stored && readFacts({ tenant, assetId: summary.assetId, key }, stored, { locate });
  const versions = versionCount > row.versions.length ? await vault.listVersions(key) : row.versions;
  return {
    key,
    entry,
    object: { key, versions, looked: { current, ...(facts && { facts }), factsFound: stored !== undefined } },
  };
};
