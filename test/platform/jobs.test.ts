import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetDurableExecutionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobKey, operatorTenant } from '../../core/catalog/keys.ts';
import { days, utcDay } from '../../core/time.ts';
import { minutes } from './minutes.ts';
import { type RunningPlatform, runPlatform } from './running-platform.ts';

let running: RunningPlatform;
let table: DynamoDBDocumentClient;
let lambda: LambdaClient;

beforeAll(async () => {
  running = await runPlatform();
  const { regions, endpoint, admin } = running.state;
  const options = { region: regions[0] ?? '', endpoint, credentials: { ...admin } };
  table = DynamoDBDocumentClient.from(new DynamoDBClient(options));
  lambda = new LambdaClient(options);
});
afterAll(async () => {
  table.destroy();
  lambda.destroy();
  await running[Symbol.asyncDispose]();
});

const jobOf = async (jobId: string) => {
  const TableName = running.state.tables['catalog'] ?? '';
  return (await table.send(new GetCommand({ TableName, Key: jobKey(operatorTenant, jobId) }))).Item;
};

const start = (name: string, jobId: string, qualifier = 'live') =>
  lambda.send(
    new InvokeCommand({
      FunctionName: running.state.functions[name],
      Qualifier: qualifier,
      InvocationType: 'Event',
      DurableExecutionName: jobId,
      Payload: JSON.stringify({ tenant: operatorTenant, jobId, job: 'sweep', input: { part: 'due' } }),
    }),
  );

describe('the jobs of the deployment', () => {
  it('run each night at their time, as the schedules of the template say', async () => {
    const { platform } = running;
    const midnight = (Math.floor(platform.clock.now() / days(1)) + 1) * days(1);

    await platform.travelTo(midnight + days(1) / 4);

    const row = await jobOf(`sweep-${utcDay(midnight)}`);
    expect(row).toMatchObject({
      summary: { job: 'sweep', state: 'succeeded', createdBy: 'schedule:sweep' },
      input: { part: 'due' },
    });
    expect(row?.['summary'].createdAt.slice(11, 16)).toBe('01:10');
  });

  it('run once where a schedule fires twice', async () => {
    const { platform, state } = running;
    const dueAt = `${utcDay(platform.clock.now())}T01:10:00Z`;
    const Payload = JSON.stringify({ name: 'sweep', job: 'sweep', input: { part: 'due' }, per: 'day', dueAt });
    const before = await jobOf(`sweep-${dueAt.slice(0, 10)}`);

    const { FunctionError } = await lambda.send(new InvokeCommand({ FunctionName: state.functions['start'], Payload }));
    await platform.idle();

    expect(FunctionError).toBeUndefined();
    expect(await jobOf(`sweep-${dueAt.slice(0, 10)}`)).toEqual(before);
  });

  it('that nobody wrote down fail, are buried and ring', async () => {
    const { platform } = running;
    const { DurableExecutionArn } = await start('sweep', 'nobody-asked');
    await platform.idle();
    // CloudWatch looks at a minute once it is over.
    for (let minute = 0; minute < 2; minute += 1) await platform.travelTo(platform.clock.now() + minutes(1));

    expect(await lambda.send(new GetDurableExecutionCommand({ DurableExecutionArn }))).toMatchObject({
      Status: 'FAILED',
      Error: { ErrorMessage: expect.stringContaining('has no row') },
    });
    const ringing = platform.services.cloudWatch.alarms().filter(({ state }) => state === 'ALARM');
    expect(ringing.map(({ alarm }) => alarm.name)).toContainEqual(expect.stringContaining('JobWatchDeadLetters'));
  });

  it('are not started without the alias', async () => {
    const call = new InvokeCommand({ FunctionName: running.state.functions['sweep'], Payload: '{}' });

    await expect(lambda.send(call)).rejects.toThrow(/unqualified/);
  });
});
