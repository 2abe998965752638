import { comparePair } from '../../core/compare/compare-pair.ts';
import { compareFacts } from '../../core/compare/facts.ts';
import type { Finding } from '../../core/compare/finding.ts';
import type { AssetPair, CompareRules, VaultObject } from '../../core/compare/pair.ts';
import { parseFactsKey } from '../../core/facts-object.ts';
import { catalogLimits } from '../../core/observe/write-all.ts';
import type { PageAnswer } from '../shared/durable/pages.ts';
import { type ListedKey, sharedRange } from '../shared/key-range.ts';
import { nameOf, readAssets, readEntries, readHolders } from './catalog-reader.ts';
import { confirmAll, rulesOf, type Suspect } from './confirm.ts';
import { withoutPending } from './pending-abroad.ts';
import type { ReconcileDeps } from './ports.ts';
import { settle } from './settle.ts';
import type { Tally } from './tally.ts';

/** Where a walk over prefixes stands. */
export interface PrefixCursor {
  /** Which prefix of the scope. */
  readonly prefix: number;
  /** The last key that is done; absent at the beginning of a prefix. */
  readonly after?: string | undefined;
  /** The number of the page, which names its part of the report. */
  readonly page: number;
}

export const firstPrefix: PrefixCursor = { prefix: 0, page: 1 };

export interface PassProps {
  readonly prefixes: readonly string[];
  readonly repair: boolean;
  /** What the parts of the report begin with. */
  readonly report: string;
}

/**
 * One stretch of the vault, with what the second region has of the same keys and the rows of their assets: finds what the
 * catalog lacks or tells wrongly. What only the catalog has is found by the walk over its lists.
 */
export const vaultPage = async (
  cursor: PrefixCursor,
  props: PassProps,
  deps: ReconcileDeps,
): Promise<PageAnswer<PrefixCursor, Tally>> => {
  const begun = rulesOf(deps);
  const from = { prefix: props.prefixes[cursor.prefix] ?? '', after: cursor.after };
  const [vault, replica] = await Promise.all([deps.listVault(from), deps.listReplica?.(from)]);
  const stretch = sharedRange(vault, replica ?? { keys: [] });
  const copies = replica && new Map(stretch.b.map(({ key, versions }) => [key, versions]));
  const pairs = await readPairs(stretch, copies, deps);
  const linkHolder = await readHolders(
    pairs.flatMap(({ entry }) => entry ?? []),
    deps.read,
  );
  const rules = { ...begun, linkHolder };
  const found = pairs.flatMap((pair) => comparePair(pair, rules).map((finding) => ({ finding, pair })));
  const suspects = [
    ...found.filter(({ finding }) => !isCertain(finding)).map(({ finding, pair }) => suspectOf(finding, pair)),
    ...(await suspectFacts(stretch.a, rules, deps)),
  ];
  const findings = [
    ...(await withoutPending(found.map(({ finding }) => finding).filter(isCertain), deps)),
    ...(await confirmAll(suspects, rules, deps)),
  ];
  const report = `${props.report}/vault-${String(cursor.page).padStart(6, '0')}`;
  const seen = { keys: stretch.a.length, rows: pairs.filter(({ entry }) => entry !== undefined).length };
  const tally = await settle({ findings, repair: props.repair, report, seen }, deps);
  const next = nextPrefix(cursor, stretch.through, props.prefixes);
  return { tally, ...(next && { next }) };
};

/** The place after this stretch: further on in the prefix, or at the beginning of the next one. */
export const nextPrefix = (
  { prefix, page }: PrefixCursor,
  through: string | undefined,
  prefixes: readonly string[],
): PrefixCursor | undefined => {
  if (through !== undefined) return { prefix, after: through, page: page + 1 };
  return prefix + 1 < prefixes.length ? { prefix: prefix + 1, page: page + 1 } : undefined;
};

/** The lists of the two regions and a key's form are what they are; a row may have moved since it was read. */
const isCertain = ({ kind }: Finding): boolean =>
  kind === 'foreign-key' || kind === 'unreplicated' || kind === 'left-over';

const suspectOf = ({ tenant = '', assetId = '' }: Finding, { key, replica }: AssetPair): Suspect => ({
  tenant,
  assetId,
  key,
  ...(replica && { replica }),
});

/** The keys of both regions with the rows of their assets and all that should stand beside these. */
const readPairs = async (
  { a, b }: { readonly a: readonly ListedKey[]; readonly b: readonly ListedKey[] },
  copies: ReadonlyMap<string, AssetPair['replica']> | undefined,
  deps: ReconcileDeps,
): Promise<readonly AssetPair[]> => {
  const objects = new Map<string, VaultObject>(a.map((listed) => [listed.key, listed]));
  const keys = [...new Set([...objects.keys(), ...b.map(({ key }) => key)])];
  const rows = await readAssets(
    keys.flatMap((key) => deps.locate(key) ?? []),
    deps.read,
  );
  const sought = keys.flatMap((key) => {
    const place = deps.locate(key);
    const row = place && rows.get(nameOf(place));
    return row === undefined ? [] : [{ key, row, object: objects.get(key) }];
  });
  const sizes = deps.limits ?? catalogLimits;
  const entries = await readEntries(sought, { read: deps.read, sizes });
  const byKey = new Map(sought.map(({ key }, index) => [key, entries[index]]));
  return keys.map((key) => {
    const [object, entry] = [objects.get(key), byKey.get(key)];
    return {
      key,
      ...(object && { object }),
      ...(entry && { entry: { ...entry, key } }),
      ...(copies && { replica: copies.get(key) ?? [] }),
    };
  });
};

/** Facts objects whose asset's row has not applied them. */
const suspectFacts = async (
  listed: readonly ListedKey[],
  rules: CompareRules,
  deps: ReconcileDeps,
): Promise<readonly Suspect[]> => {
  const facts = listed.flatMap(({ key, versions: [newest] }) => {
    const name = parseFactsKey(key);
    return name === undefined || newest === undefined ? [] : [{ ...name, newest }];
  });
  const rows = await readAssets(facts, deps.read);
  return facts.flatMap(({ newest, ...name }) => {
    const row = rows.get(nameOf(name));
    const stored = newest.marker ? undefined : { etag: newest.etag ?? '', at: newest.at };
    const pair = { ...name, ...(stored && { stored }), ...(row && { row }) };
    return compareFacts(pair, rules).length === 0 ? [] : [{ ...name, isListed: true }];
  });
};
