import { anonymousPrincipal, runSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import { type Json, list, readTemplates, record, type TemplateResource } from '../../lib/rules/templates.ts';
import { defaultApp } from './synthesized.ts';

const accountId = '111122223333';
const region = 'ap-south-1';
const secondRegion = 'ap-south-2';

/** The functions by the logical ids that their roles begin with. */
export type FunctionName = 'Intake' | 'Catalog' | 'Undelete' | 'Api' | 'Sweep';

/** What Ref and GetAtt would answer, by type; the logical id serves as the name. */
const names: Readonly<Record<string, (id: string) => { readonly ref: string; readonly arn: string }>> = {
  'AWS::KMS::Key': (id) => ({ ref: id, arn: `arn:aws:kms:${region}:${accountId}:key/${id}` }),
  'AWS::SQS::Queue': (id) => ({ ref: id, arn: `arn:aws:sqs:${region}:${accountId}:${id}` }),
  'AWS::DynamoDB::GlobalTable': (id) => ({ ref: id, arn: `arn:aws:dynamodb:${region}:${accountId}:table/${id}` }),
  'AWS::DynamoDB::Table': (id) => ({ ref: id, arn: `arn:aws:dynamodb:${region}:${accountId}:table/${id}` }),
  'AWS::IAM::Role': (id) => ({ ref: id, arn: `arn:aws:iam::${accountId}:role/${id}` }),
  'AWS::IAM::ManagedPolicy': (id) => ({ ref: `arn:aws:iam::${accountId}:policy/${id}`, arn: '' }),
  'AWS::Lambda::Function': (id) => ({ ref: id, arn: `arn:aws:lambda:${region}:${accountId}:function:${id}` }),
  // Its logical id is that of its function, with `Live` in it.
  'AWS::Lambda::Alias': (id) => ({
    ref: `arn:aws:lambda:${region}:${accountId}:function:${id.replace(/Live[0-9A-F]{8}$/, '')}:live`,
    arn: '',
  }),
  'AWS::Logs::LogGroup': (id) => ({ ref: id, arn: `arn:aws:logs:${region}:${accountId}:log-group:${id}:*` }),
  'AWS::SNS::Topic': (id) => ({ ref: `arn:aws:sns:${region}:${accountId}:${id}`, arn: '' }),
  'AWS::Cognito::UserPool': (id) => ({ ref: id, arn: `arn:aws:cognito-idp:${region}:${accountId}:userpool/${id}` }),
};

const { data, service } = defaultApp();
const resources = readTemplates({ 'mediakeep-data': data, 'mediakeep-service': service });

const concreteText = (text: string): string =>
  text
    .replaceAll(`\${${'AWS::AccountId'}}`, accountId)
    .replaceAll(`\${${'AWS::Region'}}`, region)
    .replace(/\$\{(mediakeep-[a-z]+\/\w+)(\.\w+)?\}/g, (whole, id: string, attribute: string | undefined) => {
      const resource = resources.find((other) => other.id === id);
      if (resource?.type === 'AWS::S3::Bucket') return bucketText(resource, attribute);
      const named = names[resource?.type ?? '']?.(resource?.logicalId ?? '');
      return (attribute === undefined ? named?.ref : named?.arn) ?? whole;
    });

const bucketText = (bucket: TemplateResource, attribute: string | undefined): string => {
  const name = concreteText(String(bucket.properties['BucketName']));
  return attribute === undefined ? name : `arn:aws:s3:::${name}`;
};

const concrete = (value: Json | undefined): Json => {
  if (typeof value === 'string') return concreteText(value);
  if (Array.isArray(value)) return value.map(concrete);
  if (value === null || typeof value !== 'object') return value ?? null;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, concrete(item as Json)]));
};

const find = (type: string, id: string): TemplateResource => {
  const found = resources.find((resource) => resource.type === type && resource.logicalId.startsWith(id));
  if (found === undefined) throw new Error(`no ${type} ${id}`);
  return found;
};

const arnOf = (type: string, id: string): string => concreteText(`\${${find(type, id).id}.Arn}`);

/** ARNs of what stands in the templates. */
export const arns = {
  landing: (key: string) => `${arnOf('AWS::S3::Bucket', 'Landing')}/${key}`,
  vault: (key: string) => `${arnOf('AWS::S3::Bucket', 'Vault')}/${key}`,
  /** In the copy of the vault, which stands in another stack. */
  copies: (key?: string) =>
    `${arnOf('AWS::S3::Bucket', 'Vault').replace(region, secondRegion)}${key === undefined ? '' : `/${key}`}`,
  audit: (key: string) => `${arnOf('AWS::S3::Bucket', 'Audit')}/${key}`,
  scratch: (key: string) => `${arnOf('AWS::S3::Bucket', 'Scratch')}/${key}`,
  logs: (key: string) => `${arnOf('AWS::S3::Bucket', 'Logs')}/${key}`,
  bucket: (id: string) => arnOf('AWS::S3::Bucket', id),
  queue: (id: string) => arnOf('AWS::SQS::Queue', id),
  key: (id: string) => arnOf('AWS::KMS::Key', `Keys${id}`),
  function: (id: string) => arnOf('AWS::Lambda::Function', id),
  logGroup: (id: string) => arnOf('AWS::Logs::LogGroup', `${id}Logs`).replace(/:\*$/, ':log-stream:x'),
  catalog: () => arnOf('AWS::DynamoDB::GlobalTable', 'Catalog'),
  subjectKeys: () => arnOf('AWS::DynamoDB::Table', 'SubjectKeys'),
  userPool: () => arnOf('AWS::Cognito::UserPool', 'Identity'),
  topic: () => concreteText(`\${${find('AWS::SNS::Topic', 'AlarmTopic').id}}`),
};

