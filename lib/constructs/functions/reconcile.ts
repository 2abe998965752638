import { Aws } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { indexNames } from '../../../core/catalog/keys.ts';
import { acknowledge, wildcardFinding } from '../acknowledge.ts';
import { bucketArn, bucketName } from '../bucket-name.ts';
import { ChecksumRole, checksumReports } from '../checksum-role.ts';
import { DurableFunction } from '../durable-function.ts';
import type { KeepFunction } from '../keep-function.ts';
import { viaServices } from '../key-policy.ts';
import { PermissionsBoundary } from '../permissions-boundary.ts';
import { replicaKeyAlias } from '../replica-names.ts';
import type { FunctionContext } from './function-context.ts';

/** Where the reports of this function's jobs go. */
const reports = ['reports/rebuild/*', 'reports/reconcile/*', 'reports/scrub/*'];

/** Where this function lays its notes, and the lists of what S3 is to read. */
const manifests = 'reconcile/';

/**
 * Compares vault, catalog and second region, makes the catalog anew from the vault, and reads the vault's bytes again. It looks
 * at assets as the catalog function does, and heals what is corrupt from its copy; it deletes nothing of the vault.
 */
export class ReconcileFunction extends Construct {
  readonly durable: DurableFunction;
  readonly function: KeepFunction;

  constructor(scope: Construct, id: string, context: FunctionContext) {
    super(scope, id);
    const { deployment, intakeQueue, keys } = context;
    const { boundary } = context;
    const checksums = new ChecksumRole(this, 'Checksums', { deployment, boundary, dataKey: keys.data, manifests });
    this.durable = new DurableFunction(this, 'Default', {
      ...context,
      boundary: new PermissionsBoundary(this, 'Boundary', { admits: ['iam:PassRole'] }).policy,
      name: 'reconcile',
      description: 'Compares vault, catalog and second region, rebuilds the catalog, scrubs the vault',
      // A whole processor: what it does all day is digesting.
      memoryMiB: 1769,
      environment: {
        LANDING_BUCKET: bucketName(deployment, 'landing'),
        AUDIT_BUCKET: bucketName(deployment, 'audit'),
        SCRATCH_BUCKET: bucketName(deployment, 'scratch'),
        INTAKE_QUEUE_URL: intakeQueue.queue.queueUrl,
        SECOND_REGION: deployment.secondRegion,
        REPLICA_BUCKET: bucketName(deployment, 'vault', deployment.secondRegion),
        SCRUB_EVERY_MS: String(deployment.scrubEvery),
        LOGS_BUCKET: bucketName(deployment, 'logs'),
        CHECKSUM_ROLE_ARN: checksums.roleArn,
        ACCOUNT_ID: Aws.ACCOUNT_ID,
      },
    });
    this.function = this.durable.function;
    this.allowVault(context);
    this.allowReplica(context);
    this.allowRows(context);
    this.allowReports(context);
    this.allowNotes(context);
    this.allowResending(context);
    this.allowChecksums(context, checksums);
  }

  private allowVault({ deployment, keys }: FunctionContext): void {
    const vault = bucketArn(deployment, 'vault');
    this.function.allow(['s3:ListBucket'], [vault]);
    this.function.allow(['s3:ListBucketVersions'], [vault, bucketArn(deployment, 'landing')]);
    this.function.allow(
      [
        // What is past 5 GiB is healed part by part.
        's3:AbortMultipartUpload',
        's3:GetObject',
        's3:GetObjectLegalHold',
        's3:GetObjectRetention',
        // A HEAD shows to who has both that there are tags, and a copy brings them along.
        's3:GetObjectTagging',
        's3:GetObjectVersion',
        's3:GetObjectVersionTagging',
        's3:PutObject',
        's3:PutObjectTagging',
      ],
      [bucketArn(deployment, 'vault', '*')],
    );
    this.function.allow(['s3:RestoreObject'], [bucketArn(deployment, 'vault', 'packs/*')]);
    this.function.allowObjectKey(keys.data, vault);
  }

