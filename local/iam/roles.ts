import { createHash } from 'node:crypto';
import type { Authorize, Caller, PolicyDocument, RequestContext } from '../aws/caller.ts';
import { awsManagedPolicies } from './aws-managed-policies.ts';

/** What a role is made of. */
export interface RoleProperties {
  readonly name: string;
  /** `/` or `/service-role/`. */
  readonly path: string;
  readonly trustPolicy: PolicyDocument;
  readonly managedPolicyArns: readonly string[];
  readonly permissionsBoundaryArn: string | undefined;
}

/** A role of the platform. */
export interface Role extends RoleProperties {
  readonly arn: string;
  /** `AROA…`, which begins the user id of its sessions. */
  readonly roleId: string;
}

/** Who wants to assume a role, and from where. */
export interface TrustRequest {
  readonly caller: Caller;
  readonly context: RequestContext;
  readonly region: string;
}

interface StoredRole {
  readonly role: Role;
  readonly inline: Map<string, PolicyDocument>;
  readonly managedArns: Set<string>;
}

/** The roles and policies of one account, in memory: every start makes them again from the template. */
export class Roles {
  readonly #accountId: string;
  readonly #authorize: Authorize;
  readonly #byName = new Map<string, StoredRole>();
  readonly #managedPolicies = new Map<string, PolicyDocument>();

  constructor({ accountId, authorize }: { accountId: string; authorize: Authorize }) {
    this.#accountId = accountId;
    this.#authorize = authorize;
  }

  /** Makes a role, or changes the one of the same name; its inline policies stay. */
  put(properties: RoleProperties): Role {
    for (const arn of properties.managedPolicyArns) this.#managedPolicy(arn);
    if (properties.permissionsBoundaryArn !== undefined) this.#managedPolicy(properties.permissionsBoundaryArn);
    const arn = `arn:aws:iam::${this.#accountId}:role${properties.path}${properties.name}`;
    const role = { ...properties, arn, roleId: roleIdOf(arn) };
    const inline = this.#byName.get(properties.name)?.inline ?? new Map();
    this.#byName.set(properties.name, { role, inline, managedArns: new Set(properties.managedPolicyArns) });
    return role;
  }

  find(roleArn: string): Role | undefined {
    const role = this.#byName.get(roleArn.slice(roleArn.lastIndexOf('/') + 1))?.role;
    return role?.arn === roleArn ? role : undefined;
  }

  list(): readonly Role[] {
    return [...this.#byName.values()].map(({ role }) => role);
  }

  /** Attaches an inline policy; one of the same id is replaced. */
  attach(roleName: string, policyId: string, document: PolicyDocument): void {
    this.#stored(roleName).inline.set(policyId, document);
  }

  putManagedPolicy(arn: string, document: PolicyDocument): void {
    this.#managedPolicies.set(arn, document);
  }

  attachManaged(roleName: string, policyArn: string): void {
    this.#managedPolicy(policyArn);
    this.#stored(roleName).managedArns.add(policyArn);
  }

  /** The caller that a session of the role is, with the policies that the role has now; throws for an unknown role. */
  session(roleArn: string, sessionName: string): Caller {
    const { name, permissionsBoundaryArn } = this.#existing(roleArn);
    const { inline, managedArns } = this.#stored(name);
    return {
      kind: 'role',
      arn: `arn:aws:sts::${this.#accountId}:assumed-role/${name}/${sessionName}`,
      roleArn,
      accountId: this.#accountId,
      identityPolicies: [...inline.values(), ...[...managedArns].map((arn) => this.#managedPolicy(arn))],
      ...(permissionsBoundaryArn !== undefined && { permissionsBoundary: this.#managedPolicy(permissionsBoundaryArn) }),
    };
  }

  /** Throws AccessDenied unless the role's trust policy lets the caller assume it. */
  requireTrust(roleArn: string, request: TrustRequest): void {
    this.#authorize({
      ...request,
      action: 'sts:AssumeRole',
      resource: roleArn,
      resourceAccountId: this.#accountId,
      resourcePolicy: this.#existing(roleArn).trustPolicy,
      resourcePolicyMustDelegate: true,
    });
  }

  #existing(roleArn: string): Role {
    const role = this.find(roleArn);
    if (role === undefined) throw new Error(`There is no role ${roleArn}.`);
    return role;
  }

  #stored(roleName: string): StoredRole {
    const stored = this.#byName.get(roleName);
    if (stored === undefined) throw new Error(`There is no role ${roleName}.`);
    return stored;
  }

  #managedPolicy(arn: string): PolicyDocument {
    const document = this.#managedPolicies.get(arn) ?? awsManagedPolicy(arn);
    if (document === undefined) throw new Error(`The embedded IAM does not know the managed policy ${arn}.`);
    return document;
  }
}

const roleIdOf = (arn: string): string =>
  `AROA${createHash('sha256').update(arn).digest('hex').slice(0, 17).toUpperCase()}`;

const awsManagedPolicy = (arn: string): PolicyDocument | undefined => {
  const prefix = 'arn:aws:iam::aws:policy/';
  const name = arn.slice(prefix.length);
  return arn.startsWith(prefix) && Object.hasOwn(awsManagedPolicies, name) ? awsManagedPolicies[name] : undefined;
};
