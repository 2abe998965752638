import type { AssetRow } from '../../core/catalog/asset-row.ts';
import { comparePair } from '../../core/compare/compare-pair.ts';
import { compareFacts } from '../../core/compare/facts.ts';
import type { Finding } from '../../core/compare/finding.ts';
import type { AssetPair, CompareRules } from '../../core/compare/pair.ts';
import { factsKey } from '../../core/key-layout.ts';
import { look } from '../../core/observe/observe.ts';
import type { Observation } from '../../core/observe/row-of.ts';
import { catalogLimits } from '../../core/observe/write-all.ts';
import { mapInParallel } from '../shared/map-in-parallel.ts';
import { type AssetName, nameOf, readEntries, readHolders } from './catalog-reader.ts';
import type { ReconcileDeps } from './ports.ts';

/** A suspicion: an asset of which two readings at different times said different things. */
export interface Suspect extends AssetName {
  /** Key in the vault; absent where only the asset's facts object was heard of. */
  readonly key?: string | undefined;
  /** What the second region has under the key, where it was listed. */
  readonly replica?: AssetPair['replica'];
  /** Whoever lists the key finds it too and says so: only what a listing does not show is worth a word here. */
  readonly isListed?: boolean;
}

const lanes = 10;

/** Looks at each suspect once, side by side. */
export const confirmAll = async (
  suspects: readonly Suspect[],
  rules: CompareRules,
  deps: ReconcileDeps,
): Promise<readonly Finding[]> => {
  const each = [...new Map(suspects.map((suspect) => [`${nameOf(suspect)} ${suspect.key ?? ''}`, suspect])).values()];
  return (await mapInParallel(each, lanes, (suspect) => confirm(suspect, rules, deps))).flat();
};

/**
 * Looks at a suspect once more, as the catalog's writer would: what is still wrong then is a finding. What was only on its
 * way while the lists were read has arrived by now, or is too young to be judged.
 */
const confirm = async (suspect: Suspect, rules: CompareRules, deps: ReconcileDeps): Promise<readonly Finding[]> => {
  const { tenant, assetId } = suspect;
  const row = await deps.catalog.readAsset(tenant, assetId);
  const key = suspect.key ?? (row?.detail.key || undefined);
  if (key !== undefined && row !== undefined && row.detail.key !== '' && row.detail.key !== key) {
    const versions = await deps.vault.listVersions(key);
    return versions.length === 0 ? [] : comparePair({ key, object: { key, versions }, entry: { key, row } }, rules);
  }
  const seen = await look({ tenant, assetId, ...(key !== undefined && { key }) }, row, deps);
  // It is being changed at this moment, and so looked at by somebody else.
  if (seen === undefined) return [];
  const ofAsset = await compareSeen(seen, { row, ...suspect }, rules, deps);
  // One look puts both right; a facts object is worth a word of its own only where the rest agrees.
  return ofAsset === 'told' ? [] : ofAsset.length > 0 ? ofAsset : await compareSeenFacts(seen, row, rules, deps);
};

interface Known extends Pick<Suspect, 'replica' | 'isListed'> {
  readonly row: AssetRow | undefined;
}

const compareSeen = async (
  { identity: { key }, versions, ...looked }: Observation,
  { row, replica, isListed }: Known,
  rules: CompareRules,
  deps: ReconcileDeps,
): Promise<readonly Finding[] | 'told'> => {
  if (key === '') return [];
  const object = versions.length === 0 ? undefined : { key, versions, looked };
  const [entry] = row === undefined ? [] : await readEntries([{ row, object }], { ...deps, sizes: rules.sizes });
  const linkHolder = await readHolders(entry === undefined ? [] : [entry], deps.read);
  const pair = {
    key,
    ...(object && { object }),
    ...(entry && { entry: { ...entry, key } }),
    ...(replica && { replica }),
  };
  const whole = { ...rules, linkHolder };
  if (isListed === true && object !== undefined) {
    const shown = comparePair({ ...pair, object: { key, versions } }, whole);
    if (shown.length > 0) return 'told';
  }
  return comparePair(pair, whole).filter(isOfCatalog);
};

const compareSeenFacts = async (
  { identity: { tenant, assetId }, factsFound, facts }: Observation,
  row: AssetRow | undefined,
  rules: CompareRules,
  { vault }: ReconcileDeps,
): Promise<readonly Finding[]> => {
  const stored = factsFound === true ? await vault.readText(factsKey(tenant, assetId)) : undefined;
  const pair = {
    tenant,
    assetId,
    ...(stored && { stored: { etag: stored.etag } }),
    ...(row && { row }),
    isRefused: factsFound === true && facts === undefined,
  };
  return compareFacts(pair, rules);
};

/** What the two lists of the regions say of each other needs no second look: both are strongly consistent. */
const isOfCatalog = ({ kind }: Finding): boolean => kind !== 'unreplicated' && kind !== 'left-over';

/** The rules of one page: nothing younger than its beginning is judged by it. */
export const rulesOf = ({ clock, locate, limits }: ReconcileDeps): CompareRules => ({
  now: clock.now(),
  locate,
  sizes: limits ?? catalogLimits,
});
