import * as z from 'zod';
import type { PolicyStatement } from '../aws/caller.ts';
import { readProperties, resourceError } from '../aws/resource-properties.ts';
import type { CreatedResource, TemplateResource } from '../aws/service.ts';
import { type FunctionReference, parseFunctionReference } from './function-config.ts';
import type { Lambda } from './lambda.ts';

const provisioned = {
  ProvisionedConcurrencyConfig: 'containers start fast enough on one machine to keep none waiting',
};

/** The function that a property names, by name or ARN. */
export const referenceIn = (resource: TemplateResource, text: string): FunctionReference => {
  const reference = parseFunctionReference(text, resource);
  if (reference === undefined)
    throw resourceError(resource, `\`FunctionName\` ${text} is no function of ${resource.region}.`);
  return reference;
};

const versionProperties = {
  FunctionName: z.string(),
  Description: z.string().optional(),
};

/** Publishes a version; the resource's logical id changes with the code, so each resource is one version for ever. */
export const createVersion = ({ functions }: Lambda, resource: TemplateResource): CreatedResource => {
  const { FunctionName, Description } = readProperties(resource, versionProperties, {
    ...provisioned,
    CodeSha256: 'the code is the asset that the template names',
    RuntimePolicy: 'the runtime is the Node.js of the platform',
  });
  const { arn } = referenceIn(resource, FunctionName);
  const { version } = functions.publish(arn, resource.generatedName, Description ?? '');
  return { ref: `${arn}:${version}`, attributes: { Version: version, FunctionArn: `${arn}:${version}` } };
};

const aliasProperties = {
  FunctionName: z.string(),
  FunctionVersion: z.string(),
  Name: z.string().regex(/^(?!^\d+$)[A-Za-z0-9_-]{1,128}$/),
  Description: z.string().optional(),
};

/** Points a name at a version. */
export const createAlias = ({ functions }: Lambda, resource: TemplateResource): CreatedResource => {
  const { FunctionName, FunctionVersion, Name, Description } = readProperties(resource, aliasProperties, provisioned);
  const { arn } = referenceIn(resource, FunctionName);
  functions.putAlias(arn, { name: Name, version: FunctionVersion, description: Description ?? '' });
  return { ref: `${arn}:${Name}`, attributes: { AliasArn: `${arn}:${Name}` } };
};

const permissionProperties = {
  FunctionName: z.string(),
  Action: z.string(),
  Principal: z.string(),
  SourceArn: z.string().optional(),
  SourceAccount: z.string().optional(),
};

/** Adds a statement to the resource policy of a function, version or alias. */
export const createPermission = ({ functions }: Lambda, resource: TemplateResource): CreatedResource => {
  const properties = readProperties(resource, permissionProperties);
  const { arn, qualifier } = referenceIn(resource, properties.FunctionName);
  const { invokedArn } = functions.resolve({ arn, ...(qualifier !== undefined && { qualifier }) });
  functions.putPermission(invokedArn, { ...statementOf(properties), Sid: resource.logicalId, Resource: invokedArn });
  return { ref: resource.generatedName, attributes: { Id: resource.generatedName } };
};

const statementOf = (properties: {
  Action: string;
  Principal: string;
  SourceArn?: string | undefined;
  SourceAccount?: string | undefined;
}): PolicyStatement => {
  const { Action, Principal, SourceArn, SourceAccount } = properties;
  const condition = {
    ...(SourceArn !== undefined && { ArnLike: { 'aws:SourceArn': SourceArn } }),
    ...(SourceAccount !== undefined && { StringEquals: { 'aws:SourceAccount': SourceAccount } }),
  };
  return {
    Effect: 'Allow',
    Principal: principalOf(Principal),
    Action,
    ...(Object.keys(condition).length > 0 && { Condition: condition }),
  };
};

const principalOf = (principal: string): unknown => {
  if (principal === '*') return '*';
  if (/^\d{12}$/.test(principal)) return { AWS: `arn:aws:iam::${principal}:root` };
  return principal.startsWith('arn:') ? { AWS: principal } : { Service: principal };
};
