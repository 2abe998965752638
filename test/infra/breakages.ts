import { join } from 'node:path';
import type { Resource, Template } from './synthesized.ts';

/** Both templates, free to be spoiled. */
export interface Broken {
  readonly data: Template;
  readonly service: Template;
}

/** One way to spoil a template, and the rule that has to see it. */
export interface Breakage {
  readonly rule: string;
  readonly title: string;
  readonly spoil: (templates: Broken) => void;
}

// biome-ignore lint/suspicious/noExplicitAny: templates are free JSON
type Free = any;

/** The properties of the first resource of that type whose logical id begins so. */
export const propertiesOf = (template: Template, type: string, id = ''): Free =>
  resourceOf(template, type, id).Properties;

export const resourceOf = (template: Template, type: string, id = ''): Resource => {
  const found = Object.entries(template.Resources).find(([name, { Type }]) => Type === type && name.startsWith(id));
  if (found === undefined) throw new Error(`no ${join(type, id)} in the template`);
  return found[1];
};

const bucket = ({ data }: Broken, id = 'Vault') => propertiesOf(data, 'AWS::S3::Bucket', id);
const lifecycle = (templates: Broken, id = 'Vault') => bucket(templates, id).LifecycleConfiguration.Rules;
const ruleNamed = (templates: Broken, id: string, bucketId = 'Vault') =>
  lifecycle(templates, bucketId).find(({ Id }: Free) => Id === id);
const key = ({ data }: Broken, id = 'KeysData') => propertiesOf(data, 'AWS::KMS::Key', id);
const queue = ({ data }: Broken, id = 'IntakeQueue4') => propertiesOf(data, 'AWS::SQS::Queue', id);
const queuePolicy = ({ data }: Broken, id = 'IntakeQueuePolicy') =>
  propertiesOf(data, 'AWS::SQS::QueuePolicy', id).PolicyDocument.Statement;
const mapping = ({ service }: Broken) => propertiesOf(service, 'AWS::Lambda::EventSourceMapping', 'Intake');
const lambda = ({ service }: Broken, id = 'Intake') => propertiesOf(service, 'AWS::Lambda::Function', id);
const role = ({ service }: Broken, id = 'Api') => propertiesOf(service, 'AWS::IAM::Role', id);
const rolePolicy = ({ service }: Broken, id = 'Api') =>
  propertiesOf(service, 'AWS::IAM::Policy', id).PolicyDocument.Statement;
const catalog = ({ data }: Broken) => propertiesOf(data, 'AWS::DynamoDB::GlobalTable');
const subjectKeys = ({ data }: Broken) => propertiesOf(data, 'AWS::DynamoDB::Table');
const route = ({ service }: Broken, key = 'POST /uploads') =>
  Object.values(service.Resources).find(({ Properties }) => Properties['RouteKey'] === key)?.Properties as Free;
const stage = ({ service }: Broken) => propertiesOf(service, 'AWS::ApiGatewayV2::Stage');
const pool = ({ data }: Broken) => propertiesOf(data, 'AWS::Cognito::UserPool');
const client = ({ data }: Broken, id = 'IdentityPeople') => propertiesOf(data, 'AWS::Cognito::UserPoolClient', id);
const alarm = ({ service }: Broken, id = 'AlarmsIntakeDeadLetters') =>
  propertiesOf(service, 'AWS::CloudWatch::Alarm', id);
const add = (template: Template, id: string, Type: string, Properties: Free): void => {
  template.Resources[id] = { Type, Properties };
};
const sidOf = (statements: Free[], sid: string): Free => statements.find(({ Sid }) => Sid === sid);
const remove = (statements: Free[], sid: string): void => {
  statements.splice(statements.indexOf(sidOf(statements, sid)), 1);
};
const bucketPolicy = ({ data }: Broken, id = 'Vault') =>
  propertiesOf(data, 'AWS::S3::BucketPolicy', id).PolicyDocument.Statement;
