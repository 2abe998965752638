import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { days } from '../../core/time.ts';
import { acknowledge, copiesAreNotCopied } from './acknowledge.ts';
import { abortIncompleteUploads, expireNoncurrent, removeExpiredMarkers } from './lifecycle.ts';
import { ProtectedBucket } from './protected-bucket.ts';
import { replicateAudit } from './replication.ts';
import type { ReplicationRole } from './replication-role.ts';

export interface AuditBucketProps {
  readonly deployment: Deployment;
  readonly key: IKey;
  readonly accessLogs: ProtectedBucket;
  /** Copies what is written here to the second region. @default this is the copy */
  readonly replication?: ReplicationRole;
}

/** Sealed audit segments, which nobody can change or remove before their retention ends. */
export class AuditBucket extends Construct {
  readonly bucket: ProtectedBucket;

  constructor(scope: Construct, id: string, { deployment, key, accessLogs, replication }: AuditBucketProps) {
    super(scope, id);
    this.bucket = new ProtectedBucket(this, 'Default', {
      deployment,
      part: 'audit',
      key,
      accessLogs,
      objectLock: auditLock(deployment),
      // AWS Backup switches EventBridge on by itself; a template without it would switch it off again.
      notifications: { eventBridgeConfiguration: { eventBridgeEnabled: true } },
      rules: [
        expireNoncurrent('ExpireNoncurrent', undefined, deployment.noncurrentRetention),
        abortIncompleteUploads(),
        removeExpiredMarkers(),
      ],
      ...(replication && { replication: replicateAudit(deployment, replication.roleArn) }),
    });
    if (replication === undefined) acknowledge(this, copiesAreNotCopied);
  }
}

/** COMPLIANCE cannot be lifted by anybody; a deployment that keeps nothing takes GOVERNANCE and a day. */
export const auditLock = ({ retainData, auditRetention }: Deployment): CfnBucket.ObjectLockConfigurationProperty => ({
  objectLockEnabled: 'Enabled',
  rule: {
    defaultRetention: retainData
      ? { mode: 'COMPLIANCE', days: auditRetention / days(1) }
      : { mode: 'GOVERNANCE', days: 1 },
  },
});

/** A sentence for the deployer: what is locked, and until when. */
export const whatCannotBeDeleted = (deployment: Deployment): string => {
  const { retainData, auditRetention } = deployment;
  if (!retainData) return '';
  return `Audit segments cannot be deleted by anybody, the account's root included, for ${auditRetention / days(1)} days after they were written (\`auditRetention\`); until then neither can their bucket.\n`;
};
