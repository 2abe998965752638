import { joinKey, operatorTenant, type TableKey } from '../catalog/keys.ts';

/** Where the catalog of the second region keeps how far a failover is, so that a run that was cut off goes on. */
export const failoverKey: TableKey = { pk: joinKey(operatorTenant, 'service'), sk: 'failover' };

/** How far a failover is. */
export interface FailoverRow extends TableKey {
  readonly kind: 'failover';
  readonly tenant: string;
  /** ISO time. */
  readonly startedAt: string;
  /** The rebuild that is under way or done. */
  readonly jobId?: string;
  /** When the catalog was found to agree with the copies; from then on the API answers. */
  readonly verifiedAt?: string;
}

/** The row of a failover that begins. */
export const failoverRow = (startedAt: string): FailoverRow => ({
  ...failoverKey,
  kind: 'failover',
  tenant: operatorTenant,
  startedAt,
});
