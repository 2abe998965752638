import { bucketOf, bucketPart, bucketStatements, bucketType, copyOf, isCopy } from './bucket.ts';
import { admits, roleStatements, rolesOf, statements } from './policy-statements.ts';
import { eachResource, type Finding, ofType, type Rule, type RuleInput } from './rule.ts';
import { at, type Json, list, type TemplateResource, thisAccount } from './templates.ts';

/** The buckets that have no copy, and why. */
const withoutCopy: Readonly<Record<string, string>> = {
  landing: 'quarantine: what is good is promoted within minutes, the rest is gone within days',
  scratch: 'opened copies live for a day and must not be in a second place',
  logs: 'access logs are evidence of their own region, and nothing is rebuilt from them',
};

const rulesOf = ({ properties }: TemplateResource): readonly Json[] =>
  list(at(properties['ReplicationConfiguration'], 'Rules'));

/** The buckets that replicate, with their rules. */
const replicated = (input: RuleInput): TemplateResource[] =>
  ofType(input, bucketType).filter((bucket) => rulesOf(bucket).length > 0);

const eachRule = (
  id: string,
  title: string,
  problem: (rule: Json, bucket: TemplateResource, input: RuleInput) => string | undefined | false,
): Rule => ({
  id,
  title,
  check: (input) =>
    replicated(input).flatMap((bucket) =>
      rulesOf(bucket).flatMap((rule): Finding[] => {
        const message = problem(rule, bucket, input);
        return typeof message === 'string'
          ? [{ resource: bucket, message: `rule ${String(at(rule, 'Id') ?? '?')}: ${message}` }]
          : [];
      }),
    ),
});

const hasCopy = eachResource('C21b', 'a bucket with data has a copy', bucketType, (bucket, input) => {
  const part = bucketPart(bucket, input);
  if (isCopy(bucket, input) || (part !== undefined && part in withoutCopy)) {
    return rulesOf(bucket).length > 0 && 'it must not be replicated';
  }
  return (
    !rulesOf(bucket).some((rule) => at(rule, 'Status') === 'Enabled') &&
    'ReplicationConfiguration must have an enabled rule; a bucket without a copy is named in lib/rules with its reason'
  );
});

const copiesEveryClass: Rule = {
  id: 'C21c',
  title: 'replication covers what the classes say and what is Mediakeep’s own, and nothing else',
  check: (input) => {
    const vault = bucketOf(input, 'vault');
    if (vault === undefined) return [];
    const wanted = [
      ...input.dataClasses.filter(({ replicate }) => replicate).map(({ prefix }) => prefix),
      'facts/',
      'journal/',
      'packs/',
    ];
    const found = rulesOf(vault)
      .filter((rule) => at(rule, 'Status') === 'Enabled')
      .map((rule) => String(at(rule, 'Filter', 'Prefix')));
    const missing = wanted.filter((prefix) => !found.includes(prefix)).map((prefix) => `${prefix} must be replicated`);
    const excess = found.filter((prefix) => !wanted.includes(prefix)).map((prefix) => `${prefix} is not to be copied`);
    return [...missing, ...excess].map((message) => ({ resource: vault, message }));
  },
};

const selectsEncrypted = eachRule(
  'C22',
  'replication selects what is encrypted with KMS',
  (rule) =>
    at(rule, 'SourceSelectionCriteria', 'SseKmsEncryptedObjects', 'Status') !== 'Enabled' &&
    'SseKmsEncryptedObjects must be Enabled, or nothing is copied',
);

