import { Aws } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { JobKind } from '../../core/jobs/job-row.ts';
import type { ScheduledJob } from '../../core/jobs/scheduled-job.ts';
import { acknowledge } from './acknowledge.ts';
import type { DurableFunction } from './durable-function.ts';
import type { FunctionContext } from './functions/function-context.ts';
import type { StartFunction } from './functions/start.ts';
import { viaServices } from './key-policy.ts';

/** When a job of the deployment is due, and what is asked of it. */
export interface ScheduleProps {
  /** `minutes hours day-of-month month day-of-week year`, UTC: `10 1 * * ? *` is every night at 1:10. */
  readonly cron: string;
  readonly job: JobKind;
  /** The function that does it. */
  readonly target: DurableFunction;
  /** @default {} */
  readonly input?: Readonly<Record<string, unknown>>;
  /** How often it comes at most: one job for each. @default a day */
  readonly per?: ScheduledJob['per'];
}

export interface SchedulesProps extends FunctionContext {
  /** What every schedule calls. */
  readonly start: StartFunction;
}

/** EventBridge Scheduler takes this as the time at which the schedule was due. */
const dueAt = '<aws.scheduler.scheduled-time>';

/**
 * All schedules of the deployment. Each calls the function `start`, which names the job after the schedule and the day: a
 * schedule that fires twice starts one job. What cannot be started lies in the jobs' dead-letter queue.
 */
export class Schedules extends Construct {
  private readonly group: CfnScheduleGroup;
  private readonly role: Role;
  private readonly props: SchedulesProps;
  private readonly started = new Set<DurableFunction>();

  constructor(scope: Construct, id: string, props: SchedulesProps) {
    super(scope, id);
    this.props = props;
    this.group = new CfnScheduleGroup(this, 'Group');
    this.role = this.callerRole();
  }

  /** Adds a schedule; jobs are called `{name}-{day}`. */
  add(name: string, { cron, job, target, input = {}, per = 'day' }: ScheduleProps): void {
    if (!this.started.has(target)) target.grantStart(this.props.start.function);
    this.started.add(target);
    const due: ScheduledJob = { name, job, input: { ...input }, per, dueAt };
    const schedule = new CfnSchedule(this, pascal(name), {
      description: `Starts the job ${name} of ${this.props.deployment.name}`,
      groupName: this.group.ref,
      scheduleExpression: `cron(${cron})`,
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: this.props.start.function.resource.functionArn,
        roleArn: this.role.roleArn,
        input: JSON.stringify(due),
        deadLetterConfig: { arn: this.props.jobDeadLetters.queueArn },
        retryPolicy: { maximumEventAgeInSeconds: 3_600, maximumRetryAttempts: 10 },
      },
    });
    // The first run could come before the role may call.
    schedule.node.addDependency(this.role);
  }

  private callerRole(): Role {
    const { boundary, jobDeadLetters, keys } = this.props;
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID, 'aws:SourceArn': this.group.attrArn },
        },
      }),
      permissionsBoundary: boundary,
    });
    const allow = (actions: string[], resources: string[], conditions?: Record<string, Record<string, unknown>>) =>
      role.addToPolicy(new PolicyStatement({ actions, resources, ...(conditions && { conditions }) }));
    allow(['lambda:InvokeFunction'], [this.props.start.function.resource.functionArn]);
    allow(['sqs:SendMessage'], [jobDeadLetters.queueArn]);
    allow(['kms:Decrypt', 'kms:GenerateDataKey'], [keys.messages.keyArn], {
      StringEquals: {
        'kms:ViaService': viaServices('sqs'),
        'kms:EncryptionContext:aws:sqs:arn': jobDeadLetters.queueArn,
      },
    });
    acknowledge(role, {
      ids: ['NIST.800.53.R5-IAMNoInlinePolicy', 'HIPAA.Security-IAMNoInlinePolicy'],
      reason: 'The policy belongs to one role and goes with it; nobody else may attach it',
    });
    return role;
  }
}

const pascal = (name: string): string =>
  name.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
