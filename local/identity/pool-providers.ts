import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { readProperties, resourceError, templateBoolean, templateNumber } from '../aws/resource-properties.ts';
import type { CreatedResource, ResourceProvider, TemplateResource } from '../aws/service.ts';
import { createClient } from './client-provider.ts';
import type { PoolKeys } from './pool-keys.ts';
import type { UserPools } from './pool-model.ts';
import { poolOf, shortId } from './pool-resource.ts';

export interface PoolProviderDeps {
  readonly db: DatabaseSync;
  readonly pools: UserPools;
  readonly keys: PoolKeys;
}

/** Creates the resource types of a Cognito user pool. */
export const poolProviders = (deps: PoolProviderDeps): ResourceProvider[] => [
  { type: 'AWS::Cognito::UserPool', create: (resource) => createPool(deps, resource) },
  { type: 'AWS::Cognito::UserPoolDomain', create: (resource) => createDomain(deps, resource) },
  { type: 'AWS::Cognito::UserPoolResourceServer', create: (resource) => createResourceServer(deps, resource) },
  { type: 'AWS::Cognito::UserPoolClient', create: (resource) => createClient(deps, resource) },
];

const shownOnly = 'it is shown to people only';
const noMail = 'the platform sends no messages';
const noSecondFactor = 'the local sign-in asks for no second factor';

const poolWithoutEffect = {
  AccountRecoverySetting: noMail,
  AdminCreateUserConfig: 'users are made by AdminCreateUser alone',
  AutoVerifiedAttributes: noMail,
  DeletionProtection: 'nothing deletes a local pool',
  DeviceConfiguration: 'devices are not remembered',
  EmailAuthenticationMessage: noMail,
  EmailAuthenticationSubject: noMail,
  EmailConfiguration: noMail,
  EmailVerificationMessage: noMail,
  EmailVerificationSubject: noMail,
  EnabledMfas: noSecondFactor,
  MfaConfiguration: noSecondFactor,
  Schema: 'attributes are kept as they are given',
  SmsAuthenticationMessage: noMail,
  SmsConfiguration: noMail,
  SmsVerificationMessage: noMail,
  UserAttributeUpdateSettings: noMail,
  UserPoolAddOns: 'there is no threat protection on one machine',
  UserPoolTags: 'nothing on one machine reads them',
  UserPoolTier: 'it decides the price',
  VerificationMessageTemplate: noMail,
  WebAuthnRelyingPartyID: 'the local sign-in knows no passkeys',
  WebAuthnUserVerification: 'the local sign-in knows no passkeys',
};

const PasswordPolicy = z.object({
  MinimumLength: templateNumber.default(8),
  RequireLowercase: templateBoolean.default(false),
  RequireUppercase: templateBoolean.default(false),
  RequireNumbers: templateBoolean.default(false),
  RequireSymbols: templateBoolean.default(false),
});

const createPool = async ({ pools, keys }: PoolProviderDeps, resource: TemplateResource): Promise<CreatedResource> => {
  const properties = readProperties(
    resource,
    {
      UserPoolName: z.string().optional(),
      UsernameAttributes: z.array(z.enum(['email', 'phone_number'])).default([]),
      AliasAttributes: z.array(z.string()).default([]),
      UsernameConfiguration: z.strictObject({ CaseSensitive: templateBoolean.default(false) }).optional(),
      Policies: z.object({ PasswordPolicy: PasswordPolicy.optional() }).optional(),
      LambdaConfig: z.strictObject({}).optional(),
    },
    poolWithoutEffect,
  );
  const { region, accountId } = resource;
  const id = `${region}_${shortId(resource.generatedName, 9)}`;
  const providerName = `cognito-idp.${region}.amazonaws.com/${id}`;
  const arn = `arn:aws:cognito-idp:${region}:${accountId}:userpool/${id}`;
  const policy = properties.Policies?.PasswordPolicy ?? PasswordPolicy.parse({});
  await keys.prepare(id);
  pools.put({
    id,
    name: properties.UserPoolName ?? resource.generatedName,
    region,
    arn,
    issuer: `https://${providerName}`,
    usernameIsEmail: [...properties.UsernameAttributes, ...properties.AliasAttributes].includes('email'),
    generatesUsernames: properties.UsernameAttributes.length > 0,
    usernameIsCaseSensitive: properties.UsernameConfiguration?.CaseSensitive ?? false,
    passwordPolicy: {
      minimumLength: policy.MinimumLength,
      requireLowercase: policy.RequireLowercase,
      requireUppercase: policy.RequireUppercase,
      requireNumbers: policy.RequireNumbers,
      requireSymbols: policy.RequireSymbols,
    },
    resourceServers: new Map(),
    clients: new Map(),
    domain: undefined,
  });
  return {
    ref: id,
    attributes: { Arn: arn, UserPoolId: id, ProviderName: providerName, ProviderURL: `https://${providerName}` },
  };
};

const createDomain = ({ pools }: PoolProviderDeps, resource: TemplateResource): CreatedResource => {
  const properties = readProperties(
    resource,
    { UserPoolId: z.string(), Domain: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/) },
    { ManagedLoginVersion: 'the local sign-in page has one look' },
  );
  const reserved = ['aws', 'amazon', 'cognito'].find((word) => properties.Domain.includes(word));
  if (reserved !== undefined) throw resourceError(resource, `\`Domain\` contains the reserved word ${reserved}.`);
  poolOf(pools, resource, properties.UserPoolId).domain = properties.Domain;
  return { ref: properties.Domain, attributes: {} };
};

const createResourceServer = ({ pools }: PoolProviderDeps, resource: TemplateResource): CreatedResource => {
  const properties = readProperties(
    resource,
    {
      UserPoolId: z.string(),
      Identifier: z.string().min(1),
      Scopes: z.array(z.strictObject({ ScopeName: z.string().min(1), ScopeDescription: z.string() })).default([]),
    },
    { Name: shownOnly },
  );
  const { Identifier, Scopes, UserPoolId } = properties;
  const scopes = Scopes.map(({ ScopeName }) => `${Identifier}/${ScopeName}`);
  poolOf(pools, resource, UserPoolId).resourceServers.set(Identifier, scopes);
  return { ref: Identifier, attributes: {} };
};
