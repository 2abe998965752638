import { bucketArns, bucketPart, bucketStatements, bucketType, isCopy } from './bucket.ts';
import { admits, resourceStatements, type Statement } from './policy-statements.ts';
import { eachResource, type Rule } from './rule.ts';
import { at, list, record, type TemplateResource, thisAccount } from './templates.ts';

const isPrivate = eachResource(
  'C01',
  'a bucket blocks public access in all four ways',
  bucketType,
  ({ properties }) => {
    const block = record(properties['PublicAccessBlockConfiguration']);
    const open = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'].filter(
      (name) => block[name] !== true,
    );
    return open.length > 0 && `${open.join(', ')} must be true`;
  },
);

const isEncrypted = eachResource(
  'C02',
  'a bucket encrypts with a customer key and a bucket key',
  bucketType,
  (bucket, input) => {
    const rule = list(at(bucket.properties['BucketEncryption'], 'ServerSideEncryptionConfiguration'))[0];
    const algorithm = at(rule, 'ServerSideEncryptionByDefault', 'SSEAlgorithm');
    if (bucketPart(bucket, input) === 'logs') {
      return algorithm !== 'AES256' && 'S3 delivers access logs only into a bucket with SSE-S3';
    }
    const key = at(rule, 'ServerSideEncryptionByDefault', 'KMSMasterKeyID');
    return (
      (algorithm !== 'aws:kms' || key === undefined || at(rule, 'BucketKeyEnabled') !== true) &&
      'SSEAlgorithm must be aws:kms with KMSMasterKeyID and BucketKeyEnabled'
    );
  },
);

const blocksCustomerProvidedKeys = eachResource('C03', 'a bucket refuses SSE-C', bucketType, ({ properties }) => {
  const rule = list(at(properties['BucketEncryption'], 'ServerSideEncryptionConfiguration'))[0];
  const blocked = list(at(rule, 'BlockedEncryptionTypes', 'EncryptionType'));
  return !blocked.includes('SSE-C') && 'BlockedEncryptionTypes must name SSE-C';
});

const ownerOwnsObjects = eachResource('C04', 'a bucket knows no ACLs', bucketType, ({ properties }) => {
  const ownership = at(list(at(properties['OwnershipControls'], 'Rules'))[0], 'ObjectOwnership');
  return (
    (ownership !== 'BucketOwnerEnforced' || properties['AccessControl'] !== undefined) &&
    'ObjectOwnership must be BucketOwnerEnforced, without AccessControl'
  );
});

const isVersioned = eachResource(
  'C05',
  'a bucket keeps versions',
  bucketType,
  ({ properties }) => at(properties['VersioningConfiguration'], 'Status') !== 'Enabled' && 'Versioning must be Enabled',
);

const isLocked = eachResource('C06', 'vault and audit carry Object Lock', bucketType, (bucket, input) => {
  const part = bucketPart(bucket, input);
  if (part !== 'vault' && part !== 'audit') return undefined;
  if (bucket.properties['ObjectLockEnabled'] !== true) return 'ObjectLockEnabled must be true';
  const retention = at(bucket.properties['ObjectLockConfiguration'], 'Rule', 'DefaultRetention');
  if (part === 'vault') return retention !== undefined && 'the vault has no default retention: holds decide';
  const mode = input.deployment.retainData ? 'COMPLIANCE' : 'GOVERNANCE';
  return at(retention, 'Mode') !== mode && `DefaultRetention.Mode of the audit must be ${mode}`;
});

const deniesInsecureTransport = eachResource(
  'C07',
  'a bucket refuses plain HTTP and old TLS',
  bucketType,
  (bucket, input) => {
    const denies = (operator: string, key: string, value: string) =>
      bucketStatements(bucket, input).some(
        (statement) => deniesAll(statement, bucket) && String(statement.conditions[operator]?.[key]) === value,
      );
    if (!denies('Bool', 'aws:SecureTransport', 'false'))
      return 'its policy must deny s3:* without TLS, on bucket and objects';
    return (
      !denies('NumericLessThan', 's3:TlsVersion', '1.2') &&
      'its policy must deny s3:* below TLS 1.2, on bucket and objects'
    );
  },
);

