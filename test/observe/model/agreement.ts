import type { AssetRow, HashRow } from '../../../core/catalog/asset-row.ts';
import type { ModelVersion } from './bucket.ts';
import { nameOf } from './table.ts';
import { assets, type ModelAsset, tenant, type World } from './world.ts';

/**
 * Compares the catalog with the vault by rules of its own, not by the code that makes the rows: what the table must say of
 * each asset, given what lies in the bucket.
 */
export const disagreements = (world: World): readonly string[] => [
  ...assets.flatMap((asset) => assetDisagreements(world, asset)),
  ...linkDisagreements(world),
];

const assetDisagreements = (world: World, asset: ModelAsset): string[] => {
  const row = world.table.readAsset(tenant, asset.assetId);
  const versions = world.bucket.versionsOf(asset.key);
  const facts = world.bucket.versionsOf(asset.factsKey)[0];
  const factsThere = facts !== undefined && !facts.marker;
  if (row === undefined) {
    return versions.length === 0 && !factsThere ? strayRows(world, asset, []) : [`${asset.assetId} has no row.`];
  }
  const current = versions.find(({ marker }) => !marker);
  const state = current === undefined ? 'gone' : versions[0]?.marker === true ? 'deleted' : 'stored';
  const pages = pageRows(world, asset);
  return [
    ...differs(asset, 'state', row.summary.state, state),
    ...differs(asset, 'current version', row.detail.currentVersionId, current?.versionId),
    ...differs(asset, 'versions', listedVersions(row, pages), versions.map(inWords)),
    ...differs(asset, 'version count', row.versionCount, versions.length),
    ...differs(asset, 'content', row.summary.sha256, current?.sha256),
    ...differs(asset, 'storage class', row.detail.storageClass, current?.entry.storageClass ?? ''),
    ...differs(asset, 'restored copy', row.detail.restore?.until, current?.head?.restore?.until),
    ...differs(asset, 'attributes', row.summary.attributes['said'], expectedAttribute(asset, current, facts)),
    ...differs(
      asset,
      'list',
      row.g1pk,
      { stored: 't1#class#model-class', deleted: 't1#deleted#model-class', gone: undefined }[state],
    ),
    ...differs(asset, 'end', row.expiresAt !== undefined, versions.length === 0 && !factsThere),
    ...strayRows(world, asset, state === 'gone' ? [] : ['due']),
  ];
};

const inWords = ({ versionId, marker }: Pick<ModelVersion, 'versionId' | 'marker'>): string =>
  marker ? `${versionId} (marker)` : versionId;

/** The versions as a reader finds them: the row's, then the pages', last page first. */
const listedVersions = (row: AssetRow, pages: readonly (readonly string[])[]): string[] => [
  ...row.versions.map(inWords),
  ...pages.toReversed().flat(),
];

const pageRows = ({ table }: World, { assetId }: ModelAsset): string[][] =>
  [...table.rows.values()]
    .filter((row) => row.kind === 'versions' && row.pk === `${tenant}#asset#${assetId}`)
    .sort((a, b) => (a.sk < b.sk ? -1 : 1))
    .map((row) => (row.kind === 'versions' ? row.versions.map(inWords) : []));

const expectedAttribute = (asset: ModelAsset, current: ModelVersion | undefined, facts: ModelVersion | undefined) => {
  if (current === undefined) return undefined;
  const later = facts === undefined || facts.marker || facts.body === '{' ? undefined : JSON.parse(facts.body);
  if (later?.key === asset.key) return later.attributes.said;
  if (current.header === '') return undefined;
  const header = JSON.parse(Buffer.from(current.header, 'base64url').toString());
  return header.attributes.said;
};

/** Rows besides the asset's own that should not be there, or should and are not. */
const strayRows = ({ table }: World, { assetId }: ModelAsset, expected: readonly string[]): string[] => {
  const found = [...table.rows.values()].filter((row) => row.kind === 'due' && row.assetId === assetId);
  return found.length === expected.length ? [] : [`${assetId} has ${found.length} due rows, not ${expected.length}.`];
};

/** Every link leads to a stored asset with that content; a content that only one asset ever had is linked to it. */
const linkDisagreements = ({ table, owners }: World): string[] => {
  const rows = [...table.rows.values()];
  const links = rows.filter((row): row is HashRow => row.kind === 'hash');
  const isStoredWith = (assetId: string, sha256: string): boolean => {
    const row = table.readAsset(tenant, assetId);
    return row?.summary.state === 'stored' && row.summary.sha256 === sha256;
  };
  const dangling = links
    .filter(({ state, assetId, summary }) => state === 'stored' && !isStoredWith(assetId, summary?.sha256 ?? ''))
    .map((link) => `The link ${nameOf(link)} leads to an asset that does not have that content.`);
  const missing = [...owners].flatMap(([sha256, assetIds]) => {
    const [assetId = ''] = assetIds;
    if (assetIds.size > 1 || !isStoredWith(assetId, sha256)) return [];
    const linked = links.some((link) => link.state === 'stored' && link.pk === `${tenant}#hash#${sha256}#1`);
    return linked ? [] : [`${assetId} has the only copy of ${sha256}, and no link leads to it.`];
  });
  return [...dangling, ...missing];
};

const differs = ({ assetId }: ModelAsset, what: string, found: unknown, expected: unknown): string[] => {
  if (found === expected) return [];
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  return a === b ? [] : [`${assetId}: the catalog's ${what} is ${a}, the vault's ${b}.`];
};
