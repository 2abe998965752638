import { join } from 'node:path';
import type { Duration } from 'aws-cdk-lib';
import { Effect, type IManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  Architecture,
  Code,
  EventSourceMapping,
  Function as LambdaFunction,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { viaServices } from './key-policy.ts';
import { removalPolicy } from './retention.ts';

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
}

/** A function with a role, a log group and exactly the rights that are listed. */
export class KeepFunction extends Construct {
  readonly resource: LambdaFunction;
  readonly role: Role;

  private readonly props: KeepFunctionProps;

  constructor(scope: Construct, id: string, props: KeepFunctionProps) {
    super(scope, id);
    this.props = props;
    const { deployment } = props;
    const logGroup = new LogGroup(this, 'Logs', {
      retention: deployment.logRetentionDays,
      encryptionKey: props.messagesKey,
      removalPolicy: removalPolicy(deployment.retainData),
    });
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
    });
  }

  /** Adds one statement to the function's role. */
  allow(
    actions: readonly string[],
    resources: readonly string[],
    conditions?: Record<string, Record<string, unknown>>,
  ) {
    this.role.addToPolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: [...actions],
        resources: [...resources],
        ...(conditions && { conditions }),
      }),
    );
  }

  /** Lets the function use a key through these services only. */
  allowKey(key: IKey, actions: readonly string[], ...services: readonly string[]): void {
    this.allow(actions, [key.keyArn], { StringEquals: { 'kms:ViaService': viaServices(...services) } });
  }

  /** Hands the queue's messages to the function, in batches whose messages fail one by one. */
  consume(queue: IQueue, { batchSize, maxConcurrency }: { batchSize: number; maxConcurrency: number }): void {
    this.allow(
      ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
      [queue.queueArn],
    );
    this.allowKey(this.props.messagesKey, ['kms:Decrypt'], 'sqs');
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