const usesKeyOfDestination = eachRule(
  'C23',
  'copies are encrypted with the key of their own region',
  (rule, bucket, input) => {
    const { secondRegion } = input.deployment;
    const key = String(at(rule, 'Destination', 'EncryptionConfiguration', 'ReplicaKmsKeyID') ?? '');
    const prefix = `arn:aws:kms:${secondRegion}:${thisAccount}:`;
    if (!key.startsWith(prefix)) return `ReplicaKmsKeyID must be in ${secondRegion}`;
    const alias = ofType(input, 'AWS::KMS::Alias').find(
      (candidate) => candidate.properties['AliasName'] === key.slice(prefix.length),
    );
    const copy = copyOf(input, bucketPart(bucket, input) ?? '');
    const own = list(at(copy?.properties['BucketEncryption'], 'ServerSideEncryptionConfiguration'))[0];
    const wanted = at(own, 'ServerSideEncryptionByDefault', 'KMSMasterKeyID');
    return (
      (alias === undefined || alias.properties['TargetKeyId'] !== wanted) &&
      'ReplicaKmsKeyID must be the alias of the key that the copy itself encrypts with'
    );
  },
);

const decidesOnMarkers = eachRule(
  'C24',
  'replication says what becomes of delete markers',
  (rule) =>
    !['Enabled', 'Disabled'].includes(String(at(rule, 'DeleteMarkerReplication', 'Status'))) &&
    'DeleteMarkerReplication must be explicit',
);

const isTimed = eachRule('C25', 'replication is measured and bound to a time', (rule) => {
  const destination = at(rule, 'Destination');
  const blocks = [
    ['ReplicationTime', 'Time'],
    ['Metrics', 'EventThreshold'],
  ] as const;
  const missing = blocks.filter(
    ([block, time]) => at(destination, block, 'Status') !== 'Enabled' || at(destination, block, time, 'Minutes') !== 15,
  );
  return missing.length > 0 && `${missing.map(([block]) => block).join(' and ')} must be Enabled with 15 minutes`;
});

const isOneWay = eachRule(
  'C26',
  'nothing that is changed on a copy flows back, and it stays with its owner',
  (rule) => {
    if (at(rule, 'SourceSelectionCriteria', 'ReplicaModifications', 'Status') !== 'Disabled')
      return 'ReplicaModifications must be Disabled';
    const override = at(rule, 'Destination', 'AccessControlTranslation') ?? at(rule, 'Destination', 'Account');
    return override !== undefined && 'copies belong to the owner of their bucket, which needs no translation';
  },
);

const destinationIsAsSafe = eachRule(
  'C27',
  'the destination of replication is as safe as its source',
  (rule, bucket, input) => {
    const part = bucketPart(bucket, input) ?? '';
    const copy = copyOf(input, part);
    const name = String(bucket.properties['BucketName']).replace(`\${${'AWS::Region'}}`, input.deployment.secondRegion);
    if (copy === undefined || at(rule, 'Destination', 'Bucket') !== `arn:aws:s3:::${name}`)
      return `Destination must be arn:aws:s3:::${name}, and it must exist`;
    const { properties } = copy;
    if (at(properties['VersioningConfiguration'], 'Status') !== 'Enabled') return 'the destination must keep versions';
    if (properties['ObjectLockEnabled'] !== true) return 'the destination must carry Object Lock';
    if (at(properties['PublicAccessBlockConfiguration'], 'RestrictPublicBuckets') !== true)
      return 'the destination must block public access';
    return bucketStatements(copy, input).length === 0 && 'the destination must refuse plain HTTP';
  },
);

/** What copying takes where objects are locked, tagged and encrypted, and not more. */
const replicationActions = [
  'kms:Decrypt',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  's3:GetObjectLegalHold',
  's3:GetObjectRetention',
  's3:GetObjectVersionAcl',
  's3:GetObjectVersionForReplication',
  's3:GetObjectVersionTagging',
  's3:GetReplicationConfiguration',
  's3:ListBucket',
  's3:ReplicateDelete',
  's3:ReplicateObject',
  's3:ReplicateTags',
];

