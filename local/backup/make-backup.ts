import { days, utcDay } from '../../core/time.ts';
import { invalidParameter, invalidRequest } from './catalogue.ts';
import { endJob, keepJob } from './job-events.ts';
import type { CopyAction, Job, Lifecycle, RecoveryPoint, ResourceType, Vault } from './model.ts';
import type { BackupParts } from './parts.ts';
import { requireBackupRights, requireRight } from './role-rights.ts';

/** A backup that somebody or a plan wants. */
export interface WantedBackup {
  readonly vault: Vault;
  readonly resourceArn: string;
  readonly roleArn: string;
  readonly lifecycle: Lifecycle;
  readonly continuous?: boolean;
  /** The instant that it is to hold. @default now */
  readonly atMs?: number;
  readonly planId?: string;
  readonly ruleName?: string;
}

/** `S3` or `DynamoDB`, of which only things exist here; throws for any other ARN. */
export const resourceTypeOf = (arn: string): ResourceType => {
  if (arn.startsWith('arn:aws:s3:::')) return 'S3';
  if (arn.startsWith('arn:aws:dynamodb:')) return 'DynamoDB';
  throw invalidParameter(`The embedded platform backs up buckets and tables; ${arn} is neither.`);
};

/** Backs a resource up: nothing is copied, the instant is noted, and from then on kept. */
export const makeBackup = async (parts: BackupParts, wanted: WantedBackup): Promise<Job> => {
  const { vault, resourceArn, roleArn, lifecycle } = wanted;
  const atMs = wanted.atMs ?? parts.clock.now();
  const resourceType = resourceTypeOf(resourceArn);
  const job: Job = {
    id: parts.newId(),
    kind: 'backup',
    region: vault.region,
    state: 'RUNNING',
    createdMs: atMs,
    resourceArn,
    resourceType,
    roleArn,
    vaultArn: vault.arn,
    ...(wanted.planId !== undefined && { planId: wanted.planId }),
    ...(wanted.ruleName !== undefined && { ruleName: wanted.ruleName }),
  };
  try {
    requireWithinLock(vault, lifecycle);
    requireBackupRights(parts, { roleArn, region: vault.region }, { resourceArn, resourceType });
    const point = resourceType === 'S3' ? backUpBucket(parts, wanted, atMs) : await backUpTable(parts, wanted, atMs);
    parts.store.putPoint(point);
    return endJob(parts, job, { recoveryPointArn: point.arn, bytes: point.bytes });
  } catch (error) {
    return endJob(parts, job, { error });
  }
};

const backUpBucket = (parts: BackupParts, wanted: WantedBackup, atMs: number): RecoveryPoint => {
  const bucket = parts.buckets.find(wanted.resourceArn);
  if (bucket === undefined) throw invalidRequest(`There is no bucket ${wanted.resourceArn}.`);
  if (bucket.region !== wanted.vault.region) throw invalidRequest(`The bucket ${bucket.name} is in ${bucket.region}.`);
  if (bucket.configuration.versioning !== 'Enabled')
    throw invalidRequest(`The bucket ${bucket.name} has no versioning.`);
  parts.buckets.watch(bucket);
  const continuous = wanted.continuous === true ? existingContinuous(parts, wanted) : undefined;
  if (continuous !== undefined) return { ...continuous, lifecycle: wanted.lifecycle };
  const bytes = parts.buckets.bytesAt(bucket, atMs);
  const name = wanted.continuous === true ? `continuous:${bucket.name}` : `${bucket.name}-${utcDay(atMs)}`;
  return newPoint(parts, wanted, { name: `${name}-${parts.newId().slice(0, 8)}`, atMs, bytes });
};

const existingContinuous = ({ store }: BackupParts, { vault, resourceArn }: WantedBackup): RecoveryPoint | undefined =>
  store
    .points()
    .find((point) => point.continuous && point.resourceArn === resourceArn && point.region === vault.region);

const backUpTable = async (parts: BackupParts, wanted: WantedBackup, atMs: number): Promise<RecoveryPoint> => {
  const table = parts.tables.find(wanted.resourceArn);
  if (table === undefined) throw invalidRequest(`There is no table ${wanted.resourceArn}.`);
  if (table.region !== wanted.vault.region) throw invalidRequest(`The table ${table.name} is in ${table.region}.`);
  const since = await parts.tables.watch(table);
  // What stood in a table before anybody kept its past cannot be told; the backup is of the moment then.
  return newPoint(
    parts,
    { ...wanted, continuous: false },
    { name: parts.newId(), atMs: Math.max(atMs, since), bytes: 0 },
  );
};

