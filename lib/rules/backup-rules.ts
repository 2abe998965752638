import { days } from '../../core/time.ts';
import { bucketOf } from './bucket.ts';
import { statements } from './policy-statements.ts';
import { eachResource, type Finding, ofType, type Rule, type RuleInput } from './rule.ts';
import { at, type Json, list, type TemplateResource } from './templates.ts';

const vaultType = 'AWS::Backup::BackupVault';
const planType = 'AWS::Backup::BackupPlan';
const selectionType = 'AWS::Backup::BackupSelection';

/** The parts that backups take, by what a selection calls them. */
const partsOf = (input: RuleInput): ReadonlyMap<string, string> => {
  const bucketName = (part: string) => String(bucketOf(input, part)?.properties['BucketName'] ?? part);
  const tables = ofType(input, ['AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table']);
  return new Map([
    ...['vault', 'audit', 'landing', 'scratch', 'logs'].map(
      (part) => [`arn:aws:s3:::${bucketName(part)}`, part] as const,
    ),
    ...tables.map(
      ({ id, type }) => [`\${${id}.Arn}`, type === 'AWS::DynamoDB::GlobalTable' ? 'catalog' : 'subject-keys'] as const,
    ),
  ]);
};

const selected = (selection: TemplateResource, parts: ReadonlyMap<string, string>): string[] =>
  list(at(selection.properties['BackupSelection'], 'Resources')).map(
    (arn) => parts.get(String(arn)) ?? `unknown ${String(arn)}`,
  );

const rulesOf = (plan: TemplateResource): readonly Json[] => list(at(plan.properties['BackupPlan'], 'BackupPlanRule'));

/** What a plan takes, over all its selections. */
const takenBy = (plan: TemplateResource, input: RuleInput): string[] => {
  const parts = partsOf(input);
  return ofType(input, selectionType)
    .filter(({ properties }) => String(properties['BackupPlanId']).includes(plan.id))
    .flatMap((selection) => selected(selection, parts));
};

const wanted = ['vault', 'audit', 'catalog'];

const takesWhatIsPrecious: Rule = {
  id: 'C66',
  title: 'vault, audit and catalog are backed up every day, the subjects’ keys and what is temporary never',
  check: (input) => {
    const plans = ofType(input, planType);
    const taken = new Set(plans.flatMap((plan) => takenBy(plan, input)));
    const missing = wanted.filter((part) => !taken.has(part));
    const needless = [...taken].filter((part) => !wanted.includes(part));
    const [resource] = [...plans, ...ofType(input, 'AWS::DynamoDB::GlobalTable')];
    if (resource === undefined || missing.length + needless.length === 0) return [];
    const message = [
      ...missing.map((part) => `${part} must be selected`),
      ...needless.map((part) => `${part} must not be selected`),
    ].join(', ');
    return [{ resource, message }];
  },
};

const hasOwnKey = eachResource(
  'C68',
  'a backup vault has a customer key',
  vaultType,
  ({ properties }) => properties['EncryptionKeyArn'] === undefined && 'EncryptionKeyArn must be set',
);

const isLocked = eachResource('C69', 'a backup vault is locked as the deployer says', vaultType, (vault, input) => {
  const lock = vault.properties['LockConfiguration'];
  if (lock === undefined) return 'LockConfiguration must be set';
  const { backupLock } = input.deployment;
  return (
    at(lock, 'ChangeableForDays') !== backupLock &&
    `ChangeableForDays must be ${backupLock === undefined ? 'absent' : String(backupLock)} (\`backupLock\`)`
  );
});

const fitsTheLock: Rule = {
  id: 'C70',
  title: 'what a plan keeps is within what its vault admits, and cold for 90 days at least',
  check: (input) => {
    const locks = ofType(input, vaultType).map(({ properties }) => properties['LockConfiguration']);
    const least = Math.max(...locks.map((lock) => Number(at(lock, 'MinRetentionDays') ?? 1)));
    const most = Math.min(...locks.map((lock) => Number(at(lock, 'MaxRetentionDays') ?? Number.POSITIVE_INFINITY)));
    return ofType(input, planType).flatMap((resource) =>
      rulesOf(resource)
        .map((rule) => lifecycleProblem(rule, least, most))
        .filter((message) => message !== undefined)
        .map((message): Finding => ({ resource, message })),
    );
  },
};

