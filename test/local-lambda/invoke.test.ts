import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFunction, type Platform, startPlatform } from './small-platform.ts';

let platform: Platform;
let client: LambdaClient;

beforeAll(async () => {
  platform = await startPlatform();
  client = new LambdaClient(platform.clientOptions);
});
afterAll(async () => {
  client.destroy();
  await platform.stop();
});

const invoke = async (name: string, event: unknown = {}, options: Partial<InvokeCommand['input']> = {}) => {
  const answer = await client.send(
    new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event), ...options }),
  );
  const text = answer.Payload?.transformToString() ?? '';
  return { ...answer, body: text === '' ? undefined : JSON.parse(text) };
};

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error) => ({ name: error.name, status: error.$metadata?.httpStatusCode }),
  );

describe('an invocation', () => {
  it('answers what the handler returns, with the context that Lambda gives', async () => {
    const { name, arn } = await createFunction(
      platform,
      `export const handler = async (event, context) => ({ event, id: context.awsRequestId, arn: context.invokedFunctionArn,
         left: context.getRemainingTimeInMillis(), memory: context.memoryLimitInMB, region: process.env.AWS_REGION,
         own: process.env.OWN, home: process.env.HOME, endpoint: process.env.AWS_ENDPOINT_URL });`,
      { id: 'Echo', MemorySize: 256, Timeout: '10', Environment: { Variables: { OWN: 'value' } } },
    );

    const { body, StatusCode, ExecutedVersion } = await invoke(name, { a: 1 });

    expect({ StatusCode, ExecutedVersion }).toEqual({ StatusCode: 200, ExecutedVersion: '$LATEST' });
    expect(body).toMatchObject({ event: { a: 1 }, arn, memory: '256', region: 'ap-south-1', own: 'value' });
    expect(body.home).toBeUndefined();
    expect(body.endpoint).toBe(platform.endpoint());
    expect(body.left).toBeGreaterThan(9000);
  });

  it('reuses a warm container one invocation after the other', async () => {
    const { name } = await createFunction(platform, 'let n = 0; export const handler = async () => ++n;', {
      id: 'Warm',
    });

    const counts = [await invoke(name), await invoke(name), await invoke(name)].map(({ body }) => body);

    expect(counts).toEqual([1, 2, 3]);
  });

  it('loads CommonJS handlers too', async () => {
    const { name } = await createFunction(platform, 'exports.handler = async (event) => event.x * 2;', {
      id: 'Cjs',
      file: 'index.cjs',
    });

    expect((await invoke(name, { x: 21 })).body).toBe(42);
  });

  it('tells the log line by line, with the tail for whoever asks', async () => {
    const { name } = await createFunction(
      platform,
      `export const handler = async () => { console.log('first'); process.stdout.write('sec'); process.stdout.write('ond\\n');
         console.error('third'); return null; };`,
      { id: 'Logs' },
    );

    const { LogResult } = await invoke(name, {}, { LogType: 'Tail' });

    const tail = Buffer.from(LogResult ?? '', 'base64')
      .toString()
      .split('\n');
    expect(tail.slice(1, 4)).toEqual(['first', 'second', 'third']);
    expect(tail[0]).toMatch(/^START RequestId: .+ Version: \$LATEST$/);
    expect(tail[5]).toMatch(/^REPORT RequestId: .+\tDuration: /);
    expect(platform.lines.find(({ line }) => line === 'second')).toMatchObject({ functionName: name });
  });

  it('only checks on a dry run', async () => {
    const { name } = await createFunction(platform, 'export const handler = async () => 1;', { id: 'Dry' });

    expect(await invoke(name, {}, { InvocationType: 'DryRun' })).toMatchObject({ StatusCode: 204, body: undefined });
  });
});

it('an invocation counts in the use of the account’s concurrent executions', async () => {
  const { name } = await createFunction(platform, 'export const handler = async () => 1;', { id: 'Counted' });

  await invoke(name);

  expect(platform.metrics.filter(({ namespace }) => namespace === 'AWS/Usage').at(-1)).toMatchObject({
    name: 'ResourceCount',
    dimensions: { Service: 'Lambda', Type: 'Resource', Resource: 'ConcurrentExecutions', Class: 'None' },
    value: 1,
  });
});

