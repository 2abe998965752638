import { Annotations, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Alias } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { type JobFunction, jobAlias, jobFunctionVariable } from '../../core/jobs/job-function.ts';
import { acknowledge, wildcardFinding } from './acknowledge.ts';
import { commonEnvironment, commonProps, type FunctionBase } from './functions/function-context.ts';
import { KeepFunction, type KeepFunctionProps } from './keep-function.ts';

export interface DurableFunctionProps extends FunctionBase {
  /** Which function of jobs it is, and the folder of its bundle. */
  readonly name: JobFunction;
  readonly description: string;
  /** @default 512 */
  readonly memoryMiB?: number;
  /** Added to what every function with a catalog has. */
  readonly environment?: Readonly<Record<string, string>>;
  /** How long a job may take, waits included. @default 14 days */
  readonly executionTimeout?: Duration;
}

/**
 * A function whose executions outlive an invocation: Lambda keeps what their steps answered and goes on after waits, crashes
 * and deployments. It is started through the alias `live` only; an execution stays with the version that it began with, so
 * versions are never deleted by a deployment.
 */
export class DurableFunction extends Construct {
  readonly function: KeepFunction;
  readonly alias: Alias;

  private readonly name: JobFunction;
  private readonly ownRights: Policy;

  constructor(scope: Construct, id: string, props: DurableFunctionProps) {
    super(scope, id);
    this.name = props.name;
    this.function = new KeepFunction(this, 'Default', functionProps(props));
    this.alias = new Alias(this, 'Live', { aliasName: jobAlias, version: this.function.resource.currentVersion });
    // Else Lambda could begin an execution that may not write its first checkpoint.
    this.ownRights = this.allowExecutions();
    this.alias.node.addDependency(this.ownRights);
    this.allowJobRows(props);
    // A note of CDK itself, which the acknowledgements of rule packs do not reach.
    Annotations.of(this).acknowledgeInfo(
      'aws-lambda:Function.DurableConfig',
      'The function is durable from its first deployment, so nothing is replaced',
    );
  }

  /** Lets another function start jobs here, and tells it the address; this one may and knows it anyway. */
  grantStart(other: KeepFunction): void {
    if (other === this.function) return;
    other.allow(['lambda:InvokeFunction'], [this.alias.functionArn]);
    other.resource.addEnvironment(jobFunctionVariable(this.name), this.alias.functionArn);
  }

  /** Lets another function end a running job. */
  grantStop(other: KeepFunction): void {
    this.allowOnExecutions(other, 'lambda:StopDurableExecution');
  }

  /** Lets another function answer what a job waits for. */
  grantCallback(other: KeepFunction): void {
    this.allowOnExecutions(
      other,
      'lambda:SendDurableExecutionCallbackFailure',
      'lambda:SendDurableExecutionCallbackHeartbeat',
      'lambda:SendDurableExecutionCallbackSuccess',
    );
  }

  private get executionsArn(): string {
    return `${this.function.resource.functionArn}:*`;
  }

  private allowOnExecutions(other: KeepFunction, ...actions: readonly string[]): void {
    if (other === this.function) {
      this.ownRights.addStatements(new PolicyStatement({ actions: [...actions], resources: [this.executionsArn] }));
      return;
    }
    acknowledge(other, this.executionsFinding());
    other.allow(actions, [this.executionsArn]);
  }

  /** In a policy of its own: the role's would have to wait for the function, which waits for the role's. */
  private allowExecutions(): Policy {
    const policy = new Policy(this, 'Executions', {
      roles: [this.function.role],
      statements: [
        new PolicyStatement({
          actions: ['lambda:CheckpointDurableExecution', 'lambda:GetDurableExecutionState'],
          resources: [this.executionsArn],
        }),
        new PolicyStatement({
          actions: ['lambda:InvokeFunction'],
          resources: [`${this.function.resource.functionArn}:${jobAlias}`],
        }),
      ],
    });
    acknowledge(this, this.executionsFinding(), {
      ids: ['NIST.800.53.R5-IAMNoInlinePolicy', 'HIPAA.Security-IAMNoInlinePolicy'],
      reason: 'The policy belongs to one role and goes with it; nobody else may attach it',
    });
    return policy;
  }

  private executionsFinding() {
    return {
      ids: [wildcardFinding(this, this.executionsArn)],
      reason: 'The version and the id of an execution are not known before it began; the function is exact',
    };
  }

  private allowJobRows({ keys, catalogTable }: FunctionBase): void {
    this.function.allowRows(['dynamodb:GetItem', 'dynamodb:PutItem'], catalogTable, '*#job#*');
    this.function.allowTableKey(keys.data, catalogTable.tableName);
  }
}

const functionProps = (props: DurableFunctionProps): KeepFunctionProps => ({
  ...commonProps(props),
  name: props.name,
  description: props.description,
  environment: { ...commonEnvironment(props), ...props.environment },
  timeout: Duration.minutes(15),
  memoryMiB: props.memoryMiB ?? 512,
  deadLetters: props.jobDeadLetters,
  durableConfig: {
    executionTimeout: props.executionTimeout ?? Duration.days(14),
    retentionPeriod: Duration.days(30),
  },
  versionRemovalPolicy: RemovalPolicy.RETAIN,
});
