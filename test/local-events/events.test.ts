import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEvents, type Events } from '../../local/events/events.ts';
import { travel } from '../../local/journey.ts';
import { accountId, createFunction, type Platform, region, startPlatform } from '../local-lambda/small-platform.ts';

const queueArn = (name: string): string => `arn:aws:sqs:${region}:${accountId}:${name}`;

let platform: Platform;
let events: Events;

const makeEvents = (): Events => {
  const { db, clock, credentials, sqs, lambda, logged } = platform;
  const sns = { publishFor: () => 'id' };
  return createEvents({
    ...{ db, clock, credentials, sqs, lambda, sns, accountId },
    authorize: () => {},
    newId: () => 'id',
    log: (line) => void logged.push(line),
  });
};

const create = async (type: string, logicalId: string, properties: Record<string, unknown>) => {
  const provider = events.providers.find((each) => each.type === type);
  const place = { stackName: 'test', region, accountId, generatedName: `test-${logicalId}` };
  return provider?.create({ logicalId, type, properties, ...place });
};

const received = (name: string): string[] => {
  const caller = platform.credentials.adminCaller;
  const messages = platform.sqs.receive(queueArn(name), { caller, max: 10 });
  const handles = messages.map(({ receiptHandle }) => receiptHandle);
  if (handles.length > 0) platform.sqs.remove(queueArn(name), handles, caller);
  return messages.map(({ body }) => body);
};

beforeEach(async () => {
  platform = await startPlatform();
  events = makeEvents();
  await platform.create('AWS::SQS::Queue', 'Inbox', { QueueName: 'inbox' });
  await platform.create('AWS::SQS::Queue', 'Dead', { QueueName: 'dead' });
});
afterEach(async () => {
  events.scheduler.stop();
  await platform.stop();
});

const schedulerRole = async (statements: object[]) => {
  const { attributes } = await platform.create('AWS::IAM::Role', 'SchedulerRole', {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'scheduler.amazonaws.com' },
          Condition: {
            StringEquals: { 'aws:SourceArn': `arn:aws:scheduler:${region}:${accountId}:schedule-group/ours` },
          },
        },
      ],
    },
    Policies: [{ PolicyName: 'rights', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
  });
  return attributes['Arn'] ?? '';
};

const schedule = (name: string, RoleArn: string, more: Record<string, unknown> = {}) =>
  create('AWS::Scheduler::Schedule', name, {
    Name: name,
    GroupName: 'ours',
    FlexibleTimeWindow: { Mode: 'OFF' },
    ScheduleExpressionTimezone: 'UTC',
    ScheduleExpression: 'cron(0 3 * * ? *)',
    ...more,
    Target: {
      Arn: queueArn('inbox'),
      RoleArn,
      Input: `{"name":"${name}","dueAt":"<aws.scheduler.scheduled-time>"}`,
      DeadLetterConfig: { Arn: queueArn('dead') },
    },
  });

/** Takes everything out of a queue. */
const emptied = (name: string): number => {
  let count = 0;
  for (let taken = received(name); taken.length > 0; taken = received(name)) count += taken.length;
  return count;
};

/** Moves the clock as the platform does, with stops at every schedule. */
const travelTo = (instantMs: number, look: () => void = () => {}): Promise<void> => {
  const arrive = async (ms: number, paceMs: number) => {
    platform.clock.set(ms);
    events.scheduler.pump(paceMs);
    look();
  };
  return travel(
    {
      now: () => platform.clock.now(),
      nextStop: events.scheduler.nextMs,
      arriveAt: arrive,
      stopAt: arrive,
    },
    instantMs,
  );
};

