import {
  GetDurableExecutionCommand,
  InvokeCommand,
  LambdaClient,
  ListDurableExecutionsByFunctionCommand,
  SendDurableExecutionCallbackFailureCommand,
  SendDurableExecutionCallbackHeartbeatCommand,
  SendDurableExecutionCallbackSuccessCommand,
  StopDurableExecutionCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deeds, historyOf } from './durable-deeds.ts';
import { createDurableFunction, point, publish } from './durable-function.ts';
import { accountId, createFunction, createRole, type Platform, region, startPlatform } from './small-platform.ts';

let platform: Platform;
let client: LambdaClient;
let names = 0;
const hourMs = 3_600_000;

beforeAll(async () => {
  platform = await startPlatform();
  client = new LambdaClient(platform.clientOptions);
  platform.lambda.start();
  all = await functionOf();
});
afterAll(async () => {
  client.destroy();
  await platform.stop();
});

const functionOf = (properties = {}) =>
  createDurableFunction(platform, deeds, { id: `Function${++names}`, ...properties });

let all: Awaited<ReturnType<typeof functionOf>>;

const begin = async (alias: string, payload: unknown = {}, name = `run-${++names}`): Promise<string> => {
  const { DurableExecutionArn = '' } = await client.send(
    new InvokeCommand({
      FunctionName: alias,
      InvocationType: 'Event',
      DurableExecutionName: name,
      Payload: JSON.stringify(payload),
    }),
  );
  return DurableExecutionArn;
};

const lookAt = (arn: string) => client.send(new GetDurableExecutionCommand({ DurableExecutionArn: arn }));

const history = (arn: string) => historyOf(client, arn);

describe('an execution', () => {
  it('keeps what its steps answer and ends with a result', async () => {
    const execution = await begin(all.alias, { do: 'add', start: 5 });
    await platform.lambda.idle();

    expect(execution).toMatch(new RegExp(`^${all.arn}:1/durable-execution/run-\\d+/[0-9a-f-]+$`));
    expect(await lookAt(execution)).toMatchObject({
      Status: 'SUCCEEDED',
      Result: '{"sum":7}',
      InputPayload: '{"do":"add","start":5}',
      FunctionArn: all.alias,
      Version: '1',
      DurableConfig: { ExecutionTimeout: 86_400, RetentionPeriodInDays: 7 },
    });
    expect(await history(execution)).toEqual([
      'ExecutionStarted',
      'StepStarted',
      'StepSucceeded',
      'StepStarted',
      'StepSucceeded',
      'InvocationCompleted',
      'ExecutionSucceeded',
    ]);
  });

  it('is answered to whoever waits for it', async () => {
    const { FunctionError, Payload } = await client.send(
      new InvokeCommand({ FunctionName: all.alias, Payload: '{"do":"fail"}' }),
    );

    expect(FunctionError).toBe('Unhandled');
    expect(JSON.parse(Buffer.from(Payload ?? '').toString())).toMatchObject({ errorMessage: 'no such tape' });
  });

  it('is the same for the same name and payload, and refused for another payload', async () => {
    const first = await begin(all.alias, { do: 'add', start: 1 }, 'sweep-2026-11-21');
    const again = await begin(all.alias, { do: 'add', start: 1 }, 'sweep-2026-11-21');
    await platform.lambda.idle();

    expect(again).toBe(first);
    await expect(begin(all.alias, { do: 'add', start: 2 }, 'sweep-2026-11-21')).rejects.toMatchObject({
      name: 'DurableExecutionAlreadyStartedException',
    });
    const { DurableExecutions } = await client.send(
      new ListDurableExecutionsByFunctionCommand({
        FunctionName: all.name,
        DurableExecutionName: '2026-11-21',
        Statuses: ['SUCCEEDED'],
      }),
    );
    expect(DurableExecutions).toHaveLength(1);
    expect(DurableExecutions?.[0]).toMatchObject({ DurableExecutionName: 'sweep-2026-11-21' });
  });

  it('does not begin without a qualifier', async () => {
    await expect(client.send(new InvokeCommand({ FunctionName: all.arn }))).rejects.toThrow(/unqualified/);
  });

  it('does not begin under a name of other characters', async () => {
    await expect(begin(all.alias, {}, 'a~b')).rejects.toThrow(/execution name a~b/);
  });

  it('is stopped from outside', async () => {
    const execution = await begin(all.alias, { do: 'wait', hours: 20 });
    await platform.lambda.idle();
    await client.send(
      new StopDurableExecutionCommand({ DurableExecutionArn: execution, Error: { ErrorMessage: 'not needed' } }),
    );

    expect(await lookAt(execution)).toMatchObject({ Status: 'STOPPED', Error: { ErrorMessage: 'not needed' } });
  });
});

