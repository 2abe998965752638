import * as z from 'zod';
import {
  policyDocument,
  readProperties,
  resourceError,
  templateBoolean,
  templateTags,
} from '../aws/resource-properties.ts';
import type { ResourceProvider, TemplateResource } from '../aws/service.ts';
import { usageOfSpec } from './key-material.ts';
import type { Kms } from './kms.ts';

const keyProperties = {
  Description: z.string().optional(),
  Enabled: templateBoolean.optional(),
  EnableKeyRotation: templateBoolean.optional(),
  KeyPolicy: policyDocument,
  KeySpec: z.string().optional(),
  KeyUsage: z.string().optional(),
  MultiRegion: templateBoolean.optional(),
  Tags: templateTags.optional(),
};

const withoutLocalEffect = {
  PendingWindowInDays: 'it counts when the stack is deleted; the platform keeps keys until its data is reset',
  RotationPeriodInDays: 'a rotation changes no ciphertext that exists and nothing that a caller sees',
  BypassPolicyLockoutSafetyCheck: 'there is no lockout: the administrator can always reset the platform',
};

/** Creates keys and aliases; a key that is there already keeps its id and its material. */
export const resourceProviders = (kms: Kms): ResourceProvider[] => [
  { type: 'AWS::KMS::Key', create: (resource) => createKey(kms, resource) },
  { type: 'AWS::KMS::Alias', create: (resource) => createAlias(kms, resource) },
];

const createKey = ({ store }: Kms, resource: TemplateResource) => {
  const properties = readProperties(resource, keyProperties, withoutLocalEffect);
  const spec = properties.KeySpec ?? 'SYMMETRIC_DEFAULT';
  const usage = usageOfSpec(spec);
  if (usage === undefined)
    throw resourceError(resource, `\`KeySpec\` ${spec} is not one that the embedded platform has.`);
  if ((properties.KeyUsage ?? 'ENCRYPT_DECRYPT') !== usage) {
    throw resourceError(resource, `\`KeyUsage\` of a key with spec ${spec} must be ${usage}.`);
  }
  const changeable = {
    policy: properties.KeyPolicy,
    description: properties.Description ?? '',
    rotation: properties.EnableKeyRotation ?? false,
    tags: properties.Tags ?? {},
  };
  const fixed = {
    region: resource.region,
    spec,
    usage,
    manager: 'CUSTOMER',
    multiRegion: properties.MultiRegion ?? false,
  } as const;
  const existing = store.findByOrigin(resource.region, resource.generatedName);
  if (existing !== undefined && (existing.spec !== spec || existing.multiRegion !== fixed.multiRegion)) {
    throw resourceError(
      resource,
      'a key cannot change its spec or become multi-Region; give the resource another logical id.',
    );
  }
  const key = existing
    ? store.update(existing, changeable)
    : store.create({ ...fixed, ...changeable }, resource.generatedName);
  if (existing === undefined && properties.Enabled === false) store.update(key, { state: 'Disabled' });
  return { ref: key.keyId, attributes: { Arn: key.arn, KeyId: key.keyId } };
};

const aliasProperties = {
  AliasName: z.string().regex(/^alias\/(?!aws\/)[A-Za-z0-9/_-]{1,250}$/),
  TargetKeyId: z.string(),
};

const createAlias = ({ store, access }: Kms, resource: TemplateResource) => {
  const { AliasName, TargetKeyId } = readProperties(resource, aliasProperties);
  const { key } = access.resolve(TargetKeyId, resource.region);
  store.setAlias({ name: AliasName, region: resource.region, keyId: key.keyId });
  return { ref: AliasName, attributes: { AliasArn: `arn:aws:kms:${resource.region}:${key.accountId}:${AliasName}` } };
};
