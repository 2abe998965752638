import type { Deployment } from '../../config/deployment.ts';
import { bucketPart, bucketType } from './bucket.ts';
import { resourceStatements } from './policy-statements.ts';
import { eachResource, isDerived, type Rule, type RuleInput } from './rule.ts';
import { at, list, record, type TemplateResource, thisAccount } from './templates.ts';

/** Kept when their stack goes. */
const kept = [
  'AWS::DynamoDB::GlobalTable',
  'AWS::DynamoDB::Table',
  'AWS::KMS::Key',
  'AWS::Logs::LogGroup',
  'AWS::SQS::Queue',
  'AWS::Cognito::UserPool',
];
/** Kept as well, but not when their creation is rolled back, because they carry a name. */
const keptWithName = [bucketType, 'AWS::Cognito::UserPoolDomain', 'AWS::Backup::BackupVault'];

const isKept = eachResource(
  'C19',
  'what holds data stays when its stack goes',
  [...kept, ...keptWithName],
  (resource, { deployment }) => {
    if (!deployment.retainData) return undefined;
    // The log of who read what stays, and the key that opens it.
    if (isDerived(resource, { deployment }) && resource.type !== 'AWS::Logs::LogGroup') return undefined;
    const wanted = keptWithName.includes(resource.type) ? 'RetainExceptOnCreate' : 'Retain';
    return (
      (resource.deletionPolicy !== wanted || resource.updateReplacePolicy !== 'Retain') &&
      `DeletionPolicy must be ${wanted}, UpdateReplacePolicy Retain`
    );
  },
);

/** Properties that give a physical name. */
const nameProperties: Readonly<Record<string, string>> = {
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::Cognito::UserPool': 'UserPoolName',
  'AWS::DynamoDB::GlobalTable': 'TableName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::KMS::Alias': 'AliasName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
};

/** The names by which the two regions find each other without a reference. */
const bridgeNames = ({ name, secondRegion, homeRegion }: Deployment): readonly string[] => [
  `${name}-replica-${thisAccount}-${homeRegion}`,
  `alias/${name}-replica-${thisAccount}-${secondRegion}`,
  `alias/${name}-replica-audit-${thisAccount}-${secondRegion}`,
  // Who may read in a failover is said before there is one.
  `${name}-reader-${thisAccount}-${secondRegion}`,
];

const hasNoName: Rule = {
  id: 'C20',
  title: 'nothing but buckets, the login domain and what the regions are known to each other by has a physical name',
  check: ({ resources, deployment }) =>
    resources.flatMap((resource) => {
      const property = nameProperties[resource.type];
      const given = property === undefined ? undefined : resource.properties[property];
      if (given === undefined || bridgeNames(deployment).includes(String(given))) return [];
      return [{ resource, message: `${property} must not be set` }];
    }),
};

const bucketNameIsOurs = eachResource(
  'C20b',
  'a bucket has the name that nobody else can take',
  bucketType,
  (bucket, input) => {
    const { name, bucketNamespace } = input.deployment;
    const regional = bucketNamespace === 'account-regional';
    const wanted = `${name}-${bucketPart(bucket, input) ?? '?'}-\${AWS::AccountId}-\${AWS::Region}${regional ? '-an' : ''}`;
    if (bucket.properties['BucketName'] !== wanted) return `BucketName must be ${wanted}`;
    return (
      regional &&
      bucket.properties['BucketNamespace'] !== 'account-regional' &&
      'BucketNamespace must be account-regional'
    );
  },
);

/** Where the tags of a type stand; everything else has none or a list named `Tags`. */
const tagProperties: Readonly<Record<string, string>> = { 'AWS::Cognito::UserPool': 'UserPoolTags' };
const tagged = [
  bucketType,
  'AWS::ApiGatewayV2::Api',
  'AWS::Cognito::UserPool',
  'AWS::DynamoDB::Table',
  'AWS::IAM::Role',
  'AWS::KMS::Key',
  'AWS::Lambda::Function',
  'AWS::Logs::LogGroup',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
];

const isTagged = eachResource(
  'C94',
  'a resource says its data class, owner and jurisdiction',
  [...tagged, 'AWS::DynamoDB::GlobalTable'],
  ({ type, properties }) => {
    const holder = type === 'AWS::DynamoDB::GlobalTable' ? list(properties['Replicas'])[0] : properties;
    const tags = at(holder, tagProperties[type] ?? 'Tags');
    const names = Array.isArray(tags) ? tags.map((tag) => String(at(tag, 'Key'))) : Object.keys(record(tags));
    const missing = ['data-class', 'owner', 'jurisdiction'].filter((name) => !names.includes(name));
    return missing.length > 0 && `tags ${missing.join(', ')} must be set`;
  },
);

/** The ids of what a resource needs, directly or through others. */
const needsOf = (resource: TemplateResource, { resources }: RuleInput): Set<string> => {
  const found = new Set<string>();
  const visit = (id: string): void => {
    for (const need of resources.find((other) => other.id === id)?.needs ?? []) {
      if (found.has(need)) continue;
      found.add(need);
      visit(need);
    }
  };
  visit(resource.id);
  return found;
};

const hasNoCycle: Rule = {
  id: 'C97',
  title: 'nothing needs itself',
  check: (input) =>
    input.resources
      .filter((resource) => needsOf(resource, input).has(resource.id))
      .map((resource) => ({ resource, message: 'it is part of a cycle' })),
};

const waitsForItsQueue = eachResource(
  'C97b',
  'a bucket that notifies exists after the policy that admits it',
  bucketType,
  (bucket, input) => {
    const queues = list(at(bucket.properties['NotificationConfiguration'], 'QueueConfigurations')).map((entry) =>
      String(at(entry, 'Queue')),
    );
    const missing = queues.filter((queue) => {
      const policies = resourceStatements(input, 'AWS::SQS::QueuePolicy').filter(
        ({ effect, resources }) => effect === 'Allow' && resources.includes(queue),
      );
      return !policies.some(({ owner }) => bucket.needs.includes(owner.id));
    });
    return missing.length > 0 && `it must depend on the policy of ${[...new Set(missing)].join(', ')}`;
  },
);

const fitsInAStack: Rule = {
  id: 'C89b',
  title: 'a stack holds fewer than 500 resources',
  check: (input) => {
    const crowded = input.resources.filter(
      ({ stack }) => input.resources.filter((other) => other.stack === stack).length >= 500,
    );
    return crowded.slice(0, 1).map((resource) => ({ resource, message: 'its stack is full' }));
  },
};

/** Rules over the templates as a whole. */
export const templateRules: readonly Rule[] = [
  isKept,
  hasNoName,
  bucketNameIsOurs,
  isTagged,
  hasNoCycle,
  waitsForItsQueue,
  fitsInAStack,
];
