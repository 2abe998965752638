import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ListObjectVersionsCommand, type ListObjectVersionsOutput } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { AssetRow as StoredAsset } from '../../core/catalog/asset-row.ts';
import { type CountDifference, type CountRow, countDifferences, recount } from '../../core/statistics/recount.ts';
import type { ReachablePlatform } from './running-platform.ts';

const Row = z.looseObject({ pk: z.string(), sk: z.string(), kind: z.string() });
export type Row = z.infer<typeof Row>;

const AssetRow = z.object({
  tenant: z.string(),
  summary: z.object({
    assetId: z.string(),
    dataClass: z.string(),
    state: z.string(),
    bytes: z.number(),
    sha256: z.string().optional(),
    subject: z.string().optional(),
  }),
  detail: z.object({ key: z.string(), currentVersionId: z.string().optional() }),
  versions: z.array(z.object({ versionId: z.string(), marker: z.boolean() })),
});

/** A version or a delete marker in the vault, as S3 lists it. */
export interface VaultVersion {
  readonly key: string;
  readonly versionId: string;
  readonly marker: boolean;
  readonly isLatest: boolean;
}

/** Everything in the catalog's table. Only a test may look at it so. */
export const allRows = async ({ state }: ReachablePlatform): Promise<Row[]> => {
  const region = state.regions[0] ?? '';
  const client = new DynamoDBClient({ region, endpoint: state.endpoint, credentials: state.admin });
  const table = DynamoDBDocumentClient.from(client);
  const rows: Row[] = [];
  for await (const page of paginateScan({ client: table }, { TableName: state.tables['catalog'] ?? '' })) {
    rows.push(...z.array(Row).parse(page.Items ?? []));
  }
  client.destroy();
  return rows;
};

/** Counters that do not say what the rows say. */
export const miscounted = async (running: ReachablePlatform): Promise<readonly CountDifference[]> => {
  const rows = await allRows(running);
  const assets = rows.filter(({ kind }) => kind === 'asset') as unknown as StoredAsset[];
  // Growth is no sum of what is there.
  const counters = rows.filter(({ kind, pk }) => kind === 'count' && !pk.endsWith('#growth')) as unknown as CountRow[];
  return countDifferences(recount(assets).tally(), counters);
};

/** Every version of the vault, facts objects and the journal left out; the contents of a key newest first. */
export const vaultVersions = async (running: ReachablePlatform): Promise<VaultVersion[]> => {
  const found: VaultVersion[] = [];
  for await (const page of pagesOfVersions(running)) {
    const versions = (page.Versions ?? []).map((version) => ({ ...version, marker: false }));
    const markers = (page.DeleteMarkers ?? []).map((version) => ({ ...version, marker: true }));
    for (const { Key = '', VersionId = '', IsLatest = false, marker } of [...versions, ...markers]) {
      found.push({ key: Key, versionId: VersionId, marker, isLatest: IsLatest });
    }
  }
  return found.filter(({ key }) => !key.startsWith('facts/') && !key.startsWith('journal/'));
};

async function* pagesOfVersions({ s3, state }: ReachablePlatform): AsyncGenerator<ListObjectVersionsOutput> {
  let from: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
  for (;;) {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket: state.buckets.vault, ...from }));
    yield page;
    if (page.IsTruncated !== true) return;
    from = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
}

/** Where the catalog is not what the vault says; empty when it is a function of the vault. */
export const disagreements = async (running: ReachablePlatform): Promise<string[]> => {
  const rows = (await allRows(running)).filter(({ kind }) => kind === 'asset').map((row) => AssetRow.parse(row));
  const assets = new Map(rows.map((asset) => [asset.detail.key, asset]));
  const byKey = Map.groupBy(await vaultVersions(running), ({ key }) => key);
  const uncatalogued = [...byKey.keys()].filter((key) => !assets.has(key)).map((key) => `no row for ${key}`);
  const differing = [...assets].flatMap(([key, asset]) => differences(key, asset, byKey.get(key) ?? []));
  return [...uncatalogued, ...differing, ...keptTwice(rows)];
};

/** Contents that are stored more than once within a class and for a subject. */
const keptTwice = (assets: readonly z.infer<typeof AssetRow>[]): string[] => {
  const stored = assets.filter(({ summary }) => summary.state === 'stored');
  const contentOf = ({ tenant, summary }: z.infer<typeof AssetRow>): string =>
    [tenant, summary.dataClass, summary.subject, summary.sha256, summary.bytes].join(' ');
  return [...Map.groupBy(stored, contentOf)]
    .filter(([, same]) => same.length > 1)
    .map(([content, same]) => `${content} is kept as ${same.map(({ summary }) => summary.assetId).join(' and ')}`);
};

const differences = (
  key: string,
  { summary, detail, versions }: z.infer<typeof AssetRow>,
  inVault: readonly VaultVersion[],
): string[] => {
  const contents = inVault.filter(({ marker }) => !marker);
  const isDeleted = inVault.some(({ marker, isLatest }) => marker && isLatest);
  const state = contents.length === 0 ? 'gone' : isDeleted ? 'deleted' : 'stored';
  const told = { state: summary.state, current: detail.currentVersionId, versions: idsOf(versions) };
  const seen = { state, current: contents[0]?.versionId, versions: idsOf(inVault) };
  const [said, is] = [JSON.stringify(told), JSON.stringify(seen)];
  return said === is ? [] : [`${key}: the catalog says ${said}, the vault ${is}`];
};

const idsOf = (versions: readonly { versionId: string; marker: boolean }[]): string[] =>
  versions.map(({ versionId, marker }) => `${versionId}${marker ? ' (marker)' : ''}`).sort();
