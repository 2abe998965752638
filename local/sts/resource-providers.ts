import * as z from 'zod';
import type { PolicyDocument } from '../aws/caller.ts';
import { policyDocument, readProperties, resourceError, templateNumber } from '../aws/resource-properties.ts';
import type { ResourceProvider, TemplateResource } from '../aws/service.ts';
import { type Credentials, roleIdOf } from './credentials.ts';
import type { Role } from './role-registry.ts';

const namedPolicy = z.strictObject({ PolicyName: z.string(), PolicyDocument: policyDocument });

const roleProperties = {
  RoleName: z.string().optional(),
  Path: z.string().optional(),
  AssumeRolePolicyDocument: policyDocument,
  Policies: z.array(namedPolicy).optional(),
  ManagedPolicyArns: z.array(z.string()).optional(),
  PermissionsBoundary: z.string().optional(),
  MaxSessionDuration: templateNumber.optional(),
};
const withoutLocalEffect = {
  Description: 'a text for people',
  Tags: 'no policy of the platform asks for the tags of a role',
};

/** Creates roles and policies; policies of roles that are attached from outside come in when their own resource is created. */
export const resourceProviders = (credentials: Credentials): ResourceProvider[] => [
  { type: 'AWS::IAM::Role', create: (resource) => createRole(credentials, resource) },
  { type: 'AWS::IAM::Policy', create: (resource) => createPolicy(credentials, resource) },
  { type: 'AWS::IAM::ManagedPolicy', create: (resource) => createManagedPolicy(credentials, resource) },
];

const createRole = ({ roles }: Credentials, resource: TemplateResource) => {
  const properties = readProperties(resource, roleProperties, withoutLocalEffect);
  const name = properties.RoleName ?? resource.generatedName.slice(-64);
  const arn = `arn:aws:iam::${resource.accountId}:role${properties.Path ?? '/'}${name}`;
  const attached = properties.ManagedPolicyArns ?? [];
  const boundary = properties.PermissionsBoundary;
  for (const policyArn of boundary === undefined ? attached : [...attached, boundary]) {
    knownPolicy({ roles }, resource, policyArn);
  }
  roles.put({
    arn,
    name,
    roleId: roleIdOf(arn),
    trustPolicy: properties.AssumeRolePolicyDocument,
    inlinePolicies: new Map((properties.Policies ?? []).map((policy) => [policy.PolicyName, policy.PolicyDocument])),
    attachedPolicyArns: attached,
    ...(boundary !== undefined && { permissionsBoundaryArn: boundary }),
    maxSessionSeconds: properties.MaxSessionDuration ?? 3600,
  });
  return { ref: name, attributes: { Arn: arn, RoleId: roleIdOf(arn) } };
};

const knownPolicy = (
  { roles }: Pick<Credentials, 'roles'>,
  resource: TemplateResource,
  arn: string,
): PolicyDocument => {
  try {
    return roles.managedPolicy(arn);
  } catch (error) {
    throw resourceError(resource, error instanceof Error ? error.message : String(error));
  }
};

const nobody = z.array(z.string()).max(0, 'users and groups do not exist on the embedded platform').optional();

const policyProperties = {
  PolicyName: z.string(),
  PolicyDocument: policyDocument,
  Roles: z.array(z.string()).min(1),
  Users: nobody,
  Groups: nobody,
};

const createPolicy = ({ roles }: Credentials, resource: TemplateResource) => {
  const properties = readProperties(resource, policyProperties);
  for (const role of properties.Roles.map((name) => namedRole({ roles }, resource, name))) {
    const inlinePolicies = new Map([...role.inlinePolicies, [properties.PolicyName, properties.PolicyDocument]]);
    roles.put({ ...role, inlinePolicies });
  }
  return { ref: properties.PolicyName, attributes: { Id: properties.PolicyName } };
};

const managedPolicyProperties = {
  ManagedPolicyName: z.string().optional(),
  Path: z.string().optional(),
  PolicyDocument: policyDocument,
  Roles: z.array(z.string()).optional(),
  Users: nobody,
  Groups: nobody,
};

const createManagedPolicy = ({ roles }: Credentials, resource: TemplateResource) => {
  const properties = readProperties(resource, managedPolicyProperties, withoutLocalEffect);
  const name = properties.ManagedPolicyName ?? resource.generatedName.slice(-128);
  const arn = `arn:aws:iam::${resource.accountId}:policy${properties.Path ?? '/'}${name}`;
  roles.putManagedPolicy(arn, properties.PolicyDocument);
  for (const role of (properties.Roles ?? []).map((roleName) => namedRole({ roles }, resource, roleName))) {
    roles.put({ ...role, attachedPolicyArns: [...new Set([...role.attachedPolicyArns, arn])] });
  }
  return { ref: arn, attributes: { PolicyArn: arn } };
};

const namedRole = ({ roles }: Pick<Credentials, 'roles'>, resource: TemplateResource, name: string): Role => {
  const role = roles.findByName(name);
  if (role === undefined) throw resourceError(resource, `the role ${name} does not exist.`);
  return role;
};
