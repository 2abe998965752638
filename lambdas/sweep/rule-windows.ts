import { classPartition, indexNames, uploaderPartition } from '../../core/catalog/keys.ts';
import type { DataClass } from '../../core/data-class.ts';
import type { RetentionRuleRow } from '../../core/retention/rule-row.ts';
import { isoTime } from '../../core/time.ts';
import type { AssetList } from '../shared/asset-index.ts';

/** One rule that ends assets: which list it goes through, and how long after creation. */
export interface EndingRule {
  readonly dataClass: string;
  readonly list: Pick<AssetList, 'index' | 'partition'>;
  readonly deleteAfter: number;
}

/**
 * Every rule that ends something in a tenant: of classes, of the tenant, of users. The catalog gives new assets a due row by
 * their class as it is then; what tenants and users say, and classes that were changed since, is found by these lists.
 */
export const endingRules = (
  tenant: string,
  classes: readonly DataClass[],
  rows: readonly RetentionRuleRow[],
): readonly EndingRule[] => [
  ...classes.flatMap(({ name, retention }) =>
    retention.deleteAfter === undefined ? [] : [ofClass(tenant, name, retention.deleteAfter)],
  ),
  ...rows.map(({ dataClass, principal, deleteAfter }) =>
    principal === undefined
      ? ofClass(tenant, dataClass, deleteAfter)
      : {
          dataClass,
          list: { index: indexNames.byActor, partition: uploaderPartition(tenant, principal) },
          deleteAfter,
        },
  ),
];

const ofClass = (tenant: string, dataClass: string, deleteAfter: number): EndingRule => ({
  dataClass,
  list: { index: indexNames.byKind, partition: classPartition(tenant, dataClass) },
  deleteAfter,
});

/** What still stands of the assets that a rule has ended by an instant. */
export const endedBy = ({ list, deleteAfter }: EndingRule, at: number): AssetList => ({
  ...list,
  to: isoTime(at - deleteAfter),
});
