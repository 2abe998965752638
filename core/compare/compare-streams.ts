import type { AssetRow, VersionEntry } from '../catalog/asset-row.ts';
import { comparePair } from './compare-pair.ts';
import type { Finding } from './finding.ts';
import { compareKeys } from './key-order.ts';
import { type Keyed, mergeJoin, type Pages } from './merge-join.ts';
import type { AssetPair, CatalogEntry, CompareRules, VaultObject } from './pair.ts';

/** What the second region has under a key. */
export interface ReplicaObject {
  readonly key: string;
  /** Newest first. */
  readonly versions: readonly VersionEntry[];
}

/** The sides of a comparison; each comes in the order of its keys, page after page. */
export interface Sides {
  readonly vault: Pages<VaultObject>;
  readonly catalog: Pages<CatalogEntry>;
  /** @default the second region is not compared */
  readonly replica?: Pages<ReplicaObject>;
}

/**
 * Compares whole streams: linear in their length, with one page of each side in memory. Findings come in the order of keys.
 */
export async function* compareStreams(sides: Sides, rules: CompareRules): AsyncGenerator<readonly Finding[]> {
  const pairs = assetPairs(sides.vault, sides.catalog);
  for await (const page of sides.replica === undefined ? pairs : withReplica(pairs, sides.replica)) {
    const findings = page.flatMap((pair) => comparePair(pair, rules));
    if (findings.length > 0) yield findings;
  }
}

async function* assetPairs(
  vault: Pages<VaultObject>,
  catalog: Pages<CatalogEntry>,
): AsyncGenerator<readonly AssetPair[]> {
  for await (const page of mergeJoin(vault, catalog)) {
    yield page.map(({ key, left, right }) => pairOf(key, left, right));
  }
}

/** Each form is written out, because a million pairs are made of one literal each or of four. */
const pairOf = (key: string, object: VaultObject | undefined, entry: CatalogEntry | undefined): AssetPair => {
  if (object === undefined) return entry === undefined ? { key } : { key, entry };
  return entry === undefined ? { key, object } : { key, object, entry };
};

async function* withReplica(
  pairs: AsyncGenerator<readonly AssetPair[]>,
  replica: Pages<ReplicaObject>,
): AsyncGenerator<readonly AssetPair[]> {
  for await (const page of mergeJoin<AssetPair & Keyed, ReplicaObject>(pairs, replica)) {
    yield page.map(({ key, left, right }) => ({ ...left, key, replica: right?.versions ?? [] }));
  }
}

/**
 * Pairs one page of the vault with the rows of its assets, which were read by id, so that a row under another key is seen
 * too. Rows of assets that are not in the page are left out.
 */
export const pairsOfPage = (
  objects: readonly VaultObject[],
  entries: readonly CatalogEntry[],
  locate: CompareRules['locate'],
): readonly AssetPair[] => {
  const byAsset = new Map(entries.map((entry) => [nameOf(entry.row.tenant, entry.row.summary.assetId), entry]));
  return objects.map((object) => {
    const place = locate(object.key);
    const entry = place && byAsset.get(nameOf(place.tenant, place.assetId));
    return pairOf(object.key, object, entry);
  });
};

/** An entry of a row as it stands under the key that it names. */
export const entryOfRow = (row: AssetRow): CatalogEntry => ({ key: row.detail.key, row });

/** Puts things into the order in which S3 lists their keys. */
export const inKeyOrder = <Item extends Keyed>(items: readonly Item[]): readonly Item[] =>
  [...items].sort((a, b) => compareKeys(a.key, b.key));

const nameOf = (tenant: string, assetId: string): string => `${tenant.length} ${tenant}${assetId}`;