const allow = (Action: string, Resource: Free = 'arn:aws:s3:::x/*') => ({ Effect: 'Allow', Action, Resource });

const buckets: readonly Breakage[] = [
  {
    rule: 'C01',
    title: 'public policies admitted',
    spoil: (t) => {
      bucket(t).PublicAccessBlockConfiguration.RestrictPublicBuckets = false;
    },
  },
  {
    rule: 'C02',
    title: 'no bucket key',
    spoil: (t) => {
      bucket(t).BucketEncryption.ServerSideEncryptionConfiguration[0].BucketKeyEnabled = false;
    },
  },
  {
    rule: 'C02',
    title: 'an access log bucket with KMS',
    spoil: (t) => {
      bucket(t, 'Logs').BucketEncryption = bucket(t).BucketEncryption;
    },
  },
  {
    rule: 'C03',
    title: 'SSE-C admitted',
    spoil: (t) => {
      delete bucket(t).BucketEncryption.ServerSideEncryptionConfiguration[0].BlockedEncryptionTypes;
    },
  },
  {
    rule: 'C04',
    title: 'an ACL',
    spoil: (t) => {
      bucket(t).AccessControl = 'PublicRead';
    },
  },
  {
    rule: 'C05',
    title: 'versions suspended',
    spoil: (t) => {
      bucket(t).VersioningConfiguration.Status = 'Suspended';
    },
  },
  {
    rule: 'C06',
    title: 'an audit under GOVERNANCE',
    spoil: (t) => {
      bucket(t, 'Audit').ObjectLockConfiguration.Rule.DefaultRetention.Mode = 'GOVERNANCE';
    },
  },
  {
    rule: 'C06',
    title: 'a vault without lock',
    spoil: (t) => {
      delete bucket(t).ObjectLockEnabled;
    },
  },
  {
    rule: 'C06',
    title: 'a vault that locks everything',
    spoil: (t) => {
      bucket(t).ObjectLockConfiguration = bucket(t, 'Audit').ObjectLockConfiguration;
    },
  },
  { rule: 'C07', title: 'plain HTTP admitted', spoil: (t) => remove(bucketPolicy(t), 'DenyPlainHttp') },
  {
    rule: 'C07',
    title: 'plain HTTP admitted for objects',
    spoil: (t) => {
      sidOf(bucketPolicy(t), 'DenyPlainHttp').Resource.pop();
    },
  },
  {
    rule: 'C07',
    title: 'TLS 1.0 admitted',
    spoil: (t) => {
      sidOf(bucketPolicy(t), 'DenyOldTls').Condition.NumericLessThan['s3:TlsVersion'] = '1.0';
    },
  },
  {
    rule: 'C08',
    title: 'a bucket for everybody',
    spoil: (t) => {
      bucketPolicy(t).push({ ...allow('s3:GetObject'), Principal: '*' });
    },
  },
  {
    rule: 'C08',
    title: 'a bucket for another account',
    spoil: (t) => {
      bucketPolicy(t).push({ ...allow('s3:GetObject'), Principal: { AWS: 'arn:aws:iam::111111111111:root' } });
    },
  },
  {
    rule: 'C11',
    title: 'a vault that wants If-None-Match',
    spoil: (t) => {
      bucketPolicy(t).push({
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:Put*',
        Resource: '*',
        Condition: { Null: { 's3:if-none-match': 'true' } },
      });
    },
  },
  {
    rule: 'C13',
    title: 'CORS for every origin',
    spoil: (t) => {
      bucket(t, 'Landing').CorsConfiguration = {
        CorsRules: [{ AllowedOrigins: ['*'], AllowedMethods: ['PUT'], MaxAge: 600 }],
      };
    },
  },
  {
    rule: 'C13',
    title: 'CORS for an hour',
    spoil: (t) => {
      bucket(t, 'Landing').CorsConfiguration = {
        CorsRules: [{ AllowedOrigins: ['https://a.b'], AllowedMethods: ['PUT'], MaxAge: 3600 }],
      };
    },
  },
  {
    rule: 'C14',
    title: 'no access log',
    spoil: (t) => {
      delete bucket(t).LoggingConfiguration;
    },
  },
  {
    rule: 'C18',
    title: 'a vault that tells nobody',
    spoil: (t) => {
      delete bucket(t).NotificationConfiguration.QueueConfigurations;
    },
  },
  {
    rule: 'C18',
    title: 'a vault without EventBridge',
    spoil: (t) => {
      delete bucket(t).NotificationConfiguration.EventBridgeConfiguration;
    },
  },
  {
    rule: 'C18b',
    title: 'a custom resource',
    spoil: ({ data }) => add(data, 'Notify', 'Custom::S3BucketNotifications', {}),
  },
];

