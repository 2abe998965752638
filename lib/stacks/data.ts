import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import type { DataClass } from '../../core/data-class.ts';
import { AuditBucket, whatCannotBeDeleted } from '../constructs/audit-bucket.ts';
import { Backup } from '../constructs/backup.ts';
import { BatchReplicationRole } from '../constructs/batch-replication-role.ts';
import { bucketArn } from '../constructs/bucket-name.ts';
import { CatalogTable } from '../constructs/catalog-table.ts';
import { DeadLetterQueue } from '../constructs/dead-letter-queue.ts';
import { Identity } from '../constructs/identity.ts';
import { Keys } from '../constructs/keys.ts';
import { LandingBucket } from '../constructs/landing-bucket.ts';
import { LogsBucket } from '../constructs/logs-bucket.ts';
import { NotifiedQueue } from '../constructs/notified-queue.ts';
import { PermissionsBoundary } from '../constructs/permissions-boundary.ts';
import type { ProtectedBucket } from '../constructs/protected-bucket.ts';
import { consumerTimeouts, visibilityTimeout } from '../constructs/queue-times.ts';
import { ReplicationRole } from '../constructs/replication-role.ts';
import { ScratchBucket } from '../constructs/scratch-bucket.ts';
import { SubjectKeysTable } from '../constructs/subject-keys-table.ts';
import { tagDataClass } from '../constructs/tags.ts';
import { VaultBucket } from '../constructs/vault-bucket.ts';

export interface DataStackProps extends StackProps {
  readonly deployment: Deployment;
  readonly dataClasses: readonly DataClass[];
}

/** Everything that must not be lost, and what stands so close to it that it cannot stand elsewhere. */
export class DataStack extends Stack {
  readonly keys: Keys;
  readonly intakeQueue: NotifiedQueue;
  readonly catalogQueue: NotifiedQueue;
  /** Which records of the catalog's stream were given up. */
  readonly projectFailures: DeadLetterQueue;
  /** What was asked of jobs and could not be begun or done. */
  readonly jobDeadLetters: DeadLetterQueue;
  readonly catalogTable: CatalogTable;
  /** What a job takes that copies what replication has not. */
  readonly batchReplication: BatchReplicationRole;
  readonly identity: Identity;
  readonly backup: Backup;
  /** All buckets of the home region. */
  readonly buckets: readonly ProtectedBucket[];
  /** What nobody will be able to delete, and for how long; for the deployer to read before the first deployment. */
  readonly undeletable: string;

  constructor(scope: Construct, id: string, { deployment, dataClasses, ...props }: DataStackProps) {
    super(scope, id, props);
    this.keys = new Keys(this, 'Keys', { deployment });
    this.intakeQueue = new NotifiedQueue(this, 'IntakeQueue', {
      deployment,
      key: this.keys.messages,
      bucketArn: bucketArn(deployment, 'landing'),
      visibilityTimeout: visibilityTimeout(consumerTimeouts.intake),
    });
    this.catalogQueue = new NotifiedQueue(this, 'CatalogQueue', {
      deployment,
      key: this.keys.messages,
      bucketArn: bucketArn(deployment, 'vault'),
      visibilityTimeout: visibilityTimeout(consumerTimeouts.catalog),
    });
    this.projectFailures = new DeadLetterQueue(this, 'ProjectFailures', { deployment, key: this.keys.messages });
    this.jobDeadLetters = new DeadLetterQueue(this, 'JobDeadLetters', { deployment, key: this.keys.messages });
    const logs = new LogsBucket(this, 'Logs', { deployment });
    const bucketProps = { deployment, key: this.keys.data, accessLogs: logs.bucket };
    const boundary = new PermissionsBoundary(this, 'Boundary').policy;
    this.batchReplication = new BatchReplicationRole(this, 'BatchReplication', { deployment, boundary });
    const replication = new ReplicationRole(this, 'Replication', {
      deployment,
      boundary,
      sourceKeys: { vault: this.keys.data, audit: this.keys.audit },
    });
    const landing = new LandingBucket(this, 'Landing', { ...bucketProps, intake: this.intakeQueue });
    const vault = new VaultBucket(this, 'Vault', {
      ...bucketProps,
      dataClasses,
      catalog: this.catalogQueue,
      replication,
    });
    const scratch = new ScratchBucket(this, 'Scratch', bucketProps);
    const audit = new AuditBucket(this, 'Audit', { ...bucketProps, key: this.keys.audit, replication });
    this.buckets = [landing, vault, scratch, audit, logs].map(({ bucket }) => bucket);
    this.catalogTable = new CatalogTable(this, 'Catalog', { deployment, key: this.keys.data });
    const subjectKeys = new SubjectKeysTable(this, 'SubjectKeys', { deployment, key: this.keys.subjects });
    this.backup = new Backup(this, 'Backup', {
      deployment,
      vault: vault.bucket,
      audit: audit.bucket,
      catalog: this.catalogTable,
      subjectKeys,
    });
    this.identity = new Identity(this, 'Identity', { deployment });
    this.undeletable = whatCannotBeDeleted(deployment);
    this.addOutputs(deployment, { landing, vault, scratch, audit, logs });
    const content = [
      landing,
      vault,
      scratch,
      this.catalogTable,
      this.intakeQueue,
      this.catalogQueue,
      this.jobDeadLetters,
      this.projectFailures,
    ];
    tagDataClass({
      operations: [replication, this.batchReplication, this.backup],
      content,
      audit: [audit],
      logs: [logs],
      keys: [this.keys, subjectKeys],
      identity: [this.identity],
    });
  }

  private addOutputs({ secondRegion }: Deployment, buckets: Record<string, { bucket: { resource: { ref: string } } }>) {
    const output = (name: string, value: string, description: string) =>
      new CfnOutput(this, name, { value, description });
    for (const [part, { bucket }] of Object.entries(buckets)) {
      output(`${part.charAt(0).toUpperCase()}${part.slice(1)}BucketName`, bucket.resource.ref, `Bucket: ${part}`);
    }
    output('CatalogTableName', this.catalogTable.table.tableName, 'Table of the catalog');
    output('IntakeQueueUrl', this.intakeQueue.queue.queueUrl, 'Queue that landing notifies');
    output('CatalogQueueUrl', this.catalogQueue.queue.queueUrl, 'Queue that the vault notifies');
    output('IntakeDeadLettersUrl', this.intakeQueue.deadLetters.queueUrl, 'What intake could not handle');
    output('CatalogDeadLettersUrl', this.catalogQueue.deadLetters.queueUrl, 'What the catalog could not handle');
    output('ProjectFailuresUrl', this.projectFailures.queue.queueUrl, 'Records of the catalog that were given up');
    output('JobDeadLettersUrl', this.jobDeadLetters.queue.queueUrl, 'Jobs that could not be begun or done');
    output('UserPoolId', this.identity.userPool.userPoolId, 'User pool');
    output('PeopleClientId', this.identity.peopleClient.userPoolClientId, 'Public client of CLI and console');
    output('SecondRegion', secondRegion, 'Region of the copies');
    output('BatchReplicationRoleArn', this.batchReplication.roleArn, 'Role of jobs that copy what has no copy');
    output('LoginUrl', this.identity.loginUrl, 'Managed login and token endpoint');
    for (const [machine, { userPoolClientId: value }] of this.identity.machineClients) {
      // Below the construct, so that the id has a hash: `gate-1` and `gate1` are two machines.
      new CfnOutput(this.identity, `ClientId-${machine}`, { value, description: `Client of machine ${machine}` });
    }
  }
}
