import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problem } from '../client/fake-uploads.ts';
import type { Deployment } from './fake-deployment.ts';
import { assetId, startDeployment } from './fake-deployment.ts';
import { environment, runCli } from './run-cli.ts';

let deployment: Deployment;
beforeAll(async () => {
  deployment = await startDeployment();
});
afterAll(() => deployment[Symbol.asyncDispose]());

const run = (...argv: string[]) => runCli(argv, { env: environment(deployment.url) });

describe('one of several that fails', () => {
  it('does not stop the rest, and the exit code says so', async () => {
    const missing = '01JZ8K2M4N6P8Q0R2S4T6V8W0X';

    const { code, stdout, stderr } = await run('rm', missing, assetId);

    expect(code).toBe(3);
    expect(stdout).toContain(`${assetId} deleted`);
    expect(stderr).toContain(`${missing}: `);
  });
});

describe('the end of a command is told by its exit code', () => {
  it.each([
    [4, 401, 'unauthenticated'],
    [5, 403, 'forbidden'],
    [5, 403, 'consent-missing'],
    [6, 404, 'not-found'],
    [6, 410, 'gone'],
    [7, 400, 'bad-request'],
    [7, 422, 'unprocessable'],
    [7, 422, 'quota-exceeded'],
    [7, 413, 'too-large'],
  ])('%i for %i %s', async (expected, status, code) => {
    await using failing = await startDeployment({ route: () => problem(status, code) });

    const answer = await runCli(['show', assetId, '--json'], { env: environment(failing.url) });

    expect(answer).toMatchObject({ code: expected, stdout: '' });
    expect(JSON.parse(answer.stderr)).toMatchObject({ error: { code, exitCode: expected, requestId: 'fake-request' } });
  });

  it('69 where nobody answers', async () => {
    const { code, stderr } = await runCli(['show', assetId], { env: environment('http://127.0.0.1:1') });

    expect(code).toBe(69);
    expect(stderr).toMatch(/No answer from 127\.0\.0\.1:1/);
  });

  it('4 where nobody is signed in', async () => {
    const { code, stderr } = await runCli(['ls', '--class', 'raw-audio']);

    expect(code).toBe(4);
    expect(stderr).toMatch(/mediakeep login/);
  });

  it('130 where it is interrupted', async () => {
    const signal = AbortSignal.abort(new DOMException('Interrupted', 'AbortError'));

    expect(await runCli(['ls', '--class', 'raw-audio'], { env: environment(deployment.url), signal })).toMatchObject({
      code: 130,
    });
  });
});