const lifecycles: readonly Breakage[] = [
  {
    rule: 'C15',
    title: 'incomplete uploads for a week',
    spoil: (t) => {
      ruleNamed(t, 'AbortIncompleteUploads').AbortIncompleteMultipartUpload.DaysAfterInitiation = 7;
    },
  },
  {
    rule: 'C16',
    title: 'bare delete markers',
    spoil: (t) => {
      ruleNamed(t, 'RemoveExpiredMarkers').Status = 'Disabled';
    },
  },
  {
    rule: 'C16c',
    title: 'old versions that stay because they are small',
    spoil: (t) => {
      ruleNamed(t, 'raw-audio').ObjectSizeGreaterThan = 131_072;
    },
  },
  {
    rule: 'C16b',
    title: 'a floor that old versions do not reach',
    spoil: (t) => {
      ruleNamed(t, 'case-audio').NoncurrentVersionExpiration.NoncurrentDays = -1;
    },
  },
  {
    rule: 'C17',
    title: 'an expiry before the transition',
    spoil: (t) => {
      ruleNamed(t, 'raw-audio-cold').ExpirationInDays = 60;
    },
  },
  {
    rule: 'C17',
    title: 'an expiry within the minimum duration',
    spoil: (t) => {
      ruleNamed(t, 'raw-audio-cold').ExpirationInDays = 200;
    },
  },
  {
    rule: 'C17b',
    title: 'small objects moved',
    spoil: (t) => {
      delete ruleNamed(t, 'raw-audio-cold').ObjectSizeGreaterThan;
    },
  },
  {
    rule: 'C17c',
    title: 'a transition on another day',
    spoil: (t) => {
      ruleNamed(t, 'raw-audio-cold').Transitions[0].TransitionInDays = 30;
    },
  },
  {
    rule: 'C17c',
    title: 'a class that should not get cold',
    spoil: (t) => {
      ruleNamed(t, 'voice-command').Transitions = [{ StorageClass: 'GLACIER', TransitionInDays: 1 }];
    },
  },
  {
    rule: 'C17d',
    title: 'current objects expired',
    spoil: (t) => {
      ruleNamed(t, 'face-snapshot').ExpirationInDays = 30;
    },
  },
  {
    rule: 'C21',
    title: 'quarantine for a week',
    spoil: (t) => {
      ruleNamed(t, 'ExpireQuarantine', 'Landing').ExpirationInDays = 7;
    },
  },
  {
    rule: 'C21',
    title: 'quarantine replicated',
    spoil: (t) => {
      bucket(t, 'Landing').ReplicationConfiguration = {};
    },
  },
];