const lifecycleProblem = (rule: Json, least: number, most: number): string | undefined => {
  const name = String(at(rule, 'RuleName'));
  const kept = Number(at(rule, 'Lifecycle', 'DeleteAfterDays'));
  if (!(kept >= least && kept <= most)) return `${name}: DeleteAfterDays must lie between ${least} and ${most}`;
  const cold = at(rule, 'Lifecycle', 'MoveToColdStorageAfterDays');
  if (cold !== undefined && kept < Number(cold) + 90) return `${name}: it must stay cold for 90 days at least`;
  return undefined;
};

const isCopied: Rule = {
  id: 'C71',
  title: 'periodic backups within the deadline are copied to the second region',
  check: (input) =>
    ofType(input, planType).flatMap((resource) =>
      rulesOf(resource)
        .filter((rule) => at(rule, 'EnableContinuousBackup') !== true && !isLong(rule, input))
        .filter(
          (rule) =>
            !list(at(rule, 'CopyActions')).some((copy) =>
              String(at(copy, 'DestinationBackupVaultArn')).startsWith(
                `arn:aws:backup:${input.deployment.secondRegion}:`,
              ),
            ),
        )
        .map((rule) => ({ resource, message: `${String(at(rule, 'RuleName'))} must have a copy action` })),
    ),
};

const isLong = (rule: Json, { deployment }: RuleInput): boolean =>
  !(Number(at(rule, 'Lifecycle', 'DeleteAfterDays')) <= deployment.erasureDeadline / days(1));

const isTested: Rule = {
  id: 'C72',
  title: 'restores are tested by AWS Backup, table and bucket, and a function judges them',
  check: (input) => {
    const [vault] = ofType(input, vaultType);
    if (vault === undefined) return [];
    const selections = ofType(input, 'AWS::Backup::RestoreTestingSelection');
    const missing = ['DynamoDB', 'S3'].filter(
      (type) => !selections.some(({ properties }) => properties['ProtectedResourceType'] === type),
    );
    const judged = ofType(input, 'AWS::Events::Rule').some(
      ({ properties }) =>
        JSON.stringify(properties['EventPattern'] ?? '').includes('restoreTestingPlanArn') &&
        list(properties['Targets']).length > 0,
    );
    return [
      ...missing.map((type) => ({ resource: vault, message: `a restore testing selection of ${type} must exist` })),
      ...(judged ? [] : [{ resource: vault, message: 'an event rule must hand restored resources to a validator' }]),
    ];
  },
};

const refusesDeletion = eachResource('C73', 'a backup vault refuses deletion', vaultType, (vault) => {
  const denied = statements(vault, vault.properties['AccessPolicy']).some(
    ({ effect, actions, principals, conditions }) =>
      effect === 'Deny' &&
      principals.includes('*') &&
      actions.includes('backup:DeleteRecoveryPoint') &&
      Object.keys(conditions).length === 0,
  );
  return !denied && 'AccessPolicy must deny backup:DeleteRecoveryPoint to everybody';
});

/** The catalog's rows and the objects of these classes speak of people in clear; the audit never does. */
const holdsPeopleInClear = (part: string, { dataClasses }: RuleInput): boolean =>
  part !== 'audit' && (part !== 'vault' || dataClasses.some(({ subjects, seal }) => subjects && !seal));

const forgetsInTime: Rule = {
  id: 'C99b',
  title: 'no backup of people in clear outlives the erasure deadline',
  check: (input) =>
    ofType(input, planType).flatMap((resource) => {
      const late = rulesOf(resource).filter((rule) => isLong(rule, input));
      const open = takenBy(resource, input).filter((part) => holdsPeopleInClear(part, input));
      if (late.length === 0 || open.length === 0) return [];
      const limit = input.deployment.erasureDeadline / days(1);
      return [
        {
          resource,
          message: `${late.map((rule) => String(at(rule, 'RuleName'))).join(', ')} keeps ${open.join(', ')} for more than ${limit} days (\`erasureDeadline\`); seal every class with data subjects, or take the part out of \`longBackups\``,
        },
      ];
    }),
};

/** Rules over backups and restore tests. */
export const backupRules: readonly Rule[] = [
  takesWhatIsPrecious,
  hasOwnKey,
  isLocked,
  fitsTheLock,
  isCopied,
  isTested,
  refusesDeletion,
  forgetsInTime,
];
