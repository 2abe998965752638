import { admits, roleStatements, rolesOf, type Statement, statements } from './policy-statements.ts';
import { eachResource, type Finding, isDerived, type Rule, type RuleInput } from './rule.ts';
import { type TemplateResource, thisAccount } from './templates.ts';

/** What only named roles may do: it destroys evidence, weakens a lock or opens a bucket. */
const breakGlass = [
  's3:BypassGovernanceRetention',
  's3:PutObjectLegalHold',
  's3:PutBucketPolicy',
  's3:DeleteObjectVersion',
  'backup:DeleteRecoveryPoint',
  'kms:ScheduleKeyDeletion',
];

interface Exception {
  readonly action: string;
  /** What the logical id of the role begins with. */
  readonly role: string;
  /** The only bucket, by its part. */
  readonly bucket: string;
  /** Its copy in the second region. @default the home region's own */
  readonly isCopy?: true;
  readonly reason: string;
}

/** The roles that may do one of these, where, and why. */
const exceptions: readonly Exception[] = [
  {
    action: 's3:DeleteObjectVersion',
    role: 'Recover',
    bucket: 'vault',
    reason: 'a drill loses its own markers, to see whether backups bring them back',
  },
  {
    action: 's3:DeleteObjectVersion',
    role: 'Recover',
    bucket: 'vault',
    isCopy: true,
    reason: 'a drill loses the copies of its markers too',
  },
  {
    action: 's3:DeleteObjectVersion',
    role: 'Recover',
    bucket: 'scratch',
    reason: 'what a backup brought into isolation goes when it has been compared',
  },
  {
    action: 's3:DeleteObjectVersion',
    role: 'Intake',
    bucket: 'landing',
    reason: 'what has been promoted leaves the quarantine at once',
  },
  {
    action: 's3:DeleteObjectVersion',
    role: 'Undelete',
    bucket: 'vault',
    reason: 'a deleted object comes back by the removal of its delete marker',
  },
  {
    action: 's3:DeleteObjectVersion',
    role: 'Archive',
    bucket: 'vault',
    reason:
      'what a pack holds leaves its own key after the pack was read back, and a rewritten pack leaves the old one',
  },
  {
    action: 's3:PutObjectLegalHold',
    role: 'Hold',
    bucket: 'vault',
    reason: 'a legal hold that a manager places has to protect the bytes, and to let them go when it has ended',
  },
  {
    action: 's3:DeleteObjectVersion',
    role: 'Sweep',
    bucket: 'vault',
    reason: 'what was made for a day and what an administrator purges goes by version',
  },
  {
    action: 's3:DeleteObjectVersion',
    role: 'Sweep',
    bucket: 'vault',
    isCopy: true,
    reason: 'S3 replicates no deletion of a version, so what was deleted for good is deleted in both regions',
  },
  {
    action: 's3:DeleteObjectVersion',
    role: 'Sweep',
    bucket: 'scratch',
    reason: 'scratch is emptied by version after a day',
  },
];

/** Actions that know no resource. */
const withoutResource = [
  'backup:DescribeRestoreJob',
  'backup:PutRestoreValidationResult',
  'cloudwatch:GetMetricData',
  'cloudwatch:PutMetricData',
  'dynamodb:ListStreams',
  's3:CreateJob',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

const allowed = (input: RuleInput): Statement[] => roleStatements(input).filter(({ effect }) => effect === 'Allow');

const each = (
  id: string,
  title: string,
  problem: (statement: Statement, input: RuleInput) => readonly string[],
): Rule => ({
  id,
  title,
  check: (input) =>
    allowed(input).flatMap((statement) =>
      problem(statement, input).map((message): Finding => ({ resource: statement.owner, message })),
    ),
});

const namesActions = each('C50b', 'a role lists exact actions', ({ actions }) =>
  actions.filter((action) => action.includes('*')).map((action) => `${action} must be spelled out`),
);

const namesResources = each('C50c', 'a role lists exact resources', ({ actions, resources }) =>
  resources.includes('*') && actions.some((action) => !withoutResource.includes(action))
    ? [`${actions.join(', ')} must name resources`]
    : [],
);

/** The role that members of the account read in while sign-in is lost with its region; it may call one API and nothing else. */
const isReader = (role: TemplateResource, input: RuleInput): boolean =>
  isDerived(role, input) && role.logicalId.startsWith('Reader');

const trustsNamedServices = eachResource(
  'C55',
  'a role trusts named services, and the one that people read in trusts the account',
  'AWS::IAM::Role',
  (role, input) => {
    const trust = statements(role, role.properties['AssumeRolePolicyDocument']);
    const account = `aws:arn:aws:iam::${thisAccount}:root`;
    const admitted = (name: string) => name.startsWith('service:') || (isReader(role, input) && name === account);
    const stranger = trust.flatMap(({ principals }) => principals).find((name) => !admitted(name));
    return stranger !== undefined && `trusts ${stranger}`;
  },
);

const staysInBounds = eachResource(
  'C56',
  'a role has the permissions boundary',
  'AWS::IAM::Role',
  ({ properties }) => properties['PermissionsBoundary'] === undefined && 'PermissionsBoundary must be set',
);

const breaksNoGlass = each('C57', 'only named roles may destroy or unlock', (statement, { deployment }) => {
  const dangerous = breakGlass.filter((action) => statement.actions.some((pattern) => admits(pattern, action)));
  // A statement may name several buckets, and each needs its own reason.
  const admitted = (action: string) =>
    rolesOf(statement).every((role) =>
      statement.resources.every((arn) =>
        exceptions.some(
          ({ bucket, isCopy = false, ...exception }) =>
            exception.action === action &&
            role.includes(`/${exception.role}`) &&
            arn.startsWith(`arn:aws:s3:::${deployment.name}-${bucket}-`) &&
            arn.includes(`-${deployment.secondRegion}`) === isCopy,
        ),
      ),
    );
  return dangerous.filter((action) => !admitted(action)).map((action) => `${action} is not for this role`);
});

/**
 * Recovery hands AWS Backup the role in which it restores, the scrub hands S3 the one in which it reads what is large;
 * nothing else is handed to anybody.
 */
const handedOver: Readonly<Record<string, string>> = {
  'backup.amazonaws.com': '/Recover',
  'batchoperations.s3.amazonaws.com': '/Reconcile',
};

const passesKnownRole = (statement: Statement): boolean => {
  const holder = handedOver[String(statement.conditions['StringEquals']?.['iam:PassedToService'])];
  return (
    holder !== undefined &&
    statement.resources.every((arn) => !arn.includes('*')) &&
    rolesOf(statement).every((role) => role.includes(holder))
  );
};

const passesNoRole = each('C59', 'no role passes roles, but two functions one each to one service', (statement) =>
  statement.actions
    .filter((pattern) => admits(pattern, 'iam:PassRole') && !passesKnownRole(statement))
    .map((pattern) => `${pattern} admits iam:PassRole`),
);

/** Rules over the roles and their policies. */
export const roleRules: readonly Rule[] = [
  namesActions,
  namesResources,
  trustsNamedServices,
  staysInBounds,
  breaksNoGlass,
  passesNoRole,
];
