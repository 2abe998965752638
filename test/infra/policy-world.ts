import { anonymousPrincipal, runSimulation } from '@cloud-copilot/iam-simulate';
import { at, type Json, list, readTemplates, type TemplateResource } from '../../lib/rules/templates.ts';
import { failoverApp } from './synthesized.ts';

export const accountId = '111122223333';
export const region = 'ap-south-1';
export const secondRegion = 'ap-south-2';

/** What Ref and GetAtt would answer, by type; the logical id serves as the name. */
const names: Readonly<Record<string, (id: string, where: string) => { readonly ref: string; readonly arn: string }>> = {
  'AWS::KMS::Key': (id, where) => ({ ref: id, arn: `arn:aws:kms:${where}:${accountId}:key/${id}` }),
  'AWS::SQS::Queue': (id, where) => ({ ref: id, arn: `arn:aws:sqs:${where}:${accountId}:${id}` }),
  'AWS::DynamoDB::GlobalTable': (id, where) => ({ ref: id, arn: `arn:aws:dynamodb:${where}:${accountId}:table/${id}` }),
  'AWS::DynamoDB::Table': (id, where) => ({ ref: id, arn: `arn:aws:dynamodb:${where}:${accountId}:table/${id}` }),
  'AWS::IAM::Role': (id) => ({ ref: id, arn: `arn:aws:iam::${accountId}:role/${id}` }),
  'AWS::IAM::ManagedPolicy': (id) => ({ ref: `arn:aws:iam::${accountId}:policy/${id}`, arn: '' }),
  'AWS::Lambda::Function': (id, where) => ({ ref: id, arn: `arn:aws:lambda:${where}:${accountId}:function:${id}` }),
  // Its logical id is that of its function, with `Live` in it.
  'AWS::Lambda::Alias': (id, where) => ({
    ref: `arn:aws:lambda:${where}:${accountId}:function:${id.replace(/Live[0-9A-F]{8}$/, '')}:live`,
    arn: '',
  }),
  'AWS::Logs::LogGroup': (id, where) => ({ ref: id, arn: `arn:aws:logs:${where}:${accountId}:log-group:${id}:*` }),
  'AWS::SNS::Topic': (id, where) => ({ ref: `arn:aws:sns:${where}:${accountId}:${id}`, arn: '' }),
  'AWS::ApiGatewayV2::Api': (id) => ({ ref: id, arn: '' }),
  'AWS::Cognito::UserPool': (id, where) => ({
    ref: id,
    arn: `arn:aws:cognito-idp:${where}:${accountId}:userpool/${id}`,
  }),
};

const { replica, data, service, standby } = failoverApp();

/** What the templates of all four stacks hold. */
export const resources: readonly TemplateResource[] = readTemplates({
  'mediakeep-data': data,
  'mediakeep-service': service,
  'mediakeep-replica': replica,
  'mediakeep-standby': standby,
});
const byId = new Map(resources.map((resource) => [resource.id, resource]));

const home = ['mediakeep-data', 'mediakeep-service'];
const abroad = ['mediakeep-replica', 'mediakeep-standby'];
const regionOf = (stack: string): string => (abroad.includes(stack) ? secondRegion : region);

const concreteText = (text: string, where: string): string =>
  text
    .replaceAll(`\${${'AWS::AccountId'}}`, accountId)
    .replaceAll(`\${${'AWS::Region'}}`, where)
    .replace(/\$\{(mediakeep-[a-z]+\/\w+)(\.\w+)?\}/g, (whole, id: string, attribute: string | undefined) => {
      const resource = byId.get(id);
      if (resource === undefined) return whole;
      if (resource.type === 'AWS::S3::Bucket') return bucketText(resource, attribute);
      if (resource.properties['RoleName'] !== undefined && attribute === '.Arn') return roleArn(resource);
      if (attribute === '.StreamArn') return `${arnOf(resource)}/stream/x`;
      const named = names[resource.type]?.(resource.logicalId, regionOf(resource.stack));
      return (attribute === undefined ? named?.ref : named?.arn) ?? whole;
    });

const bucketText = (bucket: TemplateResource, attribute: string | undefined): string => {
  const name = concreteText(String(bucket.properties['BucketName']), regionOf(bucket.stack));
  return attribute === undefined ? name : `arn:aws:s3:::${name}`;
};