describe('a function that fails is reported as Lambda reports it', () => {
  it.each([
    ['throws', `throw new TypeError('no')`, { errorType: 'TypeError', errorMessage: 'no' }],
    ['rejects with text', `return Promise.reject('text')`, { errorType: 'string', errorMessage: 'text' }],
    ['leaves the process', `process.exit(3)`, { errorType: 'Runtime.ExitError' }],
    ['leaves the process with success', `process.exit(0)`, { errorType: 'Runtime.ExitError' }],
    [
      'forgets a rejection',
      `Promise.reject(new Error('lost')); await new Promise((r) => setTimeout(r, 5000))`,
      { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'Error: lost' },
    ],
    [
      'throws outside of its promise',
      `setTimeout(() => { throw new RangeError('late') }, 1); await new Promise((r) => setTimeout(r, 5000))`,
      { errorType: 'RangeError', errorMessage: 'late' },
    ],
    ['answers what is no JSON', 'return { big: 1n }', { errorType: 'TypeError' }],
    ['answers too much', `return 'x'.repeat(6_300_000)`, { errorType: 'Function.ResponseSizeTooLarge' }],
  ])('when it %s', async (title, code, expected) => {
    const { name } = await createFunction(
      platform,
      `let n = 0; export const handler = async (e) => { if (e.ok) return ++n; ${code}; };`,
      {
        id: `Fails${title.replaceAll(' ', '')}`,
        Timeout: 10,
      },
    );

    const { body, StatusCode, FunctionError } = await invoke(name);

    expect({ StatusCode, FunctionError }).toEqual({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(body).toMatchObject(expected);
    expect((await invoke(name, { ok: true })).body).toBe(1);
  });

  it('when it takes longer than its timeout, even in a loop without end', async () => {
    const { name } = await createFunction(
      platform,
      'export const handler = async ({ ok }) => { while (!ok); return 1; };',
      { id: 'Loop', Timeout: 1 },
    );

    const { body } = await invoke(name);

    expect(body).toMatchObject({ errorType: 'Sandbox.Timedout' });
    expect(body.errorMessage).toMatch(/Task timed out after 1\.00 seconds$/);
    expect((await invoke(name, { ok: true })).body).toBe(1);
  });

  it('when it runs out of memory', async () => {
    const { name } = await createFunction(
      platform,
      `export const handler = async ({ ok }) => { const kept = []; while (!ok) kept.push(new Array(1e6).fill(1.5)); return 1; };`,
      { id: 'Memory', MemorySize: 128, Timeout: 30 },
    );

    expect((await invoke(name)).body).toMatchObject({ errorType: 'Runtime.OutOfMemory' });
    expect((await invoke(name, { ok: true })).body).toBe(1);
  });

  it.each([
    ['export const other = 1;', 'Runtime.HandlerNotFound'],
    ['export const handler = 1;', 'Runtime.HandlerNotFound'],
    ['export const handler = (', 'Runtime.UserCodeSyntaxError'],
    [`import 'missing-module'; export const handler = async () => 1;`, 'Error'],
    [`throw new RangeError('at start');`, 'RangeError'],
    ['export const handler = (event, context, callback) => callback();', 'Runtime.CallbackHandlerDeprecated'],
    ['process.exit(1);', 'Runtime.ExitError'],
  ])('when it cannot start: %s', async (source, errorType) => {
    const { name } = await createFunction(platform, source, { id: 'Init' });

    expect(await invoke(name)).toMatchObject({ FunctionError: 'Unhandled', body: { errorType } });
  });
});

describe('a request that Lambda refuses', () => {
  it('names a function that does not exist', async () => {
    expect(await refusal(invoke('nobody'))).toEqual({ name: 'ResourceNotFoundException', status: 404 });
  });

  it('is larger than an event may be', async () => {
    const { name } = await createFunction(platform, 'export const handler = async () => 1;', { id: 'Large' });
    const large = { text: 'x'.repeat(262_144) };

    expect(await refusal(invoke(name, large, { InvocationType: 'Event' }))).toEqual({
      name: 'RequestEntityTooLargeException',
      status: 413,
    });
    expect((await invoke(name, large)).body).toBe(1);
  });

  it('is no JSON', async () => {
    const { name } = await createFunction(platform, 'export const handler = async () => 1;', { id: 'NoJson' });

    const sent = client.send(new InvokeCommand({ FunctionName: name, Payload: '{' }));

    expect(await refusal(sent)).toEqual({ name: 'InvalidRequestContentException', status: 400 });
  });
});

describe('the time of a function', () => {
  const source = `export const handler = async () => ({ now: Date.now(), date: new Date().getTime(), text: Date(),
    given: new Date(2020, 1, 1).getFullYear(), is: new Date() instanceof Date, iso: new Date(0).toISOString(),
    made: new Date().constructor === Date, day: new Intl.DateTimeFormat('en-CA', { timeZone: 'UTC' }).format(),
    part: new Intl.DateTimeFormat('en', { year: 'numeric', timeZone: 'UTC' }).formatToParts()[0].value });`;

  it("is the platform's in every way to ask for it, in warm containers too", async () => {
    const { name } = await createFunction(platform, source, { id: 'Clock' });
    await invoke(name);

    platform.moveClock(90 * 86_400_000);
    const { body } = await invoke(name);

    const now = platform.clock.now();
    expect(Math.abs(body.now - now)).toBeLessThan(5000);
    expect(Math.abs(body.date - now)).toBeLessThan(5000);
    expect(Math.abs(new Date(body.text).getTime() - now)).toBeLessThan(5000);
    expect(body.day).toBe(new Date(now).toISOString().slice(0, 10));
    expect(body.part).toBe(String(new Date(now).getUTCFullYear()));
    expect(body).toMatchObject({ given: 2020, is: true, made: true, iso: '1970-01-01T00:00:00.000Z' });
  });

  it('finds credentials that have not ended after the clock was moved', async () => {
    const { name } = await createFunction(
      platform,
      'export const handler = async () => process.env.AWS_ACCESS_KEY_ID;',
      { id: 'Keys' },
    );
    const before = (await invoke(name)).body;

    platform.moveClock(30 * 86_400_000);
    const after = (await invoke(name)).body;

    expect(after).not.toBe(before);
    expect(platform.credentials.lookup(after)?.caller.arn).toMatch(/:assumed-role\/.+\/test-Keys-0123456789ab$/);
    expect(() => platform.credentials.lookup(before)).toThrow('expired');
  });
});