  /** The key of the copy is named by its alias, because its id belongs to another stack. */
  private allowReplica({ deployment }: FunctionContext): void {
    const { secondRegion } = deployment;
    const replica = bucketArn(deployment, 'vault', undefined, secondRegion);
    this.function.allow(['s3:ListBucket', 's3:ListBucketVersions'], [replica]);
    this.function.allow(
      ['s3:GetObjectTagging', 's3:GetObjectVersion', 's3:GetObjectVersionTagging'],
      [bucketArn(deployment, 'vault', '*', secondRegion)],
    );
    this.function.allow(['kms:Decrypt'], [`arn:aws:kms:${secondRegion}:${Aws.ACCOUNT_ID}:key/*`], {
      'ForAnyValue:StringEquals': { 'kms:ResourceAliases': [replicaKeyAlias(deployment, 'vault')] },
      StringEquals: { 'kms:ViaService': `s3.${secondRegion}.amazonaws.com` },
    });
  }

  /** A rebuild may fill another table, which an operator has made for it and named so. */
  private allowRows({ deployment, keys, catalogTable }: FunctionContext): void {
    const others = `${deployment.name}-rebuild-*`;
    const other = `arn:aws:dynamodb:${Aws.REGION}:${Aws.ACCOUNT_ID}:table/${others}`;
    const tables = [catalogTable.tableArn, other];
    acknowledge(this.function, {
      ids: [other, `${other}/index/${indexNames.byKind}`].map((resource) => wildcardFinding(this, resource)),
      reason: 'The operator names the table of a rebuild; the name begins as only such tables do',
    });
    this.function.allow(
      ['dynamodb:BatchGetItem', 'dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
      tables,
    );
    this.function.allowRows(['dynamodb:UpdateItem'], catalogTable, '*#stats', '*#usage', '*#packed#*');
    this.function.allow(
      ['dynamodb:Query'],
      tables.map((arn) => `${arn}/index/${indexNames.byKind}`),
    );
    this.function.allow(['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'], [keys.data.keyArn], {
      StringEquals: { 'kms:ViaService': viaServices('dynamodb') },
      StringLike: { 'kms:EncryptionContext:aws:dynamodb:tableName': others },
    });
  }

  private allowReports({ deployment, keys }: FunctionContext): void {
    this.function.allow(
      ['s3:PutObject'],
      reports.map((pattern) => bucketArn(deployment, 'audit', pattern)),
    );
    // It writes them and cannot read them.
    const audit = bucketArn(deployment, 'audit');
    this.function.allow(['kms:GenerateDataKey'], [keys.audit.keyArn], {
      StringEquals: { 'kms:ViaService': viaServices('s3') },
      ArnLike: { 'kms:EncryptionContext:aws:s3:arn': [audit, `${audit}/*`] },
    });
  }

  /** What is counted between two pages is too much for the history of an execution. */
  private allowNotes({ deployment, keys }: FunctionContext): void {
    this.function.allow(['s3:GetObject', 's3:PutObject'], [bucketArn(deployment, 'scratch', `${manifests}*`)]);
    this.function.allow(['s3:ListBucket'], [bucketArn(deployment, 'scratch')]);
    this.function.allowObjectKey(keys.data, bucketArn(deployment, 'scratch'));
  }

  /** S3 reads what is too large for the function, in a role that the function hands over. */
  private allowChecksums({ deployment }: FunctionContext, { roleArn }: ChecksumRole): void {
    const jobs = `arn:aws:s3:${Aws.REGION}:${Aws.ACCOUNT_ID}:job/*`;
    // A job that is yet to be made is no resource that a policy could name.
    this.function.allow(['s3:CreateJob'], ['*'], {
      StringEquals: { 's3:RequestJobOperation': 'S3ComputeObjectChecksum' },
    });
    this.function.allow(['s3:DescribeJob'], [jobs]);
    this.function.allow(['iam:PassRole'], [roleArn], {
      StringEquals: { 'iam:PassedToService': 'batchoperations.s3.amazonaws.com' },
    });
    this.function.allow(['s3:GetObject'], [bucketArn(deployment, 'logs', `${checksumReports}/*`)]);
    this.function.allow(['s3:ListBucket'], [bucketArn(deployment, 'logs')]);
    acknowledge(this.function, {
      ids: [wildcardFinding(this, jobs), 'AwsSolutions-IAM5[Resource::*]'],
      reason: 'Batch jobs get their names when they are made; the condition leaves one kind of them',
    });
  }

  private allowResending({ keys, intakeQueue }: FunctionContext): void {
    const { queueArn } = intakeQueue.queue;
    this.function.allow(['sqs:SendMessage'], [queueArn]);
    this.function.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [keys.messages.keyArn], {
      StringEquals: { 'kms:ViaService': viaServices('sqs'), 'kms:EncryptionContext:aws:sqs:arn': queueArn },
    });
  }
}