/** Others name a role with a name of its own by it. */
const roleArn = ({ properties, stack }: TemplateResource): string =>
  `arn:aws:iam::${accountId}:role/${concreteText(String(properties['RoleName']), regionOf(stack))}`;

const concrete = (value: Json | undefined, where: string): Json => {
  if (typeof value === 'string') return concreteText(value, where);
  if (Array.isArray(value)) return value.map((item) => concrete(item, where));
  if (value === null || typeof value !== 'object') return value ?? null;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, concrete(item as Json, where)]));
};

/** A property of a resource as it is once its stack stands. */
export const concreteOf = (resource: TemplateResource, ...path: readonly string[]): Json =>
  concrete(at(resource.properties, ...path), regionOf(resource.stack));

const find = (type: string, id: string, stacks: readonly string[]): TemplateResource => {
  const found = resources.find(
    (resource) => resource.type === type && stacks.includes(resource.stack) && resource.logicalId.startsWith(id),
  );
  if (found === undefined) throw new Error(`no ${type} ${id} in ${stacks.join(', ')}`);
  return found;
};

/** The ARN of a resource, whose stack says in which region it is. */
export const arnOf = ({ id, stack }: TemplateResource): string => concreteText(`\${${id}.Arn}`, regionOf(stack));

const arnsIn = (stacks: readonly string[]) => {
  const arn = (type: string, id: string) => arnOf(find(type, id, stacks));
  const inBucket = (id: string) => (key: string) => `${arn('AWS::S3::Bucket', id)}/${key}`;
  return {
    landing: inBucket('Landing'),
    vault: inBucket('Vault'),
    audit: inBucket('Audit'),
    scratch: inBucket('Scratch'),
    logs: inBucket('Logs'),
    bucket: (id: string) => arn('AWS::S3::Bucket', id),
    queue: (id: string) => arn('AWS::SQS::Queue', id),
    key: (id: string) => arn('AWS::KMS::Key', `Keys${id}`),
    function: (id: string) => arn('AWS::Lambda::Function', id),
    /** Through which jobs are started. */
    live: (id: string) => `${arn('AWS::Lambda::Function', id).replace(/[0-9A-F]{8}$/, '')}:live`,
    /** An execution of a durable function. */
    execution: (id: string) => `${arn('AWS::Lambda::Function', id)}:7/durable-execution/x/y`,
    logGroup: (id: string) => arn('AWS::Logs::LogGroup', `${id}Logs`).replace(/:\*$/, ':log-stream:x'),
    catalog: () => arn('AWS::DynamoDB::GlobalTable', 'Catalog'),
    index: (name: string) => `${arn('AWS::DynamoDB::GlobalTable', 'Catalog')}/index/${name}`,
    /** Another table, by its name. */
    table: (name: string) => arn('AWS::DynamoDB::GlobalTable', 'Catalog').replace(/[^/]+$/, name),
    subjectKeys: () => arn('AWS::DynamoDB::Table', 'SubjectKeys'),
    /** What `Ref` of the HTTP API answers is its id. */
    api: () => {
      const { logicalId, stack } = find('AWS::ApiGatewayV2::Api', 'HttpApi', stacks);
      return `arn:aws:execute-api:${regionOf(stack)}:${accountId}:${logicalId}`;
    },
    userPool: () => arn('AWS::Cognito::UserPool', 'Identity'),
    topic: (id = 'AlarmTopic') => String(list(concreteOf(find('AWS::SNS::TopicPolicy', id, stacks), 'Topics'))[0]),
    role: (id: string) => arn('AWS::IAM::Role', id),
  };
};

/** ARNs of what stands in the home region. */
export const arns = arnsIn(home);
/** ARNs of what stands in the second region, a failover's own included. */
export const arnsAbroad = arnsIn(abroad);

/** The vault of recovery points. */
export const backupVault = `arn:aws:backup:${region}:${accountId}:backup-vault:mediakeep-backup`;

/**
 * The simulator drops condition keys of an encryption context, whatever their name. A tag of the caller by the same name takes
 * their place, in question and policies alike: it is text as well, and absent where nobody gives it.
 */
