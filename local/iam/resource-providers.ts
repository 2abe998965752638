import * as z from 'zod';
import { policyDocument, readProperties, resourceError } from '../aws/resource-properties.ts';
import type { ResourceProvider, TemplateResource } from '../aws/service.ts';
import type { Roles } from './roles.ts';

/** Creates roles and their policies. */
export const resourceProviders = (roles: Roles): ResourceProvider[] => [
  { type: 'AWS::IAM::Role', create: (resource) => createRole(roles, resource) },
  { type: 'AWS::IAM::Policy', create: (resource) => createPolicy(roles, resource) },
  { type: 'AWS::IAM::RolePolicy', create: (resource) => createRolePolicy(roles, resource) },
  { type: 'AWS::IAM::ManagedPolicy', create: (resource) => createManagedPolicy(roles, resource) },
];

const path = z.string().regex(/^\/([\w+=,.@-]+\/)*$/);
const roleName = z.string().regex(/^[\w+=,.@-]{1,64}$/);

const roleProperties = {
  RoleName: roleName.optional(),
  Path: path.optional(),
  AssumeRolePolicyDocument: policyDocument,
  ManagedPolicyArns: z.array(z.string()).optional(),
  Policies: z.array(z.strictObject({ PolicyName: z.string(), PolicyDocument: policyDocument })).optional(),
  PermissionsBoundary: z.string().optional(),
};

const roleWithoutEffect = {
  Description: 'is for people',
  MaxSessionDuration: 'sessions of the platform last until it stops',
  Tags: 'no policy here asks for a role’s tags',
};

const createRole = (roles: Roles, resource: TemplateResource) => {
  const properties = readProperties(resource, roleProperties, roleWithoutEffect);
  const role = roles.put({
    name: properties.RoleName ?? resource.generatedName,
    path: properties.Path ?? '/',
    trustPolicy: properties.AssumeRolePolicyDocument,
    managedPolicyArns: properties.ManagedPolicyArns ?? [],
    permissionsBoundaryArn: properties.PermissionsBoundary,
  });
  for (const { PolicyName, PolicyDocument } of properties.Policies ?? []) {
    roles.attach(role.name, `inline ${PolicyName}`, PolicyDocument);
  }
  return { ref: role.name, attributes: { Arn: role.arn, RoleId: role.roleId } };
};

const createPolicy = (roles: Roles, resource: TemplateResource) => {
  const { Roles: names, PolicyDocument } = readProperties(resource, {
    PolicyName: z.string(),
    PolicyDocument: policyDocument,
    Roles: z.array(z.string()).min(1),
  });
  for (const name of names) roles.attach(name, resource.generatedName, PolicyDocument);
  return { ref: resource.generatedName, attributes: { Id: resource.generatedName } };
};

const createRolePolicy = (roles: Roles, resource: TemplateResource) => {
  const properties = readProperties(resource, {
    PolicyName: z.string(),
    PolicyDocument: policyDocument,
    RoleName: roleName,
  });
  roles.attach(properties.RoleName, `inline ${properties.PolicyName}`, properties.PolicyDocument);
  return { ref: properties.PolicyName, attributes: {} };
};

const createManagedPolicy = (roles: Roles, resource: TemplateResource) => {
  const properties = readProperties(
    resource,
    {
      ManagedPolicyName: z.string().optional(),
      Path: path.optional(),
      PolicyDocument: policyDocument,
      Roles: z.array(z.string()).optional(),
    },
    { Description: 'is for people' },
  );
  const name = properties.ManagedPolicyName ?? resource.generatedName;
  if (!/^[\w+=,.@-]{1,128}$/.test(name)) throw resourceError(resource, `\`${name}\` is not the name of a policy.`);
  const arn = `arn:aws:iam::${resource.accountId}:policy${properties.Path ?? '/'}${name}`;
  roles.putManagedPolicy(arn, properties.PolicyDocument);
  for (const role of properties.Roles ?? []) roles.attachManaged(role, arn);
  return { ref: arn, attributes: { PolicyArn: arn } };
};
