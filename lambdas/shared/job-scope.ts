import { scopeQuery } from '../../core/archive/scope.ts';
import type { AssetRow, AssetSummary } from '../../core/catalog/asset-row.ts';
import type { JobScope } from '../../core/schemas/job.ts';
import type { AssetIndex, IndexPosition } from './asset-index.ts';
import { mapInParallel } from './map-in-parallel.ts';

/** Where the walk through a scope goes on. */
export interface JobScopeCursor {
  readonly after?: IndexPosition;
}

/** Some of a scope's assets, as the catalog has them now, and how many of the page were passed over. */
export interface JobScopePage {
  readonly rows: readonly AssetRow[];
  readonly passed: number;
  readonly next: JobScopeCursor | undefined;
}

const pageSize = 500;
const lanes = 16;

/** The stored assets of a scope that a job is about, page by page; `concerns` looks at what the list says of each. */
export const jobScopePage = async (
  { tenant, scope }: { readonly tenant: string; readonly scope: JobScope },
  cursor: JobScopeCursor,
  { index, concerns }: { readonly index: AssetIndex; readonly concerns: (summary: AssetSummary) => boolean },
): Promise<JobScopePage> => {
  const query = scopeQuery(tenant, scope);
  if (query === undefined) {
    const row = scope.asset === undefined ? undefined : await index.asset(tenant, scope.asset);
    const isConcerned = row !== undefined && isStored(row) && concerns(row.summary);
    return { rows: isConcerned ? [row] : [], passed: isConcerned ? 0 : 1, next: undefined };
  }
  const { items, next } = await index.list(query, pageSize, cursor.after);
  const wanted = items.filter((summary) => summary.state === 'stored' && concerns(summary));
  const rows = await mapInParallel(wanted, lanes, ({ assetId }) => index.asset(tenant, assetId));
  const stored = rows.filter((row) => row !== undefined).filter(isStored);
  return {
    rows: stored,
    passed: items.length - stored.length,
    next: next === undefined ? undefined : { after: next },
  };
};

const isStored = ({ summary, detail }: AssetRow): boolean =>
  summary.state === 'stored' && detail.currentVersionId !== undefined;