const withContextAsTags = <Shape>(shape: Shape): Shape =>
  JSON.parse(
    JSON.stringify(shape).replace(
      /kms:EncryptionContext:([\w:]+)/g,
      (_, name: string) => `aws:PrincipalTag/context-${name.replaceAll(':', '-')}`,
    ),
  );

/** The policies that hang on resources, each told what it hangs on. */
const resourcePolicies = resources.flatMap((resource): { of: (arn: string) => boolean; policy: Json }[] => {
  const policyIn = (...path: string[]): Json => withContextAsTags(concreteOf(resource, ...path));
  if (resource.type === 'AWS::KMS::Key') {
    const key = arnOf(resource);
    return [{ of: (arn) => arn === key, policy: policyIn('KeyPolicy') }];
  }
  if (resource.type === 'AWS::S3::BucketPolicy') {
    const bucket = `arn:aws:s3:::${String(concreteOf(resource, 'Bucket'))}`;
    return [{ of: (arn) => arn.split('/')[0] === bucket, policy: policyIn('PolicyDocument') }];
  }
  if (resource.type === 'AWS::Backup::BackupVault') {
    const where = `arn:aws:backup:${regionOf(resource.stack)}:`;
    return [{ of: (arn) => arn.startsWith(where), policy: policyIn('AccessPolicy') }];
  }
  if (resource.type === 'AWS::SQS::QueuePolicy' || resource.type === 'AWS::SNS::TopicPolicy') {
    const policy = policyIn('PolicyDocument');
    const text = JSON.stringify(policy);
    return [{ of: (arn) => text.includes(`"${arn}"`), policy }];
  }
  return [];
});

/** The policy that hangs on what has this ARN. */
export const resourcePolicyOf = (resource: string): Json | undefined =>
  resourcePolicies.find(({ of }) => of(resource))?.policy;

/** Who asks, with the policies that it brings. */
export interface Identity {
  readonly principal: string;
  readonly policies: readonly { readonly name: string; readonly policy: Json }[];
  readonly boundary: { readonly name: string; readonly policy: Json };
}

/** The policies of an identity, ready to be asked. */
export const prepared = (identity: Identity): Identity => withContextAsTags(identity);

/** One question to the policies. */
export interface Asked {
  /** A role of ours, a service (`s3.amazonaws.com`), an ARN, or nobody in particular. */
  readonly who: Identity | `${string}.amazonaws.com` | `arn:${string}` | 'anonymous';
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string | string[]>> | undefined;
}

/** What a request over TLS 1.3 with a fresh signature looks like. */
const usual = {
  'aws:SecureTransport': 'true',
  's3:TlsVersion': '1.3',
  's3:signatureversion': 'AWS4-HMAC-SHA256',
  's3:signatureAge': '1000',
};

/** Such a request comes from S3 itself, over no connection. */
const connected = (action: string): boolean => action.startsWith('s3:') && action !== 's3:InitiateReplication';

/** What the policies answer; `ignored` are condition keys that the simulator does not know for the action. */
export interface Decision {
  readonly allowed: boolean;
  readonly explicit: boolean;
  readonly ignored: readonly string[];
}

/** How the synthesized policies decide. */
export const simulate = async ({ who, action, resource, context }: Asked): Promise<Decision> => {
  const identity = typeof who === 'object' ? who : undefined;
  const named = typeof who === 'object' ? who.principal : who;
  const answer = await runSimulation(
    {
      request: {
        principal: named === 'anonymous' ? anonymousPrincipal : named,
        action,
        resource: { resource, accountId },
        contextVariables: withContextAsTags({
          ...(connected(action) ? usual : { 'aws:SecureTransport': 'true' }),
          ...context,
        }),
      },
      identityPolicies: [...(identity?.policies ?? [])],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(identity && { permissionBoundaryPolicies: [identity.boundary] }),
      resourcePolicy: resourcePolicyOf(resource),
    },
    {},
  );
  if (answer.resultType === 'error') throw new Error(JSON.stringify(answer.errors));
  const ignored = answer.resultType === 'single' ? (answer.result.ignoredContextKeys ?? []) : [];
  return {
    allowed: answer.overallResult === 'Allowed',
    explicit: answer.overallResult === 'ExplicitlyDenied',
    ignored,
  };
};
