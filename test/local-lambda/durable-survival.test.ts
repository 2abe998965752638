import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { GetDurableExecutionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDurableFunction } from './durable-function.ts';
import { startPlatform } from './small-platform.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'durable-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const steps = 40;

/** Notes each step in a file as it is done, so that both processes write into one list. */
const sourceOf = (file: string) => `
import { appendFileSync } from 'node:fs';
export const handler = withDurableExecution(async (event, context) => {
  let sum = 0;
  for (let n = 0; n < ${steps}; n += 1) {
    sum += await context.step('page ' + n, async () => { appendFileSync(${JSON.stringify(file)}, n + '\\n'); return n; });
    if (n === 20) await context.wait('rest', { seconds: 1 });
  }
  return { sum };
});`;

/** Begins an execution in a process of its own and kills that once some steps are done. */
const beginAndKill = (noted: string): Promise<string> => {
  const script = join(dataDir, 'victim.ts');
  const folder = resolve(import.meta.dirname);
  writeFileSync(
    script,
    `import { startPlatform } from ${JSON.stringify(join(folder, 'small-platform.ts'))};
    import { createDurableFunction } from ${JSON.stringify(join(folder, 'durable-function.ts'))};
    const platform = await startPlatform({ dataDir: ${JSON.stringify(dataDir)} });
    const { alias } = await createDurableFunction(platform, ${JSON.stringify(sourceOf(noted))});
    platform.lambda.start();
    const target = platform.lambda.functions.resolve({ arn: alias.slice(0, -5), qualifier: 'live' });
    const { arn } = platform.lambda.durable.begin({ target, payload: '{}', name: 'sweep', isAsync: true });
    process.stdout.write(arn + '\\n');`,
  );
  return new Promise((done, reject) => {
    const victim = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let arn = '';
    victim.stdout.on('data', (chunk) => {
      arn += chunk;
    });
    const watch = setInterval(() => {
      if (existsSync(noted) && readFileSync(noted, 'utf8').split('\n').length > 10) victim.kill('SIGKILL');
    }, 2);
    victim.on('exit', (_, signal) => {
      clearInterval(watch);
      if (signal === 'SIGKILL') done(arn.trim());
      else reject(new Error('The process ended by itself.'));
    });
  });
};

describe('a durable execution whose platform was killed', () => {
  it('goes on at the next start and comes to the same result, with one step done twice at most', async () => {
    const noted = join(dataDir, 'steps');
    const arn = await beginAndKill(noted);
    const doneBefore = readFileSync(noted, 'utf8').trim().split('\n').length;
    const platform = await startPlatform({ dataDir });
    await createDurableFunction(platform, sourceOf(noted));
    const client = new LambdaClient(platform.clientOptions);

    platform.lambda.start();
    await platform.lambda.idle();
    platform.moveClock(2_000);
    await platform.lambda.idle();
    const execution = await client.send(new GetDurableExecutionCommand({ DurableExecutionArn: arn }));
    client.destroy();
    await platform.stop();
    const done = readFileSync(noted, 'utf8').trim().split('\n').map(Number);

    expect(doneBefore).toBeLessThan(steps);
    expect(execution).toMatchObject({ Status: 'SUCCEEDED', Result: `{"sum":${(steps * (steps - 1)) / 2}}` });
    expect([...new Set(done)]).toEqual(Array.from({ length: steps }, (_, n) => n));
    expect(done.length).toBeLessThanOrEqual(steps + 1);
  });
});