const keys: readonly Breakage[] = [
  {
    rule: 'C30',
    title: 'a key for ever',
    spoil: (t) => {
      key(t).EnableKeyRotation = false;
    },
  },
  {
    rule: 'C31',
    title: 'a key for everybody',
    spoil: (t) => {
      key(t).KeyPolicy.Statement.push({ ...allow('kms:Decrypt', '*'), Principal: '*' });
    },
  },
  {
    rule: 'C32',
    title: 'a key gone in a week',
    spoil: (t) => {
      key(t).PendingWindowInDays = 7;
    },
  },
  {
    rule: 'C33',
    title: 'kms:* in one statement',
    spoil: (t) => {
      key(t).KeyPolicy.Statement[0].Action = 'kms:*';
    },
  },
  {
    rule: 'C34',
    title: 'Decrypt from anywhere',
    spoil: (t) => {
      delete sidOf(key(t).KeyPolicy.Statement, 'UseThroughServices').Condition;
    },
  },
  {
    rule: 'C35',
    title: 'one key for vault and audit',
    spoil: (t) => {
      bucket(t, 'Audit').BucketEncryption = bucket(t).BucketEncryption;
    },
  },
  {
    rule: 'C36',
    title: 'a multi-region key',
    spoil: (t) => {
      key(t).MultiRegion = true;
    },
  },
];

const queues: readonly Breakage[] = [
  {
    rule: 'C37',
    title: 'no dead letters',
    spoil: (t) => {
      delete queue(t).RedrivePolicy;
    },
  },
  {
    rule: 'C38',
    title: 'a message visible too early',
    spoil: (t) => {
      queue(t).VisibilityTimeout = 5399;
    },
  },
  {
    rule: 'C39',
    title: 'dead letters for four days',
    spoil: (t) => {
      queue(t, 'IntakeQueueDeadLetters').MessageRetentionPeriod = 345_600;
    },
  },
  {
    rule: 'C39',
    title: 'a queue as patient as its dead letters',
    spoil: (t) => {
      queue(t).MessageRetentionPeriod = 1_209_600;
    },
  },
  {
    rule: 'C40',
    title: 'one try',
    spoil: (t) => {
      queue(t).RedrivePolicy.maxReceiveCount = 1;
    },
  },
  {
    rule: 'C41',
    title: 'batches that fail whole',
    spoil: (t) => {
      delete mapping(t).FunctionResponseTypes;
    },
  },
  {
    rule: 'C42',
    title: 'an unbounded mapping',
    spoil: (t) => {
      delete mapping(t).ScalingConfig;
    },
  },
  {
    rule: 'C42',
    title: 'less reserved than the mapping takes',
    spoil: (t) => {
      lambda(t).ReservedConcurrentExecutions = 4;
    },
  },
  {
    rule: 'C43',
    title: 'a queue in clear',
    spoil: (t) => {
      delete queue(t).KmsMasterKeyId;
    },
  },
  {
    rule: 'C43',
    title: 'a queue over plain HTTP',
    spoil: (t) => remove(queuePolicy(t, 'IntakeQueueDeadLettersPolicy'), 'DenyPlainHttp'),
  },
  {
    rule: 'C44',
    title: 'a bucket of any account',
    spoil: (t) => {
      delete sidOf(queuePolicy(t), 'BucketSends').Condition.StringEquals;
    },
  },
  {
    rule: 'C44',
    title: 'a permission without source',
    spoil: ({ service }) => {
      delete propertiesOf(service, 'AWS::Lambda::Permission').SourceAccount;
    },
  },
  {
    rule: 'C45',
    title: 'a bucket by pattern',
    spoil: (t) => {
      sidOf(queuePolicy(t), 'BucketSends').Condition.ArnEquals['aws:SourceArn'] = 'arn:aws:s3:::*';
    },
  },
  {
    rule: 'C45b',
    title: 'an event rule for everything',
    spoil: ({ service }) => add(service, 'Rule', 'AWS::Events::Rule', { EventPattern: {} }),
  },
  {
    rule: 'C46',
    title: 'messages of 1 KB',
    spoil: (t) => {
      queue(t).MaximumMessageSize = 1024;
    },
  },
];

