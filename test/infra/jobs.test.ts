import { describe, expect, it } from 'vitest';
import { defaultApp } from './synthesized.ts';

const { service, data } = defaultApp();
const all = Object.entries(service.Resources);
const ofType = (type: string) => all.filter(([, { Type }]) => Type === type);

const durable = ofType('AWS::Lambda::Function').filter(([, { Properties }]) => Properties.DurableConfig !== undefined);
const byName = (ids: [string, unknown][]) => ids.map(([id]) => id);

describe('a durable function', () => {
  it('is one of those that do jobs, and there are some', () => {
    expect(durable.length).toBeGreaterThan(0);
  });

  it.each(durable)('%s runs for at most 366 days and keeps its history for 30', (_, { Properties }) => {
    expect(Properties.DurableConfig.ExecutionTimeout).toBeLessThanOrEqual(31_622_400);
    expect(Properties.DurableConfig.RetentionPeriodInDays).toBe(30);
  });

  it.each(byName(durable))('%s is reached by the alias live, whose versions outlive a deployment', (id) => {
    const versions = ofType('AWS::Lambda::Version').filter(([, { Properties }]) => Properties.FunctionName.Ref === id);
    const aliases = ofType('AWS::Lambda::Alias').filter(([, { Properties }]) => Properties.FunctionName.Ref === id);

    expect(versions.map(([, { DeletionPolicy }]) => DeletionPolicy)).toEqual(['Retain']);
    expect(aliases.map(([, { Properties }]) => Properties.Name)).toEqual(['live']);
  });

  it.each(byName(durable))('%s may checkpoint its own executions before anybody can start one', (id) => {
    const arn = { 'Fn::Join': ['', [{ 'Fn::GetAtt': [id, 'Arn'] }, ':*']] };
    const [policyId, policy] =
      ofType('AWS::IAM::Policy').find(([, { Properties }]) =>
        Properties.PolicyDocument.Statement.some(
          ({ Action, Resource }: { Action: unknown; Resource: unknown }) =>
            ['lambda:CheckpointDurableExecution', 'lambda:GetDurableExecutionState'].every((action) =>
              [Action].flat().includes(action),
            ) && JSON.stringify(Resource) === JSON.stringify(arn),
        ),
      ) ?? [];
    const [, alias] =
      ofType('AWS::Lambda::Alias').find(([, { Properties }]) => Properties.FunctionName.Ref === id) ?? [];

    expect(policy?.Properties.Roles).toHaveLength(1);
    expect(alias?.DependsOn).toContain(policyId);
  });

  it.each(durable)('%s buries what it could not do', (_, { Properties }) => {
    expect(JSON.stringify(Properties.DeadLetterConfig.TargetArn)).toContain('JobDeadLetters');
  });
});

describe('schedules', () => {
  const schedules = ofType('AWS::Scheduler::Schedule').map(([, { Properties }]) => Properties);
  const target = (schedule: Record<string, unknown>) => schedule['Target'] as Record<string, unknown>;

  it('call the one function that starts jobs, each with a role, a dead-letter queue and a time', () => {
    expect(schedules.length).toBeGreaterThan(0);
    expect(new Set(schedules.map((schedule) => JSON.stringify(target(schedule)['Arn']))).size).toBe(1);
    expect(new Set(schedules.map((schedule) => JSON.stringify(target(schedule)['RoleArn']))).size).toBe(1);
    for (const schedule of schedules) {
      expect(JSON.stringify(target(schedule)['DeadLetterConfig'])).toContain('JobDeadLetters');
      expect(JSON.parse(String(target(schedule)['Input'])).dueAt).toBe('<aws.scheduler.scheduled-time>');
      expect(schedule).toMatchObject({ ScheduleExpressionTimezone: 'UTC', FlexibleTimeWindow: { Mode: 'OFF' } });
    }
  });

  it('name jobs that are different from each other', () => {
    const names = schedules.map((schedule) => JSON.parse(String(target(schedule)['Input'])).name);

    expect(new Set(names).size).toBe(names.length);
  });

  it('come from one group, whose role nobody else can take', () => {
    const [[groupId] = ['']] = ofType('AWS::Scheduler::ScheduleGroup');
    const role = ofType('AWS::IAM::Role').find(([id]) => id.startsWith('SchedulesRole'))?.[1];

    expect(role?.Properties.AssumeRolePolicyDocument.Statement).toEqual([
      {
        Action: 'sts:AssumeRole',
        Effect: 'Allow',
        Principal: { Service: 'scheduler.amazonaws.com' },
        Condition: {
          StringEquals: {
            'aws:SourceAccount': { Ref: 'AWS::AccountId' },
            'aws:SourceArn': { 'Fn::GetAtt': [groupId, 'Arn'] },
          },
        },
      },
    ]);
    expect(role?.Properties.PermissionsBoundary).toBeDefined();
  });

  it('have their dead letters where they outlive the service', () => {
    const queue = Object.entries(data.Resources).find(([id]) => id.startsWith('JobDeadLetters'))?.[1];

    expect(queue).toMatchObject({ Type: 'AWS::SQS::Queue', DeletionPolicy: 'Retain' });
    expect(queue?.Properties.MessageRetentionPeriod).toBe(1_209_600);
  });
});
