import { amount } from '../amount.ts';

/** A resource of a deployed stack. */
export interface StackResource {
  readonly stackName: string;
  readonly region: string;
  readonly type: string;
  /** Its physical name. */
  readonly name: string;
  /** Its stack is told to keep it. */
  readonly retained: boolean;
}

/** What forbids a deletion to everybody, and for how long. */
export interface Locks {
  /** Default retention of the audit buckets, by bucket: `COMPLIANCE 400`. */
  readonly auditLocks: Readonly<Record<string, string>>;
  /** By region: undefined where the vault's lock can still be taken off. */
  readonly vaultLockFinal: Readonly<Record<string, string>>;
  /** The one table that can be made anew from the vault. */
  readonly catalogTable: string;
}

/** Something that is there after the stacks are gone. */
export interface Kept {
  readonly name: string;
  readonly type: string;
  readonly region: string;
  readonly why: string;
  /** When it could be deleted, in words. */
  readonly until: string;
  readonly cost: string;
  /** How the next deployment gets it. */
  readonly adopt: string;
}

/** What a deletion of the stacks does. */
export interface DestroyPlan {
  /** In the order of their deletion. */
  readonly stacks: readonly string[];
  readonly kept: readonly Kept[];
  /** Resources that hold data and would go with their stack. */
  readonly lost: readonly StackResource[];
}

const costs: Readonly<Record<string, string>> = {
  'AWS::S3::Bucket': 'its storage, as now; lifecycle rules and replication go on',
  'AWS::DynamoDB::GlobalTable': 'its storage and point-in-time recovery, as now',
  'AWS::DynamoDB::Table': 'its storage and point-in-time recovery, as now',
  'AWS::KMS::Key': '1 USD a month, and more for each year of rotation',
  'AWS::Backup::BackupVault': 'its recovery points, until each ends by itself',
  'AWS::Cognito::UserPool': 'nothing while nobody signs in',
  'AWS::Logs::LogGroup': 'its storage, until the logs end by themselves',
};

const byName = 'by its name, with --import-existing-resources';
const byImport = 'its name is generated: npx cdk import, before anything else is deployed';

/** CloudFormation adopts by itself only what the template names. */
const adoptions: Readonly<Record<string, string>> = {
  'AWS::S3::Bucket': byName,
  'AWS::Backup::BackupVault': byName,
  'AWS::DynamoDB::GlobalTable': `${byImport}; without it sealed content can never be read`,
  'AWS::DynamoDB::Table': `${byImport}; without it sealed content can never be read`,
  'AWS::KMS::Key': `${byImport}; or a new key: what is there stays readable by the old one`,
};

/** Kept, but neither data nor anything that costs: versions of functions, policies, aliases. */
const isWorthNaming = ({ type }: StackResource): boolean => Object.hasOwn(costs, type);

const holdsData: readonly string[] = [
  'AWS::S3::Bucket',
  'AWS::DynamoDB::GlobalTable',
  'AWS::DynamoDB::Table',
  'AWS::Cognito::UserPool',
  'AWS::Backup::BackupVault',
];

/** Says what goes, what stays, until when, why and what it costs. Work goes before data, and the home region before the copy. */
export const destroyPlan = (resources: readonly StackResource[], locks: Locks): DestroyPlan => ({
  stacks: deletionOrder([...new Set(resources.map(({ stackName }) => stackName))]),
  kept: resources.filter((resource) => resource.retained && isWorthNaming(resource)).map((one) => keptOf(one, locks)),
  // What a failover made holds nothing that the second region's own stack does not.
  lost: resources.filter(
    ({ retained, type, stackName }) => !retained && holdsData.includes(type) && !stackName.endsWith('-standby'),
  ),
});

const order = ['standby', 'service', 'data', 'replica'];

/** What needs another stack goes before it. */
export const deletionOrder = (stackNames: readonly string[]): readonly string[] =>
  order.flatMap((part) => stackNames.filter((name) => name.endsWith(`-${part}`)));

const keptOf = ({ name, type, region }: StackResource, { auditLocks, vaultLockFinal, catalogTable }: Locks): Kept => {
  const rebuilt = `${byImport}; or a new table: mediakeep rebuild-catalog`;
  const adopt = name === catalogTable ? rebuilt : (adoptions[type] ?? byImport);
  const kept = { name, type, region, cost: costs[type] ?? '', adopt };
  const lock = auditLocks[name];
  if (lock?.startsWith('COMPLIANCE')) {
    const days = lock.split(' ')[1] ?? '';
    const until = `${amount(Number(days), 'day')} after its youngest segment was written`;
    return { ...kept, why: 'Object Lock in compliance mode: nobody can delete its segments', until };
  }
  const final = vaultLockFinal[region];
  if (type === 'AWS::Backup::BackupVault' && final !== undefined) {
    const until = 'the end of its last recovery point';
    return { ...kept, why: `a vault lock that is final from ${final}: nobody can delete its recovery points`, until };
  }
  if (type === 'AWS::KMS::Key') {
    const until = 'what it encrypts is gone; then 30 days more';
    return { ...kept, why: 'retained: without it nothing that it encrypted can ever be read', until };
  }
  return { ...kept, why: 'retained (`retainData`)', until: 'you delete it' };
};
