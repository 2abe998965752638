import { type TableKey, tenantKey } from './catalog/keys.ts';

/** That a tenant is there; whoever works through all tenants finds them by these rows. */
export interface TenantRow extends TableKey {
  readonly kind: 'tenant';
  readonly tenant: string;
  readonly createdAt: string;
  readonly createdBy: string;
}

/** The row of a tenant. */
export const tenantRow = (tenant: Pick<TenantRow, 'tenant' | 'createdAt' | 'createdBy'>): TenantRow => ({
  ...tenantKey(tenant.tenant),
  kind: 'tenant',
  ...tenant,
});
