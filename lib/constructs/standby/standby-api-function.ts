import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { indexNames } from '../../../core/catalog/keys.ts';
import { bucketArn, bucketName } from '../bucket-name.ts';
import { commonEnvironment, commonProps, type FunctionBase } from '../functions/function-context.ts';
import { KeepFunction } from '../keep-function.ts';
import { allowCopiesKey } from './copies-key.ts';

export interface StandbyApiFunctionProps extends FunctionBase {
  /** Whose sessions may call, by its name. */
  readonly readerRole: string;
}

/** What the API's environment says where there is nothing: nobody has a right to it either. */
const none = '-';

/** Answers the HTTP API from the copies: it reads, counts who asks how often, and can write nothing else. */
export class StandbyApiFunction extends Construct {
  readonly function: KeepFunction;

  constructor(scope: Construct, id: string, props: StandbyApiFunctionProps) {
    super(scope, id);
    const { deployment, keys, readerRole } = props;
    this.function = new KeepFunction(this, 'Default', {
      ...commonProps(props),
      name: 'api',
      description: 'Answers the HTTP API from the copies, read-only',
      environment: {
        ...commonEnvironment(props),
        STANDBY_READER_ROLE: readerRole,
        LANDING_BUCKET: none,
        DATA_KEY_ARN: none,
        SECOND_REGION: deployment.homeRegion,
        REPLICA_BUCKET: bucketName(deployment, 'vault', deployment.homeRegion),
        SCRATCH_BUCKET: bucketName(deployment, 'scratch'),
        TOKENS_KEY_ARN: keys.tokens.keyArn,
        USER_POOL_ID: none,
        UNDELETE_FUNCTION: none,
        UNDELETE_WINDOW_MS: String(deployment.noncurrentRetention),
        TRANSFER_ACCELERATION: 'false',
        QUOTAS: JSON.stringify(deployment.quotas),
      },
      // The gateway gives up after 30 seconds.
      timeout: Duration.seconds(29),
      memoryMiB: 1024,
    });
    this.allowContent(props);
    this.allowCatalog(props);
    this.function.allow(['kms:GenerateMac'], [keys.tokens.keyArn], {
      StringEquals: { 'kms:MacAlgorithm': 'HMAC_SHA_256' },
    });
  }

  private allowContent({ deployment, keys }: StandbyApiFunctionProps): void {
    this.function.allow(['s3:GetObject', 's3:GetObjectVersion'], [bucketArn(deployment, 'vault', '*')]);
    this.function.allow(['s3:ListBucket'], [bucketArn(deployment, 'vault')]);
    allowCopiesKey(this.function, deployment);
    // What is opened from a pack lies there for a day.
    this.function.allow(['s3:GetObject', 's3:PutObject'], [bucketArn(deployment, 'scratch', 'opened/*')]);
    this.function.allowObjectKey(keys.data, bucketArn(deployment, 'scratch'));
  }

  private allowCatalog({ keys, catalogTable }: StandbyApiFunctionProps): void {
    const indexes = Object.values(indexNames).map((index) => `${catalogTable.tableArn}/index/${index}`);
    this.function.allow(['dynamodb:BatchGetItem', 'dynamodb:GetItem'], [catalogTable.tableArn]);
    this.function.allow(['dynamodb:Query'], [catalogTable.tableArn, ...indexes]);
    this.function.allow(['dynamodb:UpdateItem'], [catalogTable.tableArn], {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['principal#*'] },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    });
    this.function.allowTableKey(keys.data, catalogTable.tableName);
  }
}