const functions: readonly Breakage[] = [
  {
    rule: 'C47',
    title: 'an old runtime',
    spoil: (t) => {
      lambda(t).Runtime = 'nodejs20.x';
    },
  },
  {
    rule: 'C48',
    title: 'a default timeout',
    spoil: (t) => {
      delete lambda(t).Timeout;
    },
  },
  {
    rule: 'C48b',
    title: 'concurrency reserved by nobody',
    spoil: (t) => {
      lambda(t).ReservedConcurrentExecutions = 100;
    },
  },
  {
    rule: 'C49',
    title: 'a variable named secret',
    spoil: (t) => {
      lambda(t).Environment.Variables.CLIENT_SECRET = 'x';
    },
  },
  {
    rule: 'C49',
    title: 'a value like a key',
    spoil: (t) => {
      lambda(t).Environment.Variables.SEED = 'q7Zt1xW0pLk9VbN3mCs8JdR5';
    },
  },
  {
    rule: 'C50',
    title: 'a shared role',
    spoil: (t) => {
      lambda(t).Role = lambda(t, 'Api').Role;
    },
  },
  {
    rule: 'C52',
    title: 'no traces',
    spoil: (t) => {
      delete lambda(t).TracingConfig;
    },
  },
  {
    rule: 'C52',
    title: 'a log group that Lambda makes',
    spoil: (t) => {
      delete lambda(t).LoggingConfig;
    },
  },
  {
    rule: 'C53',
    title: 'a function URL',
    spoil: ({ service }) => add(service, 'Url', 'AWS::Lambda::Url', { AuthType: 'NONE' }),
  },
  {
    rule: 'C54',
    title: 'code by a moving name',
    spoil: (t) => {
      lambda(t).Code.S3Key = 'latest.zip';
    },
  },
];

const roles: readonly Breakage[] = [
  {
    rule: 'C50b',
    title: 'an action with a star',
    spoil: (t) => {
      rolePolicy(t).push(allow('s3:Get*'));
    },
  },
  {
    rule: 'C50c',
    title: 'every resource',
    spoil: (t) => {
      rolePolicy(t).push(allow('dynamodb:GetItem', '*'));
    },
  },
  {
    rule: 'C55',
    title: 'a role for the account',
    spoil: (t) => {
      role(t).AssumeRolePolicyDocument.Statement[0].Principal = { AWS: '*' };
    },
  },
  {
    rule: 'C56',
    title: 'a role without boundary',
    spoil: (t) => {
      delete role(t).PermissionsBoundary;
    },
  },
  {
    rule: 'C57',
    title: 'an API that deletes versions',
    spoil: (t) => {
      rolePolicy(t).push(allow('s3:DeleteObjectVersion', 'arn:aws:s3:::mediakeep-vault-x/*'));
    },
  },
  {
    rule: 'C57',
    title: 'an intake that deletes versions of the vault',
    spoil: (t) => {
      rolePolicy(t, 'Intake').push(allow('s3:DeleteObjectVersion', 'arn:aws:s3:::mediakeep-vault-x/*'));
    },
  },
  {
    rule: 'C57',
    title: 'a function that lifts locks',
    spoil: (t) => {
      rolePolicy(t, 'Undelete').push(allow('s3:BypassGovernanceRetention'));
    },
  },
  {
    rule: 'C59',
    title: 'a role that passes roles',
    spoil: (t) => {
      rolePolicy(t).push(allow('iam:PassRole'));
    },
  },
];

