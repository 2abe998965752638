import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { apiWrites, indexNames } from '../../../core/catalog/keys.ts';
import { landingPrefixes } from '../../../core/key-layout.ts';
import { bucketArn, bucketName } from '../bucket-name.ts';
import { KeepFunction } from '../keep-function.ts';
import { commonEnvironment, commonProps, type FunctionContext } from './function-context.ts';
import type { UndeleteFunction } from './undelete.ts';

export interface ApiFunctionProps extends FunctionContext {
  readonly undelete: UndeleteFunction;
}

/** Answers the HTTP API. What it presigns is bound by its own rights. */
export class ApiFunction extends Construct {
  readonly function: KeepFunction;

  constructor(scope: Construct, id: string, props: ApiFunctionProps) {
    super(scope, id);
    const { deployment, keys, identity, undelete } = props;
    this.function = new KeepFunction(this, 'Default', {
      ...commonProps(props),
      name: 'api',
      description: 'Answers the HTTP API',
      environment: {
        ...commonEnvironment(props),
        LANDING_BUCKET: bucketName(deployment, 'landing'),
        DATA_KEY_ARN: keys.data.keyArn,
        SECOND_REGION: deployment.secondRegion,
        REPLICA_BUCKET: bucketName(deployment, 'vault', deployment.secondRegion),
        SCRATCH_BUCKET: bucketName(deployment, 'scratch'),
        TOKENS_KEY_ARN: keys.tokens.keyArn,
        USER_POOL_ID: identity.userPool.userPoolId,
        UNDELETE_FUNCTION: undelete.function.resource.functionName,
        UNDELETE_WINDOW_MS: String(deployment.noncurrentRetention),
        TRANSFER_ACCELERATION: String(deployment.transferAcceleration),
        QUOTAS: JSON.stringify(deployment.quotas),
      },
      // The gateway gives up after 30 seconds.
      timeout: Duration.seconds(29),
      memoryMiB: 1024,
    });
    this.allowLanding(props);
    this.allowVault(props);
    this.allowCatalog(props);
    // What is opened from a pack lies there for a day.
    this.function.allow(['s3:GetObject', 's3:PutObject'], [bucketArn(deployment, 'scratch', 'opened/*')]);
    const opened = (['landing', 'vault', 'scratch'] as const).map((part) => bucketArn(deployment, part));
    this.function.allowObjectKey(keys.data, ...opened);
    this.function.allow(['kms:GenerateMac'], [keys.tokens.keyArn], {
      StringEquals: { 'kms:MacAlgorithm': 'HMAC_SHA_256' },
    });
    this.function.allow(['lambda:InvokeFunction'], [undelete.function.resource.functionArn]);
    this.function.allow(['cognito-idp:AdminCreateUser', 'cognito-idp:AdminGetUser'], [identity.userPool.userPoolArn]);
  }

  private allowLanding({ deployment }: ApiFunctionProps): void {
    const keysOf = (prefix: string) => bucketArn(deployment, 'landing', `${prefix}*`);
    this.function.allow(['s3:GetObject', 's3:PutObject'], Object.values(landingPrefixes).map(keysOf));
    this.function.allow(['s3:AbortMultipartUpload'], [keysOf(landingPrefixes.multipart)]);
    // Without it S3 answers 403 instead of 404 for what has not landed yet.
    this.function.allow(['s3:ListBucket'], [bucketArn(deployment, 'landing')]);
  }

  private allowVault({ deployment }: ApiFunctionProps): void {
    this.function.allow(['s3:DeleteObject', 's3:GetObjectVersion'], [bucketArn(deployment, 'vault', '*')]);
    this.function.allow(['s3:GetObject', 's3:PutObject'], [bucketArn(deployment, 'vault', 'facts/*')]);
    this.function.allow(['s3:ListBucket'], [bucketArn(deployment, 'vault')]);
    // A HEAD of a copy, and the difference between one that is missing and one that is not to be seen.
    const { secondRegion } = deployment;
    this.function.allow(['s3:GetObjectVersion'], [bucketArn(deployment, 'vault', '*', secondRegion)]);
    this.function.allow(['s3:ListBucket'], [bucketArn(deployment, 'vault', undefined, secondRegion)]);
  }

  private allowCatalog({ keys, catalogTable }: ApiFunctionProps): void {
    this.function.allow(['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'], [catalogTable.tableArn]);
    // What the catalog function observed stays its own: asset rows, versions and claims.
    this.function.allowRows(
      ['dynamodb:ConditionCheckItem', 'dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      catalogTable,
      ...apiWrites,
    );
    this.function.allow(
      ['dynamodb:Query'],
      Object.values(indexNames).map((index) => `${catalogTable.tableArn}/index/${index}`),
    );
    this.function.allowTableKey(keys.data, catalogTable.tableName);
  }
}
