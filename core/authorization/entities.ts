import { type Role, roleIncludes } from './roles.ts';

/** The name of an entity in the policies. */
export interface EntityName {
  readonly type: string;
  readonly id: string;
}

/** An entity as the policies see it. */
export interface PolicyEntity {
  readonly uid: EntityName;
  readonly attrs: Record<string, string | string[]>;
  readonly parents: EntityName[];
}

/**
 * What somebody wants to act on: a tenant as a whole, or an upload, an asset, a hold or a wish about retention of it, with who
 * uploaded, placed or wished it.
 */
export type Target =
  | { readonly type: 'Tenant'; readonly tenant: string }
  | { readonly type: 'Upload' | 'Asset' | 'Hold' | 'Wish'; readonly tenant: string; readonly uploader: string };

/** What else a decision rests on. */
export interface PolicyContext {
  /** The device for which an upload speaks. */
  readonly device?: string;
}

/** A member of a tenant as far as decisions need it. */
export interface Subject {
  readonly principal: string;
  readonly tenant: string;
  readonly roles: readonly Role[];
  readonly devices: readonly string[];
}

const name = (type: string, id: string): EntityName => ({ type: `Mediakeep::${type}`, id });

/** The name of an operation as an action. */
export const actionName = (operation: string): EntityName => name('Action', operation);

/** A member with every role that their roles include. Each attribute costs time in every decision, so devices come only where one is asked for. */
export const memberEntity = (
  { principal, tenant, roles, devices }: Subject,
  { device }: PolicyContext = {},
): PolicyEntity => ({
  uid: name('Member', principal),
  attrs: { id: principal, tenant, ...(device === undefined ? {} : { devices: [...devices] }) },
  parents: [...allRoles(roles)].map((role) => name('Role', role)),
});

/** The entity of a target. No policy names a single upload or asset, so one name serves them all. */
export const targetEntity = (target: Target): PolicyEntity => ({
  uid: name(target.type, target.type === 'Tenant' ? target.tenant : '*'),
  attrs: { tenant: target.tenant, ...(target.type === 'Tenant' ? {} : { uploader: target.uploader }) },
  parents: [],
});

/** The roles and those that they include. */
export const allRoles = (roles: readonly Role[]): ReadonlySet<Role> => {
  const all = new Set<Role>();
  for (const role of roles) {
    for (let next: Role | undefined = role; next !== undefined; next = roleIncludes[next]) all.add(next);
  }
  return all;
};
