import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import type { DataClass } from '../../core/data-class.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { AuditBucket } from '../constructs/audit-bucket.ts';
import { ChangeWatch } from '../constructs/change-watch.ts';
import { LogsBucket } from '../constructs/logs-bucket.ts';
import { ReplicaBackupVault } from '../constructs/replica-backup-vault.ts';
import { ReplicaKeys } from '../constructs/replica-keys.ts';
import { replicatedParts } from '../constructs/replica-names.ts';
import { ReplicationLagAlarms } from '../constructs/replication-alarms.ts';
import { HeartbeatWatch } from '../constructs/store-watch.ts';
import { tagDataClass } from '../constructs/tags.ts';
import { VaultReplica } from '../constructs/vault-replica.ts';

export interface ReplicaStackProps extends StackProps {
  readonly deployment: Deployment;
  readonly dataClasses: readonly DataClass[];
}

/**
 * The second region: copies of what must not be lost, and who rings when they are late. No reference leads here or away: the
 * home region names the copies by their physical names and their keys by alias.
 */
export class ReplicaStack extends Stack {
  readonly keys: ReplicaKeys;
  readonly logs: LogsBucket;

  constructor(scope: Construct, id: string, { deployment, dataClasses, ...props }: ReplicaStackProps) {
    super(scope, id, props);
    this.keys = new ReplicaKeys(this, 'Keys', { deployment });
    // Scratch is there in a failover only.
    const logs = new LogsBucket(this, 'Logs', { deployment, sources: [...replicatedParts, 'scratch'] });
    this.logs = logs;
    const bucketProps = { deployment, accessLogs: logs.bucket };
    const vault = new VaultReplica(this, 'Vault', { ...bucketProps, key: this.keys.vault, dataClasses });
    const audit = new AuditBucket(this, 'Audit', { ...bucketProps, key: this.keys.audit });
    const backups = new ReplicaBackupVault(this, 'Backup', { deployment });
    const topic = new AlarmTopic(this, 'AlarmTopic', { deployment, key: this.keys.messages, hearsEvents: true });
    new HeartbeatWatch(this, 'Heartbeat', { deployment, topic });
    new ChangeWatch(this, 'ChangeWatch', { deployment, topic });
    new ReplicationLagAlarms(this, 'Replication', { deployment, dataClasses, topic });
    tagDataClass({ content: [vault], audit: [audit], logs: [logs], keys: [this.keys], operations: [topic, backups] });
    new CfnOutput(this, 'VaultBucketName', { value: vault.bucket.resource.ref, description: 'Copy of the vault' });
    new CfnOutput(this, 'AuditBucketName', { value: audit.bucket.resource.ref, description: 'Copy of the audit' });
  }
}
