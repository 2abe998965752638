import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import type { DataClass } from '../../core/data-class.ts';
import { acknowledge, copiesAreNotCopied } from './acknowledge.ts';
import { ProtectedBucket } from './protected-bucket.ts';
import { downloadsTo, numberForText, vaultRules } from './vault-bucket.ts';

export interface VaultReplicaProps {
  readonly deployment: Deployment;
  readonly dataClasses: readonly DataClass[];
  readonly key: IKey;
  readonly accessLogs: ProtectedBucket;
}

/**
 * The vault's copy in the second region. It notifies nobody: an event of a copy would be taken for a new asset. Its lifecycle is
 * the vault's own, because what a lifecycle rule does is not replicated.
 */
export class VaultReplica extends Construct {
  readonly bucket: ProtectedBucket;

  constructor(scope: Construct, id: string, { deployment, dataClasses, key, accessLogs }: VaultReplicaProps) {
    super(scope, id);
    this.bucket = new ProtectedBucket(this, 'Default', {
      deployment,
      part: 'vault',
      key,
      accessLogs,
      objectLock: { objectLockEnabled: 'Enabled' },
      rules: vaultRules({ deployment, dataClasses }),
      ...(deployment.corsOrigins.length > 0 && { cors: downloadsTo(deployment.corsOrigins) }),
    });
    acknowledge(this, numberForText, copiesAreNotCopied);
  }
}
