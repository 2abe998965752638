import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import type { Caller, PolicyDocument } from '../../local/aws/caller.ts';
import { policyDocument } from '../../local/aws/resource-properties.ts';
import type { ResourceProvider, TemplateResource } from '../../local/aws/service.ts';
import { readCloudAssembly } from '../../local/template/cloud-assembly.ts';
import { deployApp } from '../../local/template/deploy.ts';
import { noLocalEffect } from '../../local/template/no-local-effect.ts';
import { createSsmParameters } from '../../local/template/ssm-parameters.ts';

const accountId = '000000000000';

/** A resource of the template with the policy that its template gives it. */
export interface ProtectedResource {
  readonly type: string;
  readonly arn: string;
  readonly policy: PolicyDocument | undefined;
}

export interface TemplatePolicies {
  readonly roles: readonly Caller[];
  readonly resources: readonly ProtectedResource[];
}

const services: Readonly<Record<string, string>> = {
  'AWS::S3::Bucket': 's3',
  'AWS::SQS::Queue': 'sqs',
  'AWS::KMS::Key': 'kms',
  'AWS::DynamoDB::Table': 'dynamodb',
  'AWS::DynamoDB::GlobalTable': 'dynamodb',
  'AWS::Lambda::Function': 'lambda',
  'AWS::SNS::Topic': 'sns',
};
const kinds: Readonly<Record<string, string>> = { kms: 'key/', dynamodb: 'table/', lambda: 'function:' };

/** Interprets a synthesized app just far enough to have its policies with every intrinsic resolved. */
export const readTemplatePolicies = async (assemblyDir: string): Promise<TemplatePolicies> => {
  const created: TemplateResource[] = [];
  const ssm = createSsmParameters();
  await deployApp({
    assemblyDir,
    providers: typesOf(assemblyDir).map((type) => recordingProvider(type, created)),
    accountId,
    defaultRegion: 'ap-south-1',
    findSsmParameter: ssm.find,
    db: new DatabaseSync(':memory:'),
  });
  return { roles: rolesOf(created), resources: resourcesOf(created) };
};

const typesOf = (assemblyDir: string): string[] => {
  const resources = readCloudAssembly(assemblyDir).flatMap(({ template }) =>
    Object.values(z.record(z.string(), z.object({ Type: z.string() })).parse(template['Resources'])),
  );
  return [...new Set(resources.map(({ Type }) => Type))].filter((type) => !Object.hasOwn(noLocalEffect, type));
};

const nameOf = ({ properties, generatedName }: TemplateResource): string =>
  String(properties['BucketName'] ?? properties['RoleName'] ?? generatedName);

const arnOf = (resource: TemplateResource): string => {
  const service = services[resource.type] ?? 'other';
  const place = service === 's3' ? ':' : `${resource.region}:${accountId}`;
  if (resource.type === 'AWS::IAM::Role') return `arn:aws:iam::${accountId}:role/${nameOf(resource)}`;
  return `arn:aws:${service}:${place}:${kinds[service] ?? ''}${nameOf(resource)}`;
};

/** The types whose reference is their ARN. */
const refersByArn: readonly string[] = [
  'AWS::IAM::ManagedPolicy',
  'AWS::Lambda::Alias',
  'AWS::Lambda::Version',
  'AWS::SNS::Topic',
];

/** Answers every attribute: an ARN where its name says so, the name otherwise. */
const recordingProvider = (type: string, created: TemplateResource[]): ResourceProvider => ({
  type,
  create(resource) {
    created.push(resource);
    const answer = (name: string) => (name.endsWith('Arn') ? arnOf(resource) : nameOf(resource));
    const attributes = new Proxy<Record<string, string>>(
      {},
      {
        get: (_, name) => answer(String(name)),
        getOwnPropertyDescriptor: (_, name) => ({ configurable: true, enumerable: true, value: answer(String(name)) }),
      },
    );
    return { ref: refersByArn.includes(type) ? arnOf(resource) : nameOf(resource), attributes };
  },
});

const document = z.object({ PolicyDocument: policyDocument });

const rolesOf = (created: readonly TemplateResource[]): Caller[] => {
  const managed = new Map(
    created
      .filter(({ type }) => type === 'AWS::IAM::ManagedPolicy')
      .map((resource) => [arnOf(resource), document.parse(resource.properties).PolicyDocument]),
  );
  const attached = created.filter(({ type }) => type === 'AWS::IAM::Policy');
  return created
    .filter(({ type }) => type === 'AWS::IAM::Role')
    .map((role) => {
      const inline = z.array(document).parse(role.properties['Policies'] ?? []);
      const own = attached.filter(({ properties }) =>
        z.array(z.string()).parse(properties['Roles']).includes(nameOf(role)),
      );
      const permissionsBoundary = managed.get(String(role.properties['PermissionsBoundary']));
      return {
        kind: 'role',
        arn: `arn:aws:sts::${accountId}:assumed-role/${nameOf(role)}/s1`,
        roleArn: arnOf(role),
        accountId,
        identityPolicies: [...inline, ...own.map(({ properties }) => document.parse(properties))].map(
          ({ PolicyDocument }) => PolicyDocument,
        ),
        ...(permissionsBoundary && { permissionsBoundary }),
      };
    });
};

/** The property by which a policy resource names what it protects. */
const protects: Readonly<Record<string, string>> = {
  'AWS::S3::BucketPolicy': 'Bucket',
  'AWS::SQS::QueuePolicy': 'Queues',
  'AWS::SNS::TopicPolicy': 'Topics',
};

const resourcesOf = (created: readonly TemplateResource[]): ProtectedResource[] => {
  const policyOf = (resource: TemplateResource): PolicyDocument | undefined => {
    if (resource.type === 'AWS::KMS::Key') return policyDocument.parse(resource.properties['KeyPolicy']);
    const found = created.find(({ type, properties }) => {
      const names: unknown[] = [properties[protects[type] ?? '']].flat();
      return protects[type] !== undefined && (names.includes(nameOf(resource)) || names.includes(arnOf(resource)));
    });
    return found && document.parse(found.properties).PolicyDocument;
  };
  return created
    .filter(({ type }) => services[type] !== undefined)
    .map((resource) => ({ type: resource.type, arn: arnOf(resource), policy: policyOf(resource) }));
};
