import { bucketOf } from './bucket.ts';
import { admits, resourceStatements, type Statement } from './policy-statements.ts';
import { eachResource, ofType, type Rule, type RuleInput } from './rule.ts';
import { at, type Json, list } from './templates.ts';

const keyType = 'AWS::KMS::Key';

const rotates = eachResource('C30', 'an encryption key rotates', keyType, ({ properties }) => {
  const isMac = String(properties['KeySpec'] ?? '').startsWith('HMAC');
  return !isMac && properties['EnableKeyRotation'] !== true && 'EnableKeyRotation must be true';
});

const keyStatements = (input: RuleInput): Statement[] =>
  resourceStatements(input, keyType).filter(({ effect }) => effect === 'Allow');

const findings = (id: string, title: string, message: string, isWrong: (statement: Statement) => boolean): Rule => ({
  id,
  title,
  check: (input) =>
    keyStatements(input)
      .filter(isWrong)
      .map(({ owner, sid }) => ({ resource: owner, message: `${sid}: ${message}` })),
});

const admitsNobodyUnconditionally = findings(
  'C31',
  'no key admits everybody',
  'a key policy names who it admits',
  ({ principals }) => principals.includes('*'),
);

const waitsBeforeDeletion = eachResource(
  'C32',
  'a key can be saved for 30 days after somebody deleted it',
  keyType,
  ({ properties }) => properties['PendingWindowInDays'] !== 30 && 'PendingWindowInDays must be 30',
);

const decrypts = ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:GenerateMac'];

const separatesDuties = findings(
  'C33',
  'no statement lets one principal use a key and delete it',
  'administration and use stand in separate statements',
  ({ actions }) =>
    actions.some((action) => admits(action, 'kms:ScheduleKeyDeletion')) &&
    actions.some((action) => decrypts.some((use) => admits(action, use))),
);

const isBoundToItsUse = findings(
  'C34',
  'a key is used through named services, for this account',
  'Decrypt needs kms:ViaService, aws:SourceAccount or the encryption context of the log group',
  ({ actions, conditions }) => {
    if (!actions.some((action) => admits(action, 'kms:Decrypt'))) return false;
    const keys = Object.entries(conditions).flatMap(([, values]) => Object.keys(values));
    return !['kms:ViaService', 'aws:SourceAccount', 'kms:EncryptionContext:aws:logs:arn'].some((key) =>
      keys.includes(key),
    );
  },
);

/** Things that must not open with one key, each with the property that names its key. */
const circles = (input: RuleInput): Readonly<Record<string, Json | undefined>> => {
  const bucketKey = (part: string) => {
    const rules = at(bucketOf(input, part)?.properties['BucketEncryption'], 'ServerSideEncryptionConfiguration');
    return at(list(rules)[0], 'ServerSideEncryptionByDefault', 'KMSMasterKeyID');
  };
  const [subjectKeys] = ofType(input, 'AWS::DynamoDB::Table');
  const [queue] = ofType(input, 'AWS::SQS::Queue');
  return {
    vault: bucketKey('vault'),
    audit: bucketKey('audit'),
    'subject-keys': at(subjectKeys?.properties['SSESpecification'], 'KMSMasterKeyId'),
    queues: queue?.properties['KmsMasterKeyId'],
  };
};

const circlesAreSeparate: Rule = {
  id: 'C35',
  title: 'content, audit, subjects and messages have keys of their own',
  check: (input) => {
    const seen = Object.entries(circles(input));
    return ofType(input, keyType).flatMap((resource) => {
      const shared = seen.filter(([, key]) => key === `\${${resource.id}.Arn}`).map(([name]) => name);
      return shared.length > 1 ? [{ resource, message: `${shared.join(' and ')} share it` }] : [];
    });
  },
};

const staysInItsRegion = eachResource(
  'C36',
  'a key stays in its region',
  keyType,
  ({ properties }) => properties['MultiRegion'] === true && 'S3 treats a multi-region key as a single-region one',
);

/** Rules over the keys. */
export const keyRules: readonly Rule[] = [
  rotates,
  admitsNobodyUnconditionally,
  waitsBeforeDeletion,
  separatesDuties,
  isBoundToItsUse,
  circlesAreSeparate,
  staysInItsRegion,
];
