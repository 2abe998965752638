import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accountId, createFunction, createRole, region, startPlatform } from './small-platform.ts';

const queueArn = `arn:aws:sqs:${region}:${accountId}:jobs`;
let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'state-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

/** Runs a script against the platform's modules in a process of its own and kills that when it says so. */
const runAndKill = (script: string): Promise<string> => {
  const file = join(dataDir, 'victim.ts');
  const rig = resolve(import.meta.dirname, 'small-platform.ts');
  writeFileSync(file, `import { startPlatform, createFunction } from ${JSON.stringify(rig)};\n${script}`);
  return new Promise((done, reject) => {
    const victim = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    victim.stdout.on('data', (chunk) => {
      output += chunk;
      if (output.includes('KILL\n')) victim.kill('SIGKILL');
    });
    victim.on('exit', (_, signal) =>
      signal === 'SIGKILL' ? done(output) : reject(new Error(`ended by itself: ${output}`)),
    );
  });
};

describe('a platform that was killed', () => {
  it('still has every message that it acknowledged, the one in flight too', async () => {
    await runAndKill(`
      const platform = await startPlatform({ dataDir: ${JSON.stringify(dataDir)} });
      await platform.create('AWS::SQS::Queue', 'Jobs', { QueueName: 'jobs', VisibilityTimeout: 60 });
      const caller = platform.credentials.adminCaller;
      for (let n = 0; n < 100; n += 1) platform.sqs.send('${queueArn}', { body: String(n), caller });
      platform.sqs.receive('${queueArn}', { caller, max: 10 });
      process.stdout.write('KILL\\n');
      setInterval(() => {}, 1000);`);

    const platform = await startPlatform({ dataDir });
    const found = platform.sqs.depth(queueArn);
    const { adminCaller: caller } = platform.credentials;
    platform.moveClock(60_000);
    const first = platform.sqs.receive(queueArn, { caller, max: 10 });
    await platform.stop();

    expect(found).toEqual({ visible: 90, inFlight: 10, delayed: 0 });
    expect(first).toHaveLength(10);
  });

  it('hands messages that a function had received to the next one at once', async () => {
    const before = await startPlatform({ dataDir });
    const connect = async (platform: typeof before, source: string) => {
      await platform.create('AWS::SQS::Queue', 'Jobs', { QueueName: 'jobs', VisibilityTimeout: 5400 });
      const { name } = await createFunction(platform, source, { Timeout: 900 });
      await platform.create('AWS::Lambda::EventSourceMapping', 'M', { FunctionName: name, EventSourceArn: queueArn });
      platform.lambda.start();
    };
    await connect(before, 'export const handler = () => { while (true); };');
    before.sqs.send(queueArn, { body: 'job', caller: before.credentials.adminCaller });
    await new Promise((resolve) => setImmediate(resolve));
    const inFlight = before.sqs.depth(queueArn).inFlight;
    await before.stop();

    const platform = await startPlatform({ dataDir });
    await connect(
      platform,
      `export const handler = async ({ Records }) => console.log(Records[0].attributes.ApproximateReceiveCount);`,
    );
    await platform.lambda.idle();
    const counts = platform.lines.map(({ line }) => line).filter((line) => /^\d+$/.test(line));
    await platform.stop();

    expect([inFlight, counts]).toEqual([1, ['2']]);
  });

  it('runs an accepted event again that was running, with keys and names as before', async () => {
    const output = await runAndKill(`
      const platform = await startPlatform({ dataDir: ${JSON.stringify(dataDir)} });
      const { arn } = await createFunction(platform, "export const handler = () => { console.log('running'); return new Promise(() => setTimeout(() => {}, 9e5)); };", { Timeout: 900 });
      platform.lambda.start();
      platform.lambda.events.accept(arn, undefined, '{"n":1}');
      console.log('key ' + platform.credentials.admin.accessKeyId);
      while (!platform.lines.some(({ line }) => line === 'running')) await new Promise((resolve) => setImmediate(resolve));
      process.stdout.write('KILL\\n');
      setInterval(() => {}, 1000);`);

    const platform = await startPlatform({ dataDir });
    await createFunction(platform, `export const handler = async ({ n }) => console.log('again ' + n);`);
    platform.lambda.start();
    await platform.lambda.idle();
    const again = platform.lines.filter(({ line }) => line === 'again 1').length;
    const { accessKeyId } = platform.credentials.admin;
    await platform.stop();

    expect(again).toBe(1);
    expect(output).toContain(`key ${accessKeyId}\n`);
  });
});

describe('a platform that ends', () => {
  const threads = (): number => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;

  it('leaves no thread behind, whatever its functions are doing', async () => {
    const before = threads();
    const platform = await startPlatform();
    platform.lambda.start();
    const role = await createRole(platform);
    const warm = await createFunction(platform, 'export const handler = async () => 1;', { id: 'Warm', Role: role });
    const busy = await createFunction(platform, 'export const handler = () => { while (true); };', {
      id: 'Busy',
      Role: role,
      Timeout: 900,
    });
    platform.lambda.events.accept(warm.arn, undefined, '{}');
    await platform.lambda.idle();
    platform.lambda.events.accept(busy.arn, undefined, '{}');
    await new Promise((resolve) => setImmediate(resolve));

    await platform.stop();

    expect(platform.lambda.invoker.pool.size).toBe(0);
    expect(threads()).toBe(before);
  });

  it('finishes what runs when it is drained, and takes nothing more', async () => {
    const platform = await startPlatform();
    await platform.create('AWS::SQS::Queue', 'Jobs', { QueueName: 'jobs' });
    const { name } = await createFunction(
      platform,
      `export const handler = async () => { console.log('begin'); await new Promise((r) => setTimeout(r, 50)); console.log('end'); };`,
    );
    await platform.create('AWS::Lambda::EventSourceMapping', 'M', {
      FunctionName: name,
      EventSourceArn: queueArn,
      BatchSize: 1,
      ScalingConfig: { MaximumConcurrency: 2 },
    });
    const { adminCaller: caller } = platform.credentials;
    for (let n = 0; n < 5; n += 1) platform.sqs.send(queueArn, { body: String(n), caller });
    platform.lambda.start();
    await new Promise((resolve) => setImmediate(resolve));

    await platform.lambda.drain();

    const count = (text: string) => platform.lines.filter(({ line }) => line === text).length;
    expect([count('begin'), count('end')]).toEqual([2, 2]);
    expect(platform.sqs.depth(queueArn)).toEqual({ visible: 3, inFlight: 0, delayed: 0 });
    await platform.stop();
  });
});
