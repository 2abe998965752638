import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { accountId, createFunction, createRole, type Platform, region, startPlatform } from './small-platform.ts';

const deadArn = `arn:aws:sqs:${region}:${accountId}:dead`;
const doneArn = `arn:aws:sqs:${region}:${accountId}:done`;

let platform: Platform;
let client: LambdaClient;

beforeEach(async () => {
  platform = await startPlatform();
  platform.lambda.start();
  client = new LambdaClient(platform.clientOptions);
});
afterEach(async () => {
  client.destroy();
  await platform.stop();
});

const failing = `export const handler = async (event) => { console.log('try ' + event.n); if (event.fail) throw new Error('no'); return 'ok'; };`;
const send = (FunctionName: string, event: object) =>
  client.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: JSON.stringify(event) }));
const tries = () => platform.lines.filter(({ line }) => line.startsWith('try ')).length;
const received = (queueArn: string) =>
  platform.sqs.receive(queueArn, { caller: platform.credentials.adminCaller, max: 10 });

describe('an asynchronous event', () => {
  it('is accepted at once and processed once', async () => {
    const { name } = await createFunction(platform, failing);

    const { StatusCode } = await send(name, { n: 1 });
    await platform.lambda.idle();

    expect(StatusCode).toBe(202);
    expect(tries()).toBe(1);
    expect(platform.db.prepare('SELECT count(*) AS n FROM lambda_events').get()).toEqual({ n: 0 });
  });

  it('is tried again after one minute and after two, then goes to the dead-letter queue', async () => {
    await platform.create('AWS::SQS::Queue', 'Dead', { QueueName: 'dead' });
    const { name } = await createFunction(platform, failing, { DeadLetterConfig: { TargetArn: deadArn } });

    await send(name, { n: 1, fail: true });
    const counts: number[] = [];
    for (const ms of [0, 59_000, 1000, 119_000, 1000, 600_000]) {
      platform.moveClock(ms);
      await platform.lambda.idle();
      counts.push(tries());
    }

    expect(counts).toEqual([1, 1, 2, 2, 3, 3]);
    expect(received(deadArn)).toMatchObject([
      {
        body: '{"n":1,"fail":true}',
        messageAttributes: {
          ErrorCode: { StringValue: '200' },
          ErrorMessage: { StringValue: expect.stringContaining('no') },
        },
      },
    ]);
  });

  it('tells its destinations how it ended', async () => {
    await platform.create('AWS::SQS::Queue', 'Dead', { QueueName: 'dead' });
    await platform.create('AWS::SQS::Queue', 'Done', { QueueName: 'done' });
    const { name, arn } = await createFunction(platform, failing);
    await platform.create('AWS::Lambda::EventInvokeConfig', 'Config', {
      FunctionName: name,
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnSuccess: { Destination: doneArn }, OnFailure: { Destination: deadArn } },
    });

    await send(name, { n: 1 });
    await send(name, { n: 2, fail: true });
    await platform.lambda.idle();

    const [done, dead] = [doneArn, deadArn].map((queue) => JSON.parse(received(queue)[0]?.body ?? '{}'));
    expect(done).toMatchObject({
      requestContext: { condition: 'Success', approximateInvokeCount: 1, functionArn: `${arn}:$LATEST` },
      requestPayload: { n: 1 },
      responsePayload: 'ok',
    });
    expect(dead).toMatchObject({
      requestContext: { condition: 'RetriesExhausted' },
      requestPayload: { n: 2, fail: true },
      responseContext: { functionError: 'Unhandled' },
      responsePayload: { errorType: 'Error', errorMessage: 'no' },
    });
  });

  it('is given up when it is too old for another try', async () => {
    await platform.create('AWS::SQS::Queue', 'Dead', { QueueName: 'dead' });
    const { name } = await createFunction(platform, failing);
    await platform.create('AWS::Lambda::EventInvokeConfig', 'Config', {
      FunctionName: name,
      Qualifier: '$LATEST',
      MaximumEventAgeInSeconds: 60,
      DestinationConfig: { OnFailure: { Destination: deadArn } },
    });

    await send(name, { n: 1, fail: true });
    await platform.lambda.idle();
    platform.moveClock(60_000);
    await platform.lambda.idle();

    expect(JSON.parse(received(deadArn)[0]?.body ?? '{}')).toMatchObject({
      requestContext: { condition: 'EventAgeExceeded' },
    });
  });

  it('waits for room instead of being lost when all executions are taken', async () => {
    const { name } = await createFunction(platform, failing, { ReservedConcurrentExecutions: 1 });

    for (let n = 0; n < 20; n += 1) await send(name, { n });
    await platform.lambda.idle();

    expect(tries()).toBe(20);
  });
});

describe('executions at once', () => {
  let gate: string;
  let source: string;

  beforeEach(() => {
    gate = join(platform.code(''), 'open');
    source = `import { existsSync } from 'node:fs';
      export const handler = async () => { while (!existsSync('${gate}')) await new Promise((r) => setTimeout(r, 5)); };`;
  });

  /** Starts invocations; they end when the gate is opened, unless they are throttled before. */
  const burst = (name: string, count: number) => {
    const ends: string[] = [];
    const sent = Array.from({ length: count }, () =>
      client.send(new InvokeCommand({ FunctionName: name })).then(
        () => ends.push('ok'),
        (error) => ends.push(error.name),
      ),
    );
    return { ends, all: Promise.all(sent) };
  };
  const throttled = (count: number) => Array<string>(count).fill('TooManyRequestsException');
  const settled = (work: () => void) => vi.waitFor(work, { timeout: 20_000, interval: 5 });

  it('are throttled beyond what the account allows, as a new account is at ten', async () => {
    const { name } = await createFunction(platform, source);

    const { ends, all } = burst(name, 12);
    await settled(() => expect(ends).toEqual(throttled(2)));
    writeFileSync(gate, '');
    await all;

    expect(ends.filter((end) => end === 'ok')).toHaveLength(10);
    expect(platform.lambda.invoker.pool.size).toBeLessThanOrEqual(10);
  });

  it('leave to each function what it reserved', async () => {
    const role = await createRole(platform);
    const options = { id: 'Reserved', ReservedConcurrentExecutions: 2, Role: role };
    const reserved = await createFunction(platform, source, options);
    const other = await createFunction(platform, source, { id: 'Other', Role: role });

    const own = burst(reserved.name, 3);
    await settled(() => expect(own.ends).toEqual(throttled(1)));
    const rest = burst(other.name, 9);
    await settled(() => expect(rest.ends).toEqual(throttled(1)));
    writeFileSync(gate, '');
    await Promise.all([own.all, rest.all]);

    expect([own, rest].map(({ ends }) => ends.filter((end) => end === 'ok').length)).toEqual([2, 8]);
  });

  it('wait in line where a limit per function keeps the machine small', async () => {
    const small = await startPlatform({ limits: { account: 10, perFunction: 2 } });
    const { arn } = await createFunction(small, source);
    const { config } = small.lambda.functions.resolve({ arn });

    const all = Promise.all(
      Array.from({ length: 6 }, () => small.lambda.invoker.invoke({ config, invokedFunctionArn: arn, payload: '{}' })),
    );
    writeFileSync(gate, '');

    expect((await all).map(({ functionError }) => functionError)).toEqual(Array(6).fill(undefined));
    expect(small.lambda.invoker.pool.size).toBe(2);
    await small.stop();
  });
});
