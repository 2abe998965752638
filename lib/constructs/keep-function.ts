import { join } from 'node:path';
import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { Effect, type IManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  Architecture,
  Code,
  type DurableConfig,
  EventSourceMapping,
  Function as LambdaFunction,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { acknowledge, wildcardFinding } from './acknowledge.ts';
import { functionAcknowledgements } from './function-acknowledgements.ts';
import { keepLogGroup } from './keep-log-group.ts';
import { viaServices } from './key-policy.ts';

export interface KeepFunctionProps {
  readonly deployment: Deployment;
  /** The folder of the bundle under {@link bundles}. */
  readonly name: string;
  readonly description: string;
  /** Folder that holds one folder per function. */
  readonly bundles: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeout: Duration;
  readonly memoryMiB: number;
  /** Encrypts the log group, and the messages that the function consumes. */
  readonly messagesKey: IKey;
  readonly boundary: IManagedPolicy;
  /** @default nothing is reserved */
  readonly reservedConcurrency?: number | undefined;
  /** Makes its executions durable; to be reached through `DurableFunction`. @default they end with the invocation */
  readonly durableConfig?: DurableConfig;
  /** What becomes of versions that are replaced. @default they are deleted */
  readonly versionRemovalPolicy?: RemovalPolicy;
  /** Takes the events of asynchronous invocations that failed for good. @default nobody does */
  readonly deadLetters?: IQueue;
}

/** A function with a role, a log group and exactly the rights that are listed. */
export class KeepFunction extends Construct {
  readonly resource: LambdaFunction;
  readonly role: Role;

  private readonly props: KeepFunctionProps;

  constructor(scope: Construct, id: string, props: KeepFunctionProps) {
    super(scope, id);
    this.props = props;
    const logGroup = keepLogGroup(this, 'Logs', props.deployment, props.messagesKey);
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      permissionsBoundary: props.boundary,
    });
    this.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]);
    this.resource = new LambdaFunction(this, 'Default', {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(join(props.bundles, props.name)),
      environment: { ...props.environment },
      timeout: props.timeout,
      memorySize: props.memoryMiB,
      role: this.role,
      logGroup,
      tracing: Tracing.ACTIVE,
      ...(props.reservedConcurrency !== undefined && { reservedConcurrentExecutions: props.reservedConcurrency }),
      ...(props.durableConfig !== undefined && { durableConfig: props.durableConfig }),
      ...(props.versionRemovalPolicy !== undefined && {
        currentVersionOptions: { removalPolicy: props.versionRemovalPolicy },
      }),
      ...(props.deadLetters !== undefined && { deadLetterQueue: props.deadLetters }),
    });
    if (props.deadLetters !== undefined) this.allowMessages(props.deadLetters);
    acknowledge(this, ...functionAcknowledgements);
  }

  /** Adds one statement to the function's role. */
  allow(
    actions: readonly string[],
    resources: readonly string[],
    conditions?: Record<string, Record<string, unknown>>,
  ) {
    acknowledge(this.role, {
      ids: resources.filter((resource) => resource.endsWith('/*')).map((resource) => wildcardFinding(this, resource)),
      reason: 'Keys of objects are not known before they are stored; bucket and prefix are exact',
    });
    this.role.addToPolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: [...actions],
        resources: [...resources],
        ...(conditions && { conditions }),
      }),
    );
  }

  /** Lets the function open and write objects of these buckets, by way of S3 alone. */
  allowObjectKey(key: IKey, ...bucketArns: readonly string[]): void {
    this.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [key.keyArn], {
      StringEquals: { 'kms:ViaService': viaServices('s3') },
      // With a bucket key the context is the bucket, without it the object.
      ArnLike: { 'kms:EncryptionContext:aws:s3:arn': bucketArns.flatMap((arn) => [arn, `${arn}/*`]) },
    });
  }

  /** Lets the function do this to rows of a table whose partitions these patterns name, and to no others. */
  allowRows(
    actions: readonly string[],
    { tableArn }: Pick<ITable, 'tableArn'>,
    ...partitions: readonly string[]
  ): void {
    this.allow(actions, [tableArn], {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [...partitions] },
      // Of no keys at all, everything is true.
      Null: { 'dynamodb:LeadingKeys': 'false' },
    });
  }

  /** Lets the function open and write rows of this table, by way of DynamoDB alone. */
  allowTableKey(key: IKey, tableName: string): void {
    this.allow(['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'], [key.keyArn], {
      StringEquals: {
        'kms:ViaService': viaServices('dynamodb'),
        'kms:EncryptionContext:aws:dynamodb:tableName': tableName,
      },
    });
  }

  /** Lets the function put messages into an encrypted queue. */
  allowMessages(queue: IQueue): void {
    this.allow(['sqs:SendMessage'], [queue.queueArn]);
    this.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [this.props.messagesKey.keyArn], {
      StringEquals: { 'kms:ViaService': viaServices('sqs'), 'kms:EncryptionContext:aws:sqs:arn': queue.queueArn },
    });
  }

  /** Hands the queue's messages to the function, in batches whose messages fail one by one. */
  consume(queue: IQueue, { batchSize, maxConcurrency }: { batchSize: number; maxConcurrency: number }): void {
    this.allow(
      ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
      [queue.queueArn],
    );
    this.allow(['kms:Decrypt'], [this.props.messagesKey.keyArn], {
      StringEquals: { 'kms:ViaService': viaServices('sqs'), 'kms:EncryptionContext:aws:sqs:arn': queue.queueArn },
    });
    const mapping = new EventSourceMapping(this, 'Messages', {
      target: this.resource,
      eventSourceArn: queue.queueArn,
      batchSize,
      maxConcurrency,
      reportBatchItemFailures: true,
    });
    mapping.node.addDependency(this.role);
  }
}
