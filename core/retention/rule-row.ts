import { classRetentionKey, type TableKey, userRetentionKey } from '../catalog/keys.ts';

/** How long a tenant keeps a class, or a user what they uploaded of it. */
export interface RetentionRuleRow extends TableKey {
  readonly kind: 'retention';
  readonly tenant: string;
  readonly dataClass: string;
  /** Whose wish it is; absent on what the tenant says for everybody. */
  readonly principal?: string;
  /** Milliseconds after creation. */
  readonly deleteAfter: number;
  readonly reason: string;
  readonly setAt: string;
  readonly setBy: string;
  readonly revision: number;
}

/** The key of a rule. */
export const retentionRuleKey = ({
  tenant,
  dataClass,
  principal,
}: Pick<RetentionRuleRow, 'tenant' | 'dataClass' | 'principal'>): TableKey =>
  principal === undefined ? classRetentionKey(tenant, dataClass) : userRetentionKey(tenant, principal, dataClass);

/** The row of a rule. */
export const retentionRuleRow = (rule: Omit<RetentionRuleRow, keyof TableKey | 'kind'>): RetentionRuleRow => ({
  ...retentionRuleKey(rule),
  kind: 'retention',
  ...rule,
});

/** What tenant and uploader say of one class. */
export const rulesFor = (
  rows: readonly RetentionRuleRow[],
  { dataClass, uploader }: { readonly dataClass: string; readonly uploader: string },
): { readonly tenantDeleteAfter?: number; readonly userDeleteAfter?: number } => {
  const ofClass = rows.filter((row) => row.dataClass === dataClass);
  const tenant = ofClass.find(({ principal }) => principal === undefined);
  const user = ofClass.find(({ principal }) => principal === uploader);
  return {
    ...(tenant && { tenantDeleteAfter: tenant.deleteAfter }),
    ...(user && { userDeleteAfter: user.deleteAfter }),
  };
};
