import * as z from 'zod';
import { days, isoTime } from '../../core/time.ts';
import { tableArn } from '../dynamodb/tables.ts';
import { defaultConfiguration } from '../s3/buckets/configuration.ts';
import { invalidParameter, invalidRequest } from './catalogue.ts';
import { endJob, keepJob } from './job-events.ts';
import type { Job, RecoveryPoint } from './model.ts';
import type { BackupParts } from './parts.ts';
import { requireRestoreRights } from './role-rights.ts';

/** A restore that somebody wants. */
export interface WantedRestore {
  readonly point: RecoveryPoint;
  readonly roleArn: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly testing?: { readonly planArn: string; readonly validationHours: number };
}

const BucketMetadata = z.looseObject({
  DestinationBucketName: z.string().min(3),
  NewBucket: z.enum(['true', 'false']).default('false'),
  RestoreTime: z.iso.datetime().optional(),
  ItemsToRestore: z.string().optional(),
  EncryptionType: z.enum(['original', 'SSE-S3', 'SSE-KMS']).default('original'),
  KMSKey: z.string().optional(),
});

const TableMetadata = z.looseObject({
  targetTableName: z.string().regex(/^[a-zA-Z0-9_.-]{3,255}$/),
  encryptionType: z.enum(['Default', 'KMS']).default('Default'),
  kmsMasterKeyArn: z.string().optional(),
});

const mostItems = 5;

/** Begins a restore; the promise inside the platform ends with the job, which by then says what came of it. */
export const startRestore = (
  parts: BackupParts,
  wanted: WantedRestore,
): { readonly job: Job; readonly done: Promise<Job> } => {
  const { point, roleArn, metadata, testing } = wanted;
  const job = keepJob(parts, {
    id: parts.newId(),
    kind: 'restore',
    region: point.region,
    state: 'RUNNING',
    createdMs: parts.clock.now(),
    resourceArn: point.resourceArn,
    resourceType: point.resourceType,
    roleArn,
    recoveryPointArn: point.arn,
    metadata,
    ...(testing !== undefined && { testingPlanArn: testing.planArn }),
  });
  const restore = point.resourceType === 'S3' ? restoreBucket : restoreTable;
  const done = restore(parts, wanted).then(
    (end) => endJob(parts, job, { ...end, ...testingEnd(parts, testing) }),
    (error) => endJob(parts, job, { error }),
  );
  return { job, done };
};

const testingEnd = ({ clock }: BackupParts, testing: WantedRestore['testing']) =>
  testing === undefined
    ? {}
    : {
        validationStatus: 'VALIDATING' as const,
        removeAtMs: clock.now() + Math.max(1, testing.validationHours) * 3_600_000,
      };

const restoreBucket = async (parts: BackupParts, { point, roleArn, metadata }: WantedRestore) => {
  const wanted = parsed(BucketMetadata, metadata);
  const source = parts.buckets.find(point.resourceArn);
  if (source === undefined) throw invalidRequest(`What the bucket ${point.resourceArn} held is not here any more.`);
  const target = targetBucket(parts, point, wanted);
  requireRestoreRights(parts, { roleArn, region: point.region }, { targetArn: target.arn, resourceType: 'S3' });
  const { restored, bytes, skipped } = await parts.buckets.restore({
    source,
    target,
    atMs: instantOf(parts, point, wanted.RestoreTime),
    items: itemsOf(wanted.ItemsToRestore),
    ...(wanted.KMSKey !== undefined && wanted.EncryptionType === 'SSE-KMS' && { kmsKeyId: wanted.KMSKey }),
  });
  parts.log(`backup: restored ${restored} objects into ${target.name}, skipped ${skipped} that were there`);
  return { createdResourceArn: target.arn, bytes };
};

const targetBucket = (parts: BackupParts, { region }: RecoveryPoint, wanted: z.infer<typeof BucketMetadata>) => {
  const name = wanted.DestinationBucketName;
  const found = parts.s3.core.buckets.find(name);
  if (wanted.NewBucket === 'true') {
    if (found !== undefined) throw invalidRequest(`The bucket ${name} exists already.`);
    return parts.s3.configure(name, region, () => ({ ...defaultConfiguration, versioning: 'Enabled' }));
  }
  if (found === undefined) throw invalidRequest(`There is no bucket ${name} to restore into.`);
  if (found.region !== region)
    throw invalidRequest(`The bucket ${name} is in ${found.region}, the backup in ${region}.`);
  return found;
};

/** A periodic backup holds one instant; a continuous one any since it began, 35 days back at most. */
const instantOf = (parts: BackupParts, point: RecoveryPoint, restoreTime: string | undefined): number => {
  if (!point.continuous) return point.atMs;
  const now = parts.clock.now();
  const atMs = restoreTime === undefined ? now : Date.parse(restoreTime);
  const earliest = Math.max(point.atMs, now - days(point.lifecycle.deleteAfterDays ?? 35));
  if (atMs >= earliest && atMs <= now) return atMs;
  throw invalidParameter(`RestoreTime must lie between ${isoTime(earliest)} and ${isoTime(now)}.`);
};

const itemsOf = (text: string | undefined): string[] => {
  if (text === undefined) return [];
  const items = z.array(z.string().min(1)).min(1).max(mostItems).safeParse(jsonOf(text));
  if (items.success) return items.data;
  throw invalidParameter(`ItemsToRestore must be a JSON list of one to ${mostItems} keys or prefixes.`);
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const restoreTable = async (parts: BackupParts, { point, roleArn, metadata }: WantedRestore) => {
  const { targetTableName: name, kmsMasterKeyArn } = parsed(TableMetadata, metadata);
  const source = parts.tables.find(point.resourceArn);
  if (source === undefined) throw invalidRequest(`What the table ${point.resourceArn} held is not here any more.`);
  const targetArn = tableArn(point.region, parts.accountId, name);
  requireRestoreRights(parts, { roleArn, region: point.region }, { targetArn, resourceType: 'DynamoDB' });
  const table = await parts.tables.restore(source, {
    name,
    atMs: point.atMs,
    ...(kmsMasterKeyArn !== undefined && { kmsKeyId: kmsMasterKeyArn }),
  });
  return { createdResourceArn: table.arn };
};

const parsed = <T>(schema: z.ZodType<T>, metadata: unknown): T => {
  const result = schema.safeParse(metadata);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw invalidParameter(`Invalid restore metadata: ${issue?.path.join('.')}: ${issue?.message}.`);
};