const deniesAll = ({ effect, principals, actions, resources }: Statement, bucket: TemplateResource): boolean => {
  const covers = (suffix: string) => bucketArns(bucket).some((arn) => resources.includes(`${arn}${suffix}`));
  return effect === 'Deny' && principals.includes('*') && actions.includes('s3:*') && covers('') && covers('/*');
};

const account = `arn:aws:iam::${thisAccount}:root`;

const admitsNobodyElse: Rule = {
  id: 'C08',
  title: 'no policy of a resource admits everybody or another account',
  check: (input) =>
    resourceStatements(input)
      .filter(({ effect }) => effect === 'Allow')
      .flatMap(({ owner, sid, principals }) => {
        const strangers = principals.filter((name) => !name.startsWith('service:') && name !== `aws:${account}`);
        return strangers.map((name) => ({ resource: owner, message: `${sid} admits ${name}` }));
      }),
};

const corsIsExact = eachResource('C13', 'CORS of a bucket is exact', bucketType, ({ properties }) => {
  const rules = list(at(properties['CorsConfiguration'], 'CorsRules'));
  const loose = rules.find(
    (rule) =>
      [...list(at(rule, 'AllowedOrigins')), ...list(at(rule, 'AllowedHeaders'))].some((value) =>
        String(value).includes('*'),
      ) ||
      list(at(rule, 'AllowedMethods')).some((method) => !['PUT', 'POST', 'GET'].includes(String(method))) ||
      !(Number(at(rule, 'MaxAge')) <= 600),
  );
  return (
    loose !== undefined && 'CORS rules name origins and headers exactly, only PUT, POST and GET, and live 600 s at most'
  );
});

const isLogged = eachResource('C14', 'access to a bucket is logged', bucketType, (bucket, input) => {
  if (bucketPart(bucket, input) === 'logs') return undefined;
  const target = String(at(bucket.properties['LoggingConfiguration'], 'DestinationBucketName') ?? '');
  return !target.startsWith(`${input.deployment.name}-logs-`) && 'LoggingConfiguration must name the log bucket';
});

const notifiesByItself = eachResource(
  'C18',
  'landing and vault notify their queues themselves',
  bucketType,
  (bucket, input) => {
    const part = bucketPart(bucket, input);
    if (part !== 'landing' && part !== 'vault') return undefined;
    // An event of a copy would be taken for a new asset.
    if (isCopy(bucket, input))
      return bucket.properties['NotificationConfiguration'] !== undefined && 'a copy must notify nobody';
    const configuration = bucket.properties['NotificationConfiguration'];
    if (list(at(configuration, 'QueueConfigurations')).length === 0)
      return 'NotificationConfiguration must name a queue';
    return (
      part === 'vault' &&
      at(configuration, 'EventBridgeConfiguration', 'EventBridgeEnabled') !== true &&
      'EventBridge must be on: AWS Backup needs it and would switch it on behind the template'
    );
  },
);

const hasNoCustomResources: Rule = {
  id: 'C18b',
  title: 'no custom resource configures what has a property of its own',
  check: ({ resources }) =>
    resources
      .filter(({ type }) => type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource')
      .map((resource) => ({ resource, message: `${resource.type} must not exist` })),
};

const vaultTakesCopies: Rule = {
  id: 'C11',
  title: 'the vault does not demand If-None-Match by policy, because promotion copies into it',
  check: (input) =>
    input.resources
      .filter((resource) => resource.type === bucketType && bucketPart(resource, input) === 'vault')
      .filter((bucket) => bucketStatements(bucket, input).some(demandsIfNoneMatch))
      .map((resource) => ({ resource, message: 'a Deny on a missing If-None-Match blocks CopyObject' })),
};

const demandsIfNoneMatch = ({ effect, actions, conditions }: Statement): boolean =>
  effect === 'Deny' &&
  actions.some((action) => admits(action, 's3:PutObject')) &&
  Object.values(conditions).some((keys) => 's3:if-none-match' in keys);

/** Rules over the buckets and their policies. */
export const bucketRules: readonly Rule[] = [
  isPrivate,
  isEncrypted,
  blocksCustomerProvidedKeys,
  ownerOwnsObjects,
  isVersioned,
  isLocked,
  deniesInsecureTransport,
  admitsNobodyElse,
  vaultTakesCopies,
  corsIsExact,
  isLogged,
  notifiesByItself,
  hasNoCustomResources,
];
