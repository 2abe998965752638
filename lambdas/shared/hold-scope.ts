import type { AssetSummary } from '../../core/catalog/asset-row.ts';
import { casePartition, deletedPartition, indexNames, subjectPartition } from '../../core/catalog/keys.ts';
import type { DataClass } from '../../core/data-class.ts';
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
 * The assets that a hold covers, page by page: stored ones by the index of their case or subject; deleted ones, whose bytes
 * are still there, by the subject or, for a case, among what is deleted of the classes that belong to cases.
 */
export const scopePage = async (
  tenant: string,
  { scope, scopeId, since }: Pick<HoldSummary, 'scope' | 'scopeId'> & { readonly since?: number | undefined },
  cursor: ScopeCursor,
  { index, classes }: { readonly index: AssetIndex; readonly classes: readonly DataClass[] },
): Promise<ScopePage> => {
  if (scope === 'asset') return { assetIds: [scopeId], next: undefined };
  const from = since === undefined ? undefined : isoTime(since);
  const lists = listsOf(tenant, scope, scopeId, classes);
  const list = lists[cursor.list];
  if (list === undefined) return { assetIds: [], next: undefined };
  const { items, next } = await index.list({ ...list, from }, pageSize, cursor.after);
  const following = cursor.list + 1 < lists.length ? { list: cursor.list + 1 } : undefined;
  return {
    assetIds: items.filter((item) => belongs(item, scope, scopeId)).map(({ assetId }) => assetId),
    next: next === undefined ? following : { list: cursor.list, after: next },
  };
};

const listsOf = (
  tenant: string,
  scope: 'case' | 'subject',
  scopeId: string,
  classes: readonly DataClass[],
): readonly AssetList[] =>
  scope === 'subject'
    ? [{ index: indexNames.bySubject, partition: subjectPartition(tenant, scopeId) }]
    : [
        { index: indexNames.byTopic, partition: casePartition(tenant, scopeId) },
        ...classes
          .filter(({ topic }) => topic === 'case')
          .map(({ name }) => ({ index: indexNames.byKind, partition: deletedPartition(tenant, name) })),
      ];

const belongs = (item: AssetSummary, scope: 'case' | 'subject', scopeId: string): boolean => item[scope] === scopeId;