const tables: readonly Breakage[] = [
  {
    rule: 'C61',
    title: 'a catalog that cannot be wound back',
    spoil: (t) => {
      delete catalog(t).Replicas[0].PointInTimeRecoverySpecification;
    },
  },
  {
    rule: 'C61',
    title: 'erased keys that can be wound back for a week',
    spoil: (t) => {
      subjectKeys(t).PointInTimeRecoverySpecification.RecoveryPeriodInDays = 7;
    },
  },
  {
    rule: 'C62',
    title: 'a table with the key of AWS',
    spoil: (t) => {
      delete catalog(t).Replicas[0].SSESpecification;
    },
  },
  {
    rule: 'C63',
    title: 'a table without protection',
    spoil: (t) => {
      subjectKeys(t).DeletionProtectionEnabled = false;
    },
  },
  {
    rule: 'C67',
    title: 'rows of truth that vanish',
    spoil: (t) => {
      catalog(t).TimeToLiveSpecification.AttributeName = 'createdAt';
    },
  },
  {
    rule: 'C67',
    title: 'keys that vanish',
    spoil: (t) => {
      subjectKeys(t).TimeToLiveSpecification = { AttributeName: 'expiresAt', Enabled: true };
    },
  },
  {
    rule: 'C99',
    title: 'a table that remembers for longer than an erasure may take',
    spoil: (t) => {
      catalog(t).Replicas[0].PointInTimeRecoverySpecification.RecoveryPeriodInDays = 36;
    },
  },
];

const apis: readonly Breakage[] = [
  {
    rule: 'C74',
    title: 'an open route',
    spoil: (t) => {
      route(t).AuthorizationType = 'NONE';
    },
  },
  {
    rule: 'C74',
    title: 'a route without scope',
    spoil: (t) => {
      delete route(t).AuthorizationScopes;
    },
  },
  {
    rule: 'C74',
    title: 'an open default route',
    spoil: (t) => {
      route(t, '$default').AuthorizationType = 'NONE';
    },
  },
  {
    rule: 'C75',
    title: 'a foreign issuer',
    spoil: ({ service }) => {
      propertiesOf(service, 'AWS::ApiGatewayV2::Authorizer').JwtConfiguration.Issuer = 'https://example.org';
    },
  },
  {
    rule: 'C75',
    title: 'a missing client',
    spoil: ({ service }) => {
      propertiesOf(service, 'AWS::ApiGatewayV2::Authorizer').JwtConfiguration.Audience.pop();
    },
  },
  {
    rule: 'C76',
    title: 'no access log',
    spoil: (t) => {
      delete stage(t).AccessLogSettings;
    },
  },
  {
    rule: 'C76',
    title: 'addresses in the access log',
    spoil: (t) => {
      stage(t).AccessLogSettings.Format = '{"ip":"$context.identity.sourceIp"}';
    },
  },
  {
    rule: 'C77',
    title: 'a route without throttle',
    spoil: (t) => {
      delete stage(t).RouteSettings['POST /uploads'];
    },
  },
  {
    rule: 'C77',
    title: 'no default throttle',
    spoil: (t) => {
      delete stage(t).DefaultRouteSettings.ThrottlingRateLimit;
    },
  },
  {
    rule: 'C78',
    title: 'CORS for every origin',
    spoil: ({ service }) => {
      propertiesOf(service, 'AWS::ApiGatewayV2::Api').CorsConfiguration = { AllowOrigins: ['*'] };
    },
  },
  {
    rule: 'C80',
    title: 'a firewall at the HTTP API',
    spoil: ({ service }) =>
      add(service, 'Wall', 'AWS::WAFv2::WebACLAssociation', {
        ResourceArn: 'arn:aws:apigateway:r::/apis/a/stages/$default',
      }),
  },
];

