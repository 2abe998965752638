import type { Clock } from '../../core/time.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { Authorize, Caller, PolicyDocument } from '../aws/caller.ts';
import { serviceCaller, serviceContext } from '../aws/caller-context.ts';
import { awsManagedPolicies } from './aws-managed-policies.ts';

/** A role as the template declares it. */
export interface Role {
  readonly arn: string;
  readonly name: string;
  readonly roleId: string;
  readonly trustPolicy: PolicyDocument;
  readonly inlinePolicies: ReadonlyMap<string, PolicyDocument>;
  readonly attachedPolicyArns: readonly string[];
  readonly permissionsBoundaryArn?: string;
  readonly maxSessionSeconds: number;
}

/**
 * Roles and managed policies. They live in memory only: every start creates them from the template again, so a role that the
 * template no longer has is gone, with all sessions of it.
 */
export interface RoleRegistry {
  find(roleArn: string): Role | undefined;
  findByName(name: string): Role | undefined;
  put(role: Role): void;
  putManagedPolicy(arn: string, policy: PolicyDocument): void;
  /** A policy of the template or of AWS; throws where there is none of that ARN. */
  managedPolicy(arn: string): PolicyDocument;
  /** The caller that a session of the role is. */
  sessionCaller(roleArn: string, sessionName: string, accessKeyId?: string): Caller;
  /** Throws unless the role's trust policy lets the service assume it, for a resource where one is named. */
  refuseUnlessAssumable(roleArn: string, service: string, forArn?: string): void;
}

export interface RoleRegistryDeps {
  readonly accountId: string;
  readonly authorize: Authorize;
  readonly clock: Clock;
}

interface Permissions {
  readonly identityPolicies: readonly PolicyDocument[];
  readonly permissionsBoundary?: PolicyDocument;
}

export const createRoleRegistry = ({ accountId, authorize, clock }: RoleRegistryDeps): RoleRegistry => {
  const roles = new Map<string, Role>();
  const managed = new Map(awsManagedPolicies);
  // The evaluator compiles each document once by its identity, so a role's permissions stay the same objects until it changes.
  const permissions = new Map<string, Permissions>();

  const managedPolicy = (arn: string): PolicyDocument => {
    const policy = managed.get(arn);
    if (policy === undefined) throw new Error(`The embedded platform does not know the managed policy ${arn}.`);
    return policy;
  };
  const permissionsOf = (role: Role): Permissions => {
    const known = permissions.get(role.arn);
    if (known !== undefined) return known;
    const identityPolicies = [...role.inlinePolicies.values(), ...role.attachedPolicyArns.map(managedPolicy)];
    const boundaryArn = role.permissionsBoundaryArn;
    const found = {
      identityPolicies,
      ...(boundaryArn !== undefined && { permissionsBoundary: managedPolicy(boundaryArn) }),
    };
    permissions.set(role.arn, found);
    return found;
  };
  const existing = (roleArn: string): Role => {
    const role = roles.get(roleArn);
    if (role === undefined) throw new AwsError('NoSuchEntity', 404, `The role ${roleArn} cannot be found.`);
    return role;
  };

  return {
    find: (roleArn) => roles.get(roleArn),
    findByName: (name) => [...roles.values()].find((role) => role.name === name),
    put(role) {
      roles.set(role.arn, role);
      permissions.delete(role.arn);
    },
    putManagedPolicy(arn, policy) {
      managed.set(arn, policy);
      permissions.clear();
    },
    managedPolicy,
    sessionCaller(roleArn, sessionName, accessKeyId) {
      const role = existing(roleArn);
      const arn = `arn:aws:sts::${accountId}:assumed-role/${role.name}/${sessionName}`;
      return {
        kind: 'role',
        arn,
        roleArn,
        accountId,
        ...(accessKeyId !== undefined && { accessKeyId }),
        ...permissionsOf(role),
      };
    },
    refuseUnlessAssumable(roleArn, service, forArn) {
      const source = { service, arn: forArn ?? roleArn, accountId };
      authorize({
        caller: serviceCaller(source),
        action: 'sts:AssumeRole',
        resource: roleArn,
        resourceAccountId: accountId,
        resourcePolicy: existing(roleArn).trustPolicy,
        context: { ...serviceContext(source, clock.now()), 'aws:SourceArn': forArn },
        region: 'us-east-1',
      });
    },
  };
};