describe('schedules', () => {
  const mayAll = [{ Effect: 'Allow', Action: '*', Resource: '*' }];

  it('run in order, each at its own time, while the clock travels', async () => {
    const role = await schedulerRole(mayAll);
    await schedule('late', role, { ScheduleExpression: 'cron(0 5 * * ? *)' });
    await schedule('early', role);
    events.scheduler.start();
    const midnight = (Math.floor(platform.clock.now() / 86_400_000) + 1) * 86_400_000;
    await travelTo(midnight);
    emptied('inbox');

    await travelTo(midnight + 2 * 86_400_000);

    const day = (offset: number) => new Date(midnight + offset * 86_400_000).toISOString().slice(0, 10);
    expect(received('inbox').map((body) => JSON.parse(body))).toEqual([
      { name: 'early', dueAt: `${day(0)}T03:00:00Z` },
      { name: 'late', dueAt: `${day(0)}T05:00:00Z` },
      { name: 'early', dueAt: `${day(1)}T03:00:00Z` },
      { name: 'late', dueAt: `${day(1)}T05:00:00Z` },
    ]);
  });

  it('of every hour run once a day on a long journey', async () => {
    await schedule('hourly', await schedulerRole(mayAll), { ScheduleExpression: 'cron(5 * * * ? *)' });
    events.scheduler.start();
    const midnight = (Math.floor(platform.clock.now() / 86_400_000) + 1) * 86_400_000;
    await travelTo(midnight);
    emptied('inbox');

    await travelTo(midnight + 3 * 86_400_000);

    const times = received('inbox').map((body) => JSON.parse(body).dueAt.slice(11));
    expect(times).toEqual(['23:05:00Z', '23:05:00Z', '23:05:00Z']);
  });

  it('of every day run each day of a journey of months, those of every hour once a week and each day of its last week', async () => {
    const role = await schedulerRole(mayAll);
    await schedule('daily', role);
    await schedule('hourly', role, { ScheduleExpression: 'cron(5 * * * ? *)' });
    events.scheduler.start();
    const midnight = (Math.floor(platform.clock.now() / 86_400_000) + 1) * 86_400_000;
    await travelTo(midnight);
    emptied('inbox');
    const names: string[] = [];

    await travelTo(midnight + 56 * 86_400_000, () => {
      for (let taken = received('inbox'); taken.length > 0; taken = received('inbox'))
        names.push(...taken.map((body) => JSON.parse(body).name));
    });

    expect(names.filter((name) => name === 'daily')).toHaveLength(56);
    const hourly = names.filter((name) => name === 'hourly').length;
    expect(hourly).toBeGreaterThanOrEqual(7 + 7);
    expect(hourly).toBeLessThanOrEqual(7 + 8);
  });

  it('do not run again after a restart, and what fell due meanwhile runs once', async () => {
    const role = await schedulerRole(mayAll);
    await schedule('sweep', role);
    events.scheduler.start();
    const midnight = (Math.floor(platform.clock.now() / 86_400_000) + 1) * 86_400_000;
    await travelTo(midnight + 4 * 3_600_000);
    const before = emptied('inbox');
    events.scheduler.stop();
    platform.clock.set(midnight + 2 * 86_400_000 - 3_600_000);
    events = makeEvents();
    await schedule('sweep', role);

    events.scheduler.start();

    expect([before > 0, received('inbox').map((body) => JSON.parse(body).dueAt.slice(11))]).toEqual([
      true,
      ['03:00:00Z'],
    ]);
  });

  it('bury what their role may not send', async () => {
    const role = await schedulerRole([{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queueArn('dead') }]);
    await schedule('sweep', role);
    events.scheduler.start();
    await travelTo(platform.clock.now() + 86_400_000);

    expect(received('inbox')).toEqual([]);
    expect(received('dead').map((body) => JSON.parse(body).name)).toEqual(['sweep']);
  });

  it.each([
    ['another time zone', { ScheduleExpressionTimezone: 'Asia/Kolkata' }, /UTC/],
    ['a time that nobody can read', { ScheduleExpression: 'daily' }, /`daily`/],
  ])('with %s are refused', async (_, more, message) => {
    const role = await schedulerRole(mayAll);

    await expect(schedule('odd', role, more)).rejects.toThrow(message);
  });
});

describe('event rules', () => {
  const rule = (name: string, more: Record<string, unknown>) =>
    create('AWS::Events::Rule', name, {
      Name: name,
      EventPattern: { source: ['aws.backup'], detail: { state: ['FAILED'] } },
      ...more,
    });
  const failed = { source: 'aws.backup', detailType: 'Backup Job State Change', region, detail: { state: 'FAILED' } };

  it('hand events on as the queue’s policy admits, and keep others', async () => {
    await platform.create('AWS::SQS::QueuePolicy', 'Policy', {
      Queues: [`http://127.0.0.1/${accountId}/inbox`],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: queueArn('inbox'),
            Condition: { ArnEquals: { 'aws:SourceArn': `arn:aws:events:${region}:${accountId}:rule/watch` } },
          },
        ],
      },
    });
    await rule('watch', { Targets: [{ Id: 'q', Arn: queueArn('inbox'), InputPath: '$.detail' }] });
    await rule('stranger', { Targets: [{ Id: 'q', Arn: queueArn('inbox') }] });
    await rule('off', { State: 'DISABLED', Targets: [{ Id: 'q', Arn: queueArn('inbox') }] });

    events.bus.putEvent(failed);
    events.bus.putEvent({ ...failed, detail: { state: 'COMPLETED' } });
    events.bus.putEvent({ ...failed, region: 'ap-south-2' });

    expect(received('inbox')).toEqual(['{"state":"FAILED"}']);
    expect(platform.logged.filter((line) => line.includes('rule/stranger could not reach'))).toHaveLength(1);
  });

  it('call a function whose policy admits the rule, with what the rule makes of the event', async () => {
    const { arn } = await createFunction(
      platform,
      'export const handler = async (event) => console.log(JSON.stringify(event));',
    );
    await platform.create('AWS::Lambda::Permission', 'Permission', {
      FunctionName: arn,
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      SourceArn: `arn:aws:events:${region}:${accountId}:rule/watch`,
    });
    const InputTransformer = {
      InputPathsMap: { state: '$.detail.state', type: '$.detail-type' },
      InputTemplate: '{"state":"<state>","said":"<type>"}',
    };
    await rule('watch', { Targets: [{ Id: 'f', Arn: arn, InputTransformer }] });
    platform.lambda.start();

    events.bus.putEvent(failed);
    await platform.lambda.idle();

    expect(platform.lines.map(({ line }) => line).join()).toContain(
      '{"state":"FAILED","said":"Backup Job State Change"}',
    );
  });
});
