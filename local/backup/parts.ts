import type { ServiceDeps } from '../aws/service-deps.ts';
import type { UseKey } from '../dynamodb/permission.ts';
import type { TableBackups } from '../dynamodb/table-backups.ts';
import type { BucketBackups } from '../s3/backups/bucket-backups.ts';
import type { S3 } from '../s3/s3.ts';
import type { Credentials } from '../sts/credentials.ts';
import type { Catalogue } from './catalogue.ts';
import type { BackupStore } from './store.ts';

/** A value of a metric in `AWS/Backup`. */
export interface BackupMetric {
  readonly namespace: 'AWS/Backup';
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
  readonly unit: 'Count';
  readonly timestamp: number;
}

/** An event for EventBridge. */
export interface BackupEvent {
  readonly region: string;
  readonly source: 'aws.backup';
  readonly detailType: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface BackupDeps extends ServiceDeps {
  readonly credentials: Pick<Credentials, 'roles'>;
  readonly useKey: UseKey;
  readonly s3: Pick<S3, 'core' | 'configure'>;
  readonly buckets: BucketBackups;
  readonly tables: TableBackups;
  /** Told of each state that a job comes to. @default nobody is */
  readonly putEvent?: (event: BackupEvent) => void;
  /** Takes the numbers of jobs. @default nobody counts them */
  readonly putMetric?: (metric: BackupMetric) => void;
}

/** What the parts of AWS Backup share. */
export interface BackupParts extends BackupDeps {
  readonly catalogue: Catalogue;
  readonly store: BackupStore;
}
