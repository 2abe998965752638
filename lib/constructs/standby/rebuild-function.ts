import { Construct } from 'constructs';
import { indexNames } from '../../../core/catalog/keys.ts';
import { bucketArn, bucketName } from '../bucket-name.ts';
import { DurableFunction } from '../durable-function.ts';
import type { FunctionBase } from '../functions/function-context.ts';
import type { KeepFunction } from '../keep-function.ts';
import { allowCopiesKey } from './copies-key.ts';

/** What the environment says where there is nothing: nobody has a right to it either. */
const none = '-';

/**
 * Makes the catalog of the second region from the copies alone: the code of `reconcile` with the rights of a rebuild. It reads
 * the copies, writes rows, and leaves its report in scratch, so that nothing is in the second region that the first lacks.
 */
export class RebuildFunction extends Construct {
  readonly durable: DurableFunction;
  readonly function: KeepFunction;

  constructor(scope: Construct, id: string, props: FunctionBase) {
    super(scope, id);
    const { deployment } = props;
    this.durable = new DurableFunction(this, 'Default', {
      ...props,
      name: 'reconcile',
      description: 'Makes the catalog of the second region from the copies',
      memoryMiB: 1769,
      environment: {
        LANDING_BUCKET: none,
        AUDIT_BUCKET: bucketName(deployment, 'scratch'),
        SCRATCH_BUCKET: bucketName(deployment, 'scratch'),
        INTAKE_QUEUE_URL: none,
        SECOND_REGION: deployment.homeRegion,
        REPLICA_BUCKET: bucketName(deployment, 'vault', deployment.homeRegion),
        SCRUB_EVERY_MS: String(deployment.scrubEvery),
        LOGS_BUCKET: none,
        CHECKSUM_ROLE_ARN: none,
        ACCOUNT_ID: none,
      },
    });
    this.function = this.durable.function;
    this.allowCopies(props);
    this.allowRows(props);
    this.allowScratch(props);
  }

  private allowCopies({ deployment }: FunctionBase): void {
    const vault = bucketArn(deployment, 'vault');
    this.function.allow(['s3:ListBucket', 's3:ListBucketVersions'], [vault]);
    this.function.allow(
      [
        's3:GetObject',
        's3:GetObjectLegalHold',
        's3:GetObjectRetention',
        's3:GetObjectTagging',
        's3:GetObjectVersion',
        's3:GetObjectVersionTagging',
      ],
      [bucketArn(deployment, 'vault', '*')],
    );
    // A pack tells who is in it; of one that lies in the archive a readable copy is asked for, which makes no version.
    this.function.allow(['s3:RestoreObject'], [bucketArn(deployment, 'vault', 'packs/*')]);
    allowCopiesKey(this.function, deployment);
  }

  private allowRows({ catalogTable }: FunctionBase): void {
    this.function.allow(
      [
        'dynamodb:BatchGetItem',
        'dynamodb:DeleteItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
        'dynamodb:UpdateItem',
      ],
      [catalogTable.tableArn],
    );
    this.function.allow(['dynamodb:Query'], [`${catalogTable.tableArn}/index/${indexNames.byKind}`]);
  }

  private allowScratch({ deployment, keys }: FunctionBase): void {
    this.function.allow(
      ['s3:GetObject', 's3:PutObject'],
      [bucketArn(deployment, 'scratch', 'reconcile/*'), bucketArn(deployment, 'scratch', 'reports/rebuild/*')],
    );
    this.function.allow(['s3:ListBucket'], [bucketArn(deployment, 'scratch')]);
    this.function.allowObjectKey(keys.data, bucketArn(deployment, 'scratch'));
  }
}