describe('the one clock', () => {
  it('ends waits in the order of their instants', async () => {
    const late = await begin(all.alias, { do: 'wait', hours: 5 });
    const soon = await begin(all.alias, { do: 'wait', hours: 2 });
    await platform.lambda.idle();

    expect((await lookAt(soon)).Status).toBe('RUNNING');
    platform.moveClock(2 * hourMs);
    await platform.lambda.idle();
    expect([(await lookAt(soon)).Status, (await lookAt(late)).Status]).toEqual(['SUCCEEDED', 'RUNNING']);
    platform.moveClock(3 * hourMs);
    await platform.lambda.idle();
    expect((await lookAt(late)).Status).toBe('SUCCEEDED');
    expect(await history(late)).toEqual([
      'ExecutionStarted',
      'WaitStarted',
      'InvocationCompleted',
      'WaitSucceeded',
      'StepStarted',
      'StepSucceeded',
      'InvocationCompleted',
      'ExecutionSucceeded',
    ]);
  });

  it('tries a step again after its delay, and counts the attempts', async () => {
    const execution = await begin(all.alias, { do: 'flaky' });
    for (let attempt = 1; attempt < 3; attempt += 1) {
      await platform.lambda.idle();
      expect((await lookAt(execution)).Status).toBe('RUNNING');
      platform.moveClock(600_000);
    }
    await platform.lambda.idle();

    expect(await lookAt(execution)).toMatchObject({ Status: 'SUCCEEDED', Result: '3' });
    expect((await history(execution)).filter((type) => type === 'StepFailed')).toHaveLength(2);
  });

  it('ends an execution that takes longer than its function allows, and buries what was asked', async () => {
    await platform.create('AWS::SQS::Queue', 'Dead', { QueueName: 'dead' });
    const queueArn = `arn:aws:sqs:${region}:${accountId}:dead`;
    const { alias } = await functionOf({
      durable: { ExecutionTimeout: 3600 },
      DeadLetterConfig: { TargetArn: queueArn },
    });
    const execution = await begin(alias, { do: 'wait', hours: 48 });
    await platform.lambda.idle();
    platform.moveClock(hourMs);
    await platform.lambda.idle();

    expect(await lookAt(execution)).toMatchObject({ Status: 'TIMED_OUT', Error: { ErrorType: 'Execution.Timeout' } });
    const [message] = platform.sqs.receive(queueArn, { caller: platform.credentials.adminCaller, max: 1 });
    expect(message?.body).toBe('{"do":"wait","hours":48}');
  });

  it('forgets an execution when its history is no longer kept', async () => {
    const execution = await begin(all.alias, { do: 'add', start: 1 });
    await platform.lambda.idle();
    platform.moveClock(7 * 24 * hourMs);

    await expect(lookAt(execution)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('callbacks', () => {
  const waiting = async () => {
    const before = platform.lines.length;
    const execution = await begin(all.alias, { do: 'ask' });
    await platform.lambda.idle();
    const line = platform.lines.slice(before).find((entry) => entry.line.includes('callback='))?.line ?? '';
    return { execution, CallbackId: line.split('=')[1] ?? '' };
  };

  it('go on with what they bring', async () => {
    const { execution, CallbackId } = await waiting();

    await client.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId, Result: Buffer.from('yes') }));
    await platform.lambda.idle();

    expect(await lookAt(execution)).toMatchObject({ Status: 'SUCCEEDED', Result: '{"answer":"yes"}' });
    await expect(client.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId }))).rejects.toMatchObject({
      name: 'CallbackTimeoutException',
    });
  });

  it('fail with the error that they bring', async () => {
    const { execution, CallbackId } = await waiting();

    const refusal = { ErrorType: 'Refused', ErrorMessage: 'the tape is gone' };
    await client.send(new SendDurableExecutionCallbackFailureCommand({ CallbackId, Error: refusal }));
    await platform.lambda.idle();

    expect(await lookAt(execution)).toMatchObject({ Status: 'FAILED', Error: { ErrorMessage: 'the tape is gone' } });
  });

  it('time out without a heartbeat, and with heartbeats at their last moment', async () => {
    const silent = await waiting();
    const { execution, CallbackId } = await waiting();
    for (let beats = 0; beats < 7; beats += 1) {
      platform.moveClock(1.5 * hourMs);
      await client.send(new SendDurableExecutionCallbackHeartbeatCommand({ CallbackId }));
    }
    await platform.lambda.idle();

    expect((await lookAt(silent.execution)).Error?.ErrorMessage).toContain('heartbeat');
    expect((await lookAt(execution)).Status).toBe('RUNNING');
    platform.moveClock(1.5 * hourMs);
    await platform.lambda.idle();
    expect((await lookAt(execution)).Error?.ErrorMessage).toBe('Callback timed out');
    expect(await history(execution)).toContain('CallbackTimedOut');
  });
});