const roleIsExact: Rule = {
  id: 'C28',
  title: 'the role of replication may copy and nothing else, and S3 alone takes it for these buckets',
  check: (input) => {
    const buckets = replicated(input);
    const arns = new Set(buckets.map((bucket) => String(at(bucket.properties['ReplicationConfiguration'], 'Role'))));
    return [...arns].flatMap((arn) => {
      const role = ofType(input, 'AWS::IAM::Role').find(({ id }) => arn === `\${${id}.Arn}`);
      if (role === undefined) return buckets.map((resource) => ({ resource, message: `there is no role ${arn}` }));
      return roleProblems(role, buckets, input).map((message) => ({ resource: role, message }));
    });
  },
};

const roleProblems = (role: TemplateResource, buckets: readonly TemplateResource[], input: RuleInput): string[] => {
  const own = roleStatements(input).filter((statement) => rolesOf(statement).includes(role.id));
  const actions = own.flatMap((statement) => statement.actions);
  const names = buckets.map((bucket) => String(bucket.properties['BucketName']));
  const known = names.flatMap((name) => [name, name.replace(`\${${'AWS::Region'}}`, input.deployment.secondRegion)]);
  const stranger = own
    .flatMap(({ resources }) => resources)
    .find(
      (arn) =>
        arn.startsWith('arn:aws:s3:::') && !known.includes(arn.slice('arn:aws:s3:::'.length).split('/')[0] ?? ''),
    );
  const loose = own.find(
    ({ actions: some, conditions }) =>
      some.some((action) => admits(action, 'kms:Encrypt')) &&
      conditions['ForAnyValue:StringEquals']?.['kms:ResourceAliases'] === undefined,
  );
  const trust = statements(role, role.properties['AssumeRolePolicyDocument']);
  const trusted = trust.every(
    ({ principals, conditions }) =>
      principals.every((name) => name === 'service:s3.amazonaws.com') &&
      conditions['ArnEquals']?.['aws:SourceArn'] !== undefined,
  );
  return [
    ...actions.filter((action) => !replicationActions.includes(action)).map((action) => `${action} is not needed`),
    ...replicationActions.filter((action) => !actions.includes(action)).map((action) => `${action} is missing`),
    ...(stranger === undefined ? [] : [`${stranger} is not replicated`]),
    ...(loose === undefined ? [] : [`${loose.sid} must name the key by kms:ResourceAliases`]),
    ...(trusted ? [] : ['only S3 may take it, for the buckets that replicate']),
  ];
};

const neverOverlaps: Rule = {
  id: 'C29',
  title: 'replication rules exclude each other, have priorities of their own and lead into no circle',
  check: (input) =>
    replicated(input).flatMap((bucket) => {
      const rules = rulesOf(bucket);
      const priorities = rules.map((rule) => at(rule, 'Priority'));
      const messages: string[] = [];
      if (priorities.includes(undefined) || new Set(priorities).size !== priorities.length)
        messages.push('every rule needs a priority of its own');
      const prefixes = rules.map((rule) => String(at(rule, 'Filter', 'Prefix') ?? ''));
      const overlap = prefixes.find((prefix, index) =>
        prefixes.some((other, position) => position !== index && other.startsWith(prefix)),
      );
      if (overlap !== undefined) messages.push(`the prefix ${overlap || '(all)'} overlaps another`);
      const targets = rules.map((rule) => String(at(rule, 'Destination', 'Bucket')));
      const home = String(bucket.properties['BucketName']);
      if (targets.some((target) => target === `arn:aws:s3:::${home}`)) messages.push('it replicates into itself');
      return messages.map((message) => ({ resource: bucket, message }));
    }),
};

/** Rules over the copies in the second region. */
export const replicationRules: readonly Rule[] = [
  hasCopy,
  copiesEveryClass,
  selectsEncrypted,
  usesKeyOfDestination,
  decidesOnMarkers,
  isTimed,
  isOneWay,
  destinationIsAsSafe,
  roleIsExact,
  neverOverlaps,
];