const identities: readonly Breakage[] = [
  {
    rule: 'C81',
    title: 'a second factor for who likes one',
    spoil: (t) => {
      pool(t).MfaConfiguration = 'OPTIONAL';
    },
  },
  {
    rule: 'C81',
    title: 'codes by SMS',
    spoil: (t) => {
      pool(t).EnabledMfas.push('SMS_MFA');
    },
  },
  {
    rule: 'C81b',
    title: 'sign-up for everybody',
    spoil: (t) => {
      pool(t).AdminCreateUserConfig.AllowAdminCreateUserOnly = false;
    },
  },
  {
    rule: 'C81c',
    title: 'passwords of eight',
    spoil: (t) => {
      pool(t).Policies.PasswordPolicy.MinimumLength = 8;
    },
  },
  {
    rule: 'C81d',
    title: 'another plan',
    spoil: (t) => {
      pool(t).UserPoolTier = 'LITE';
    },
  },
  {
    rule: 'C81e',
    title: 'a pool without protection',
    spoil: (t) => {
      pool(t).DeletionProtection = 'INACTIVE';
    },
  },
  {
    rule: 'C81f',
    title: 'tokens for ever',
    spoil: (t) => {
      client(t).EnableTokenRevocation = false;
    },
  },
  {
    rule: 'C81g',
    title: 'the implicit flow',
    spoil: (t) => {
      client(t).AllowedOAuthFlows.push('implicit');
    },
  },
  {
    rule: 'C81g',
    title: 'a machine without secret',
    spoil: (t) => {
      client(t, 'IdentityMachine').GenerateSecret = false;
    },
  },
  {
    rule: 'C81j',
    title: 'sign-in by password',
    spoil: (t) => {
      client(t).ExplicitAuthFlows.push('ALLOW_USER_PASSWORD_AUTH');
    },
  },
  {
    rule: 'C81h',
    title: 'a callback over plain HTTP',
    spoil: (t) => {
      client(t).CallbackURLs.push('http://127.0.0.1:41801/callback');
    },
  },
  {
    rule: 'C81i',
    title: 'a login page without design',
    spoil: ({ data }) => {
      propertiesOf(data, 'AWS::Cognito::ManagedLoginBranding').ClientId = 'x';
    },
  },
];

const alarms: readonly Breakage[] = [
  {
    rule: 'C84',
    title: 'an alarm that is off',
    spoil: (t) => {
      alarm(t).ActionsEnabled = false;
    },
  },
  {
    rule: 'C84',
    title: 'an alarm that nobody hears',
    spoil: (t) => {
      delete alarm(t).AlarmActions;
    },
  },
  {
    rule: 'C84b',
    title: 'dead letters unwatched',
    spoil: (t) => {
      alarm(t).MetricName = 'NumberOfMessagesSent';
    },
  },
  {
    rule: 'C84b',
    title: 'an old queue unwatched',
    spoil: (t) => {
      alarm(t, 'AlarmsCatalogAge').MetricName = 'x';
    },
  },
  {
    rule: 'C84b',
    title: 'a function unwatched',
    spoil: (t) => {
      alarm(t, 'AlarmsApiErrors').Dimensions[0].Value = 'x';
    },
  },
  {
    rule: 'C84b',
    title: 'an API unwatched',
    spoil: (t) => {
      alarm(t, 'AlarmsApiServerErrors').MetricName = '4xx';
    },
  },
  {
    rule: 'C84b',
    title: 'a table unwatched',
    spoil: (t) => {
      alarm(t, 'AlarmsCatalogWriteThrottles').MetricName = 'x';
    },
  },
  {
    rule: 'C86',
    title: 'a topic in clear',
    spoil: ({ service }) => {
      delete propertiesOf(service, 'AWS::SNS::Topic').KmsMasterKeyId;
    },
  },
  {
    rule: 'C86',
    title: 'a topic over plain HTTP',
    spoil: ({ service }) =>
      remove(propertiesOf(service, 'AWS::SNS::TopicPolicy').PolicyDocument.Statement, 'DenyPlainHttp'),
  },
  {
    rule: 'C98',
    title: 'a key that keeps alarms silent',
    spoil: (t) => remove(key(t, 'KeysMessages').KeyPolicy.Statement, 'AlarmsPublish'),
  },
  {
    rule: 'C98',
    title: 'a topic for all accounts',
    spoil: ({ service }) => {
      delete propertiesOf(service, 'AWS::SNS::TopicPolicy').PolicyDocument.Statement[0].Condition.StringEquals;
    },
  },
  {
    rule: 'C98',
    title: 'a topic for another service',
    spoil: ({ service }) => {
      propertiesOf(service, 'AWS::SNS::TopicPolicy').PolicyDocument.Statement.push({
        ...allow('sns:Publish', {
          Ref: Object.keys(service.Resources).find((id) => service.Resources[id]?.Type === 'AWS::SNS::Topic'),
        }),
        Principal: { Service: 'events.amazonaws.com' },
      });
    },
  },
  {
    rule: 'C87',
    title: 'logs for a month',
    spoil: ({ service }) => {
      propertiesOf(service, 'AWS::Logs::LogGroup').RetentionInDays = 30;
    },
  },
  {
    rule: 'C87',
    title: 'logs in clear',
    spoil: ({ service }) => {
      delete propertiesOf(service, 'AWS::Logs::LogGroup').KmsKeyId;
    },
  },
  {
    rule: 'C87b',
    title: 'logs that show people',
    spoil: ({ service }) => {
      delete propertiesOf(service, 'AWS::Logs::LogGroup').DataProtectionPolicy;
    },
  },
];