describe('an execution among others', () => {
  it('stays with its version while the alias moves on', async () => {
    const { alias, name } = await functionOf({ id: 'Pinned', Description: 'old' });
    const old = await begin(alias, { do: 'wait', hours: 1 });
    await platform.lambda.idle();
    await createDurableFunction(platform, deeds.replace('answer ?? null', '"new"'), { id: 'Pinned' });
    await point(platform, name, await publish(platform, name, '2'));
    const young = await begin(alias, { do: 'wait', hours: 1 });
    await platform.lambda.idle();
    platform.moveClock(hourMs);
    await platform.lambda.idle();

    expect(await lookAt(old)).toMatchObject({ Version: '1', Result: 'null' });
    expect(await lookAt(young)).toMatchObject({ Version: '2', Result: '"new"' });
  });

  it('calls a function and a durable function and waits for them', async () => {
    const plain = await createFunction(platform, 'export const handler = async ({ n }) => n * 2;', { id: 'Plain' });
    const execution = await begin(all.alias, { do: 'call', plain: plain.arn, durable: all.alias });
    await platform.lambda.idle();
    platform.moveClock(hourMs);
    await platform.lambda.idle();

    expect(await lookAt(execution)).toMatchObject({ Status: 'SUCCEEDED', Result: '43' });
  });

  it('may not checkpoint without the right', async () => {
    const Role = await createRole(platform, [{ Effect: 'Allow', Action: 'logs:*', Resource: '*' }]);
    const { alias } = await functionOf({ Role });
    const execution = await begin(alias, { do: 'add', start: 1 });
    await platform.lambda.idle();

    expect(await lookAt(execution)).toMatchObject({
      Status: 'FAILED',
      Error: { ErrorMessage: expect.stringContaining('lambda:CheckpointDurableExecution') },
    });
    await createRole(platform);
  });
});

describe('AWS’s quotas', () => {
  const endOf = async (payload: object) => {
    const execution = await begin(all.alias, payload);
    await platform.lambda.idle();
    return lookAt(execution);
  };

  it('refuse an answer of a step above 256 KB', async () => {
    expect((await endOf({ do: 'big', bytes: 262_145 })).Error?.ErrorMessage).toContain('262144 bytes');
  });

  it('end an execution of more than 3,000 operations', async () => {
    expect((await endOf({ do: 'many', steps: 3_000 })).Error?.ErrorMessage).toContain('3000 operations');
  });

  it('take an answer of an execution that is larger than an invocation’s', async () => {
    const { Status, Result } = await endOf({ do: 'huge', bytes: 6_400_000 });

    expect([Status, Result?.length]).toEqual(['SUCCEEDED', 6_400_002]);
  });
});