/** The policies of a function's role. */
const identityOf = (name: FunctionName) => {
  const role = find('AWS::IAM::Role', `${name}Role`);
  const own = resources.filter(
    ({ type, properties }) => type === 'AWS::IAM::Policy' && list(properties['Roles']).includes(`\${${role.id}}`),
  );
  const boundary = resources.find(({ id }) => role.properties['PermissionsBoundary'] === `\${${id}}`);
  return {
    principal: concreteText(`\${${role.id}.Arn}`),
    policies: own.map((policy) => ({ name: policy.logicalId, policy: concrete(policy.properties['PolicyDocument']) })),
    boundary: { name: 'boundary', policy: concrete(boundary?.properties['PolicyDocument']) },
  };
};

/** The policy that hangs on a resource. */
const policyOn = (arn: string): Json | undefined => {
  const key = resources.find(({ type, id }) => type === 'AWS::KMS::Key' && concreteText(`\${${id}.Arn}`) === arn);
  if (key !== undefined) return key.properties['KeyPolicy'];
  const bucketName = arn.startsWith('arn:aws:s3:::') ? arn.slice('arn:aws:s3:::'.length).split('/')[0] : undefined;
  const hangsOn = ({ type, properties }: TemplateResource): boolean =>
    type === 'AWS::S3::BucketPolicy'
      ? concreteText(String(properties['Bucket'])) === bucketName
      : ['AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy'].includes(type) &&
        JSON.stringify(concrete(properties['PolicyDocument'])).includes(`"${arn}"`);
  return resources.find(hangsOn)?.properties['PolicyDocument'];
};

/** One question to the policies. */
export interface Question {
  /** A function of ours, a service (`s3.amazonaws.com`), an ARN, or nobody in particular. */
  readonly who: FunctionName | `${string}.amazonaws.com` | `arn:${string}` | 'anonymous';
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string | string[]>>;
}

const isFunction = (who: Question['who']): who is FunctionName =>
  ['Intake', 'Catalog', 'Undelete', 'Api', 'Sweep'].includes(who);

/** What a request over TLS 1.3 with a fresh signature looks like. */
const usual = {
  'aws:SecureTransport': 'true',
  's3:TlsVersion': '1.3',
  's3:signatureversion': 'AWS4-HMAC-SHA256',
  's3:signatureAge': '1000',
};

/**
 * The simulator drops condition keys of an encryption context, whatever their name. A tag of the caller by the same name takes
 * their place, in question and policies alike: it is text as well, and absent where nobody gives it.
 */
const withContextAsTags = (simulation: Simulation): Simulation =>
  JSON.parse(
    JSON.stringify(simulation).replace(
      /kms:EncryptionContext:([\w:]+)/g,
      (_, name: string) => `aws:PrincipalTag/context-${name.replaceAll(':', '-')}`,
    ),
  );

/** How the synthesized policies decide; `ignored` are condition keys that the simulator does not know for the action. */
export const decide = async (
  question: Question,
): Promise<{ allowed: boolean; explicit: boolean; ignored: readonly string[] }> => {
  const { who, action, resource } = question;
  const identity = isFunction(who) ? identityOf(who) : undefined;
  const inContext = { ...(action.startsWith('s3:') ? usual : { 'aws:SecureTransport': 'true' }), ...question.context };
  const answer = await runSimulation(
    withContextAsTags({
      request: {
        principal: who === 'anonymous' ? anonymousPrincipal : (identity?.principal ?? who),
        action,
        resource: { resource, accountId },
        contextVariables: inContext,
      },
      identityPolicies: identity?.policies ?? [],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(identity && { permissionBoundaryPolicies: [identity.boundary] }),
      resourcePolicy: concrete(policyOn(resource)) ?? undefined,
    }),
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

/** The actions of each role, for the reviewed file. */
export const actionsByRole = (): Record<string, string[]> =>
  Object.fromEntries(
    (['Api', 'Catalog', 'Intake', 'Sweep', 'Undelete'] as const).map((name) => [
      name,
      identityOf(name)
        .policies.flatMap(({ policy }) => list(record(policy)['Statement'] as Json))
        .flatMap((statement) => {
          const { Action, Resource } = record(statement);
          return list(Action as Json).flatMap((action) =>
            list(Resource as Json).map((resource) => `${String(action)} ${String(resource)}`),
          );
        })
        .sort(),
    ]),
  );

export { accountId, region };