const templates: readonly Breakage[] = [
  {
    rule: 'C19',
    title: 'a table that goes with its stack',
    spoil: ({ data }) => {
      Object.assign(resourceOf(data, 'AWS::DynamoDB::GlobalTable'), { DeletionPolicy: 'Delete' });
    },
  },
  {
    rule: 'C19',
    title: 'a bucket that blocks the second deployment',
    spoil: ({ data }) => {
      Object.assign(resourceOf(data, 'AWS::S3::Bucket'), { DeletionPolicy: 'Retain' });
    },
  },
  {
    rule: 'C20',
    title: 'a named queue',
    spoil: (t) => {
      queue(t).QueueName = 'intake';
    },
  },
  {
    rule: 'C20b',
    title: 'a bucket that anybody can take',
    spoil: (t) => {
      bucket(t).BucketName = 'my-vault';
    },
  },
  {
    rule: 'C20b',
    title: 'a bucket outside the namespace',
    spoil: (t) => {
      delete bucket(t).BucketNamespace;
    },
  },
  {
    rule: 'C94',
    title: 'a bucket without tags',
    spoil: (t) => {
      delete bucket(t).Tags;
    },
  },
  {
    rule: 'C94',
    title: 'a table without a data class',
    spoil: (t) => {
      catalog(t).Replicas[0].Tags.shift();
    },
  },
  {
    rule: 'C97',
    title: 'a cycle of bucket and queue',
    spoil: (t) => {
      sidOf(queuePolicy(t), 'BucketSends').Condition.ArnEquals['aws:SourceArn'] = { 'Fn::GetAtt': ['Landing', 'Arn'] };
    },
  },
  {
    rule: 'C97b',
    title: 'a bucket that S3 refuses to create',
    spoil: ({ data }) => {
      Object.assign(resourceOf(data, 'AWS::S3::Bucket', 'Landing'), { DependsOn: [] });
    },
  },
  {
    rule: 'C89b',
    title: 'a full stack',
    spoil: ({ service }) => {
      for (let index = 0; index < 500; index += 1) add(service, `Extra${index}`, 'AWS::SSM::Parameter', {});
    },
  },
  {
    rule: 'C99b',
    title: 'a backup that outlives an erasure',
    spoil: ({ data }) =>
      add(data, 'Plan', 'AWS::Backup::BackupPlan', {
        BackupPlan: { BackupPlanRule: [{ Lifecycle: { DeleteAfterDays: 365 } }] },
      }),
  },
];

/** Every way in which the tests spoil the templates. */
export const breakages: readonly Breakage[] = [
  ...buckets,
  ...lifecycles,
  ...keys,
  ...queues,
  ...functions,
  ...roles,
  ...tables,
  ...apis,
  ...identities,
  ...alarms,
  ...templates,
];