const newPoint = (
  { accountId }: BackupParts,
  { vault, resourceArn, roleArn, lifecycle, continuous = false, planId, ruleName }: WantedBackup,
  { name, atMs, bytes }: { name: string; atMs: number; bytes: number },
): RecoveryPoint => ({
  arn: `arn:aws:backup:${vault.region}:${accountId}:recovery-point:${name}`,
  region: vault.region,
  vaultName: vault.name,
  resourceArn,
  resourceType: resourceTypeOf(resourceArn),
  continuous,
  atMs,
  createdMs: atMs,
  lifecycle,
  roleArn,
  bytes,
  ...(planId !== undefined && { planId }),
  ...(ruleName !== undefined && { ruleName }),
});

/** A locked vault takes nothing that would go too early or stay too long. */
const requireWithinLock = ({ name, lock }: Vault, { deleteAfterDays }: Lifecycle): void => {
  const { minDays = 0, maxDays = Number.POSITIVE_INFINITY } = lock ?? {};
  const kept = deleteAfterDays ?? Number.POSITIVE_INFINITY;
  if (kept >= minDays && kept <= maxDays) return;
  throw invalidParameter(
    `Retention settings of the backup (${deleteAfterDays ?? 'no end'}) do not lie within the minimum (${minDays}) and maximum (${maxDays}) retention of the vault ${name}.`,
  );
};

/** Copies a recovery point into the vault of another region. */
export const copyBackup = (
  parts: BackupParts,
  point: RecoveryPoint,
  { vaultArn, roleArn, ...lifecycle }: CopyAction & { readonly roleArn: string },
): Job => {
  const source = [...parts.catalogue.vaults.values()].find(
    ({ region, name }) => region === point.region && name === point.vaultName,
  );
  const now = parts.clock.now();
  const job: Job = {
    id: parts.newId(),
    kind: 'copy',
    region: point.region,
    state: 'RUNNING',
    createdMs: now,
    resourceArn: point.resourceArn,
    resourceType: point.resourceType,
    roleArn,
    vaultArn,
    bytes: point.bytes,
    ...(source !== undefined && { sourceVaultArn: source.arn }),
  };
  try {
    const target = parts.catalogue.vaults.get(vaultArn);
    if (target === undefined) throw invalidRequest(`There is no backup vault ${vaultArn}.`);
    requireWithinLock(target, lifecycle);
    requireRight(
      parts,
      { roleArn, region: target.region },
      {
        action: 'backup:CopyIntoBackupVault',
        resource: vaultArn,
        ...(target.policy !== undefined && { resourcePolicy: target.policy }),
      },
    );
    const arn = `arn:aws:backup:${target.region}:${parts.accountId}:recovery-point:${parts.newId()}`;
    const copy = {
      ...point,
      arn,
      region: target.region,
      vaultName: target.name,
      continuous: false,
      lifecycle,
      // A copy of a continuous backup is one of this moment.
      atMs: point.continuous ? now : point.atMs,
      createdMs: now,
    };
    parts.store.putPoint({ ...copy, ...(source !== undefined && { sourceVaultArn: source.arn }) });
    return endJob(parts, job, { recoveryPointArn: arn });
  } catch (error) {
    return endJob(parts, job, { error });
  }
};

/** When a recovery point is at its end; undefined where nobody said. */
export const endOf = ({ atMs, continuous, lifecycle }: RecoveryPoint): number | undefined =>
  continuous || lifecycle.deleteAfterDays === undefined ? undefined : atMs + days(lifecycle.deleteAfterDays);

/** Notes an unfinished job of a process that is gone. */
export const abortUnfinished = (parts: BackupParts): void => {
  for (const kind of ['backup', 'copy', 'restore'] as const) {
    for (const job of parts.store.jobs(kind)) {
      if (job.state !== 'RUNNING') continue;
      keepJob(parts, {
        ...job,
        state: 'ABORTED',
        message: 'The platform was stopped.',
        completedMs: parts.clock.now(),
      });
    }
  }
};
