import { casePartition, deletedCasePartition, indexNames, subjectPartition } from '../../core/catalog/keys.ts';
import type { HoldSummary } from '../../core/retention/hold-row.ts';
import { isoTime } from '../../core/time.ts';
import type { AssetIndex, AssetList, IndexPosition } from './asset-index.ts';

/** Where the walk through a scope goes on: in which of its lists, and behind which key. */
export interface ScopeCursor {
  readonly list: number;
  readonly after?: IndexPosition;
}

/** Some assets of a scope, by their ids. */
export interface ScopePage {
  readonly assetIds: readonly string[];
  readonly next: ScopeCursor | undefined;
}

export const firstOfScope: ScopeCursor = { list: 0 };

const pageSize = 250;

/**
 * The assets that a hold covers, page by page, those whose bytes are there though they are deleted included. A case has them in
 * a list of their own, which comes first: what somebody undeletes meanwhile is met again among the stored ones, and nothing
 * goes the other way while a hold is in force.
 */
export const scopePage = async (
  tenant: string,
  { scope, scopeId, since }: Pick<HoldSummary, 'scope' | 'scopeId'> & { readonly since?: number | undefined },
  cursor: ScopeCursor,
  { index }: { readonly index: AssetIndex },
): Promise<ScopePage> => {
  if (scope === 'asset') return { assetIds: [scopeId], next: undefined };
  const from = since === undefined ? undefined : isoTime(since);
  const lists = listsOf(tenant, scope, scopeId);
  const list = lists[cursor.list];
  if (list === undefined) return { assetIds: [], next: undefined };
  const { items, next } = await index.list({ ...list, from }, pageSize, cursor.after);
  const following = cursor.list + 1 < lists.length ? { list: cursor.list + 1 } : undefined;
  return {
    assetIds: items.map(({ assetId }) => assetId),
    next: next === undefined ? following : { list: cursor.list, after: next },
  };
};

const listsOf = (tenant: string, scope: 'case' | 'subject', scopeId: string): readonly AssetList[] =>
  scope === 'subject'
    ? [{ index: indexNames.bySubject, partition: subjectPartition(tenant, scopeId) }]
    : [deletedCasePartition, casePartition].map((partition) => ({
        index: indexNames.byTopic,
        partition: partition(tenant, scopeId),
      }));
