import type { PolicyDocument } from '../../aws/caller.ts';
import type { ReplicationConfiguration } from '../replication/rule.ts';
import type { CorsRule } from './cors-rule.ts';
import type { LifecycleRule } from './lifecycle-rule.ts';
import type { QueueNotification } from './notification.ts';

export type RetentionMode = 'GOVERNANCE' | 'COMPLIANCE';

/** How new objects are encrypted that do not say it themselves. */
export interface DefaultEncryption {
  readonly algorithm: 'AES256' | 'aws:kms' | 'aws:kms:dsse';
  readonly keyId?: string;
  readonly bucketKey: boolean;
}

/** The retention that a bucket gives to new objects. */
export interface DefaultRetention {
  readonly mode: RetentionMode;
  readonly days?: number;
  readonly years?: number;
}

/** Everything that is set on a bucket. */
export interface BucketConfiguration {
  /** Undefined until versioning is first switched on. */
  readonly versioning?: 'Enabled' | 'Suspended';
  readonly objectLock?: { readonly defaultRetention?: DefaultRetention };
  readonly encryption: DefaultEncryption;
  /** `SSE-C` where customer-provided keys are refused. */
  readonly blockedEncryption: readonly string[];
  readonly lifecycle: readonly LifecycleRule[];
  /** With `varies_by_storage_class`, small objects may move to the Glacier classes. */
  readonly transitionMinimum: 'all_storage_classes_128K' | 'varies_by_storage_class';
  readonly notifications: readonly QueueNotification[];
  readonly eventBridge: boolean;
  readonly cors: readonly CorsRule[];
  readonly publicAccessBlock: PublicAccessBlock;
  readonly ownership: 'BucketOwnerEnforced';
  readonly logging?: { readonly bucket?: string; readonly prefix?: string };
  readonly replication?: ReplicationConfiguration;
  readonly tags: Readonly<Record<string, string>>;
  readonly policy?: PolicyDocument;
}

export interface PublicAccessBlock {
  readonly blockPublicAcls: boolean;
  readonly blockPublicPolicy: boolean;
  readonly ignorePublicAcls: boolean;
  readonly restrictPublicBuckets: boolean;
}

/** What a bucket is made with where nothing is said, as S3 has it since 2023. */
export const defaultConfiguration: BucketConfiguration = {
  encryption: { algorithm: 'AES256', bucketKey: false },
  blockedEncryption: ['SSE-C'],
  lifecycle: [],
  transitionMinimum: 'all_storage_classes_128K',
  notifications: [],
  eventBridge: false,
  cors: [],
  publicAccessBlock: {
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  },
  ownership: 'BucketOwnerEnforced',
  tags: {},
};
