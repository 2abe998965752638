import * as z from 'zod';
import type { Clock } from '../../core/time.ts';
import { readProperties, resourceError, templateNumber } from '../aws/resource-properties.ts';
import type { CreatedResource, ResourceProvider, TemplateResource } from '../aws/service.ts';
import type { EventBus } from './bus.ts';
import { parsePattern } from './pattern.ts';
import { parseSchedule } from './schedule-times.ts';
import type { Scheduler } from './scheduler.ts';
import type { InputShape } from './target-input.ts';
import type { Target } from './targets.ts';

interface Parts {
  readonly bus: EventBus;
  readonly scheduler: Scheduler;
  readonly clock: Clock;
}

const reachable = z
  .string()
  .regex(/^arn:aws:(lambda|sqs|sns):/, 'only functions, queues and topics are targets on the embedded platform');
const deadLetters = z.strictObject({ Arn: z.string().startsWith('arn:aws:sqs:').optional() }).optional();
/** Nothing fails in passing on one machine: what a target refuses goes to the dead-letter queue at once. */
const retries = z
  .strictObject({
    MaximumEventAgeInSeconds: templateNumber.optional(),
    MaximumRetryAttempts: templateNumber.optional(),
  })
  .optional();
const State = z.enum(['ENABLED', 'DISABLED']).optional();

const scheduleProperties = {
  Name: z.string().optional(),
  GroupName: z.string().optional(),
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.enum(['UTC', 'Etc/UTC'], 'schedules run in UTC').optional(),
  FlexibleTimeWindow: z.looseObject({ Mode: z.literal('OFF', 'a flexible window would make runs unpredictable') }),
  State,
  Target: z.strictObject({
    Arn: reachable,
    RoleArn: z.string(),
    Input: z.string().optional(),
    DeadLetterConfig: deadLetters,
    RetryPolicy: retries,
  }),
};

/** Schedules and rules from the template. */
export const eventProviders = (parts: Parts): ResourceProvider[] => [
  { type: 'AWS::Scheduler::Schedule', create: (resource) => createSchedule(parts, resource) },
  {
    type: 'AWS::Scheduler::ScheduleGroup',
    create: ({ properties, generatedName, region, accountId }) => {
      const name = typeof properties['Name'] === 'string' ? properties['Name'] : generatedName.slice(-64);
      const Arn = `arn:aws:scheduler:${region}:${accountId}:schedule-group/${name}`;
      return { ref: name, attributes: { Arn, State: 'ACTIVE' } };
    },
  },
  { type: 'AWS::Events::Rule', create: (resource) => createRule(parts, resource) },
];

const createSchedule = ({ scheduler, clock }: Parts, resource: TemplateResource): CreatedResource => {
  const properties = readProperties(resource, scheduleProperties, {
    Description: 'it is for people',
    KmsKeyArn: 'the input of a schedule stands in the template',
  });
  const name = properties.Name ?? resource.generatedName.slice(-64);
  const group = properties.GroupName ?? 'default';
  const arn = `arn:aws:scheduler:${resource.region}:${resource.accountId}:schedule/${group}/${name}`;
  const { Target: target, ScheduleExpression: expression, State: state } = properties;
  requireSchedule(resource, expression, clock);
  scheduler.put({
    arn,
    expression,
    service: 'scheduler.amazonaws.com',
    isEnabled: state !== 'DISABLED',
    input: target.Input ?? '{}',
    target: { arn: target.Arn, roleArn: target.RoleArn, ...deadLetterOf(target.DeadLetterConfig) },
  });
  return { ref: name, attributes: { Arn: arn } };
};

const requireSchedule = (resource: TemplateResource, expression: string, clock: Clock): void => {
  try {
    parseSchedule(expression, clock.now());
  } catch (error) {
    throw resourceError(resource, `\`ScheduleExpression\`: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const deadLetterOf = (config: { Arn?: string | undefined } | undefined): Pick<Target, 'deadLetterArn'> =>
  config?.Arn === undefined ? {} : { deadLetterArn: config.Arn };

const ruleProperties = {
  Name: z.string().optional(),
  EventPattern: z.record(z.string(), z.unknown()).optional(),
  ScheduleExpression: z.string().optional(),
  EventBusName: z.literal('default', 'only the default bus is there').optional(),
  State,
  Targets: z
    .array(
      z.strictObject({
        Id: z.string(),
        Arn: reachable,
        RoleArn: z.string().optional(),
        Input: z.string().optional(),
        InputPath: z.string().optional(),
        InputTransformer: z
          .strictObject({ InputPathsMap: z.record(z.string(), z.string()).optional(), InputTemplate: z.string() })
          .optional(),
        DeadLetterConfig: deadLetters,
        RetryPolicy: retries,
      }),
    )
    .optional(),
};

type RuleTarget = NonNullable<z.output<typeof ruleProperties.Targets>>[number];

const createRule = ({ bus, scheduler, clock }: Parts, resource: TemplateResource): CreatedResource => {
  const properties = readProperties(resource, ruleProperties, {
    Description: 'it is for people',
    Tags: 'no policy of the platform asks for the tags of a rule',
  });
  const { EventPattern, ScheduleExpression: expression, Targets = [] } = properties;
  const name = properties.Name ?? resource.generatedName.slice(-64);
  const arn = `arn:aws:events:${resource.region}:${resource.accountId}:rule/${name}`;
  const isEnabled = properties.State !== 'DISABLED';
  if (EventPattern !== undefined) {
    const fits = patternOf(resource, EventPattern);
    bus.putRule({ arn, region: resource.region, isEnabled, fits, targets: Targets.map(targetOf) });
  }
  if (expression !== undefined) {
    requireSchedule(resource, expression, clock);
    for (const target of Targets) {
      const { input = scheduledEvent(resource, arn), ...rest } = targetOf(target);
      const service = 'events.amazonaws.com' as const;
      scheduler.put({ arn: `${arn}#${target.Id}`, expression, service, isEnabled, input, target: rest });
    }
  }
  return { ref: name, attributes: { Arn: arn } };
};

const patternOf = (resource: TemplateResource, pattern: unknown) => {
  try {
    return parsePattern(pattern);
  } catch (error) {
    throw resourceError(resource, `\`EventPattern\`: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const targetOf = (target: RuleTarget): Target & InputShape => ({
  arn: target.Arn,
  ...(target.RoleArn !== undefined && { roleArn: target.RoleArn }),
  ...deadLetterOf(target.DeadLetterConfig),
  ...(target.Input !== undefined && { input: target.Input }),
  ...(target.InputPath !== undefined && { inputPath: target.InputPath }),
  ...(target.InputTransformer !== undefined && {
    transformer: {
      paths: target.InputTransformer.InputPathsMap ?? {},
      template: target.InputTransformer.InputTemplate,
    },
  }),
});

/** What a rule with a schedule tells its targets. */
const scheduledEvent = ({ region, accountId }: TemplateResource, arn: string): string =>
  JSON.stringify({
    version: '0',
    id: '<aws.scheduler.execution-id>',
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: accountId,
    time: '<aws.scheduler.scheduled-time>',
    region,
    resources: [arn],
    detail: {},
  });
