import { afterEach, describe, expect, it } from 'vitest';
import { stepsOf } from '../../cli/jobs/follow-job.ts';
import type { Job } from '../../core/schemas/job.ts';
import type { FakeAnswer, FakeRequest } from '../client/fake-http.ts';
import { assetId, type Deployment, startDeployment } from './fake-deployment.ts';
import { environment, runCli } from './run-cli.ts';

const jobId = 'restore-01JZ8K2M4N6P8Q0R2S4T6V8W0X';
const job: Job = {
  jobId,
  job: 'restore',
  state: 'waiting',
  createdAt: '2026-03-01T00:00:00.000Z',
  createdBy: 'asha',
  updatedAt: '2026-03-01T00:00:00.000Z',
  input: { scope: { case: 'C-17' }, tier: 'Standard', days: 7 },
  progress: {},
  estimate: {
    assets: 12,
    objects: 3,
    bytes: 5 * 1024 ** 3,
    untouched: 1,
    byStorageClass: { GLACIER: { objects: 3, bytes: 5 * 1024 ** 3 } },
    hours: 5,
    cost: {
      currency: 'USD',
      total: 0.08,
      requests: 0.0002,
      retrieval: 0.05,
      copies: 0.03,
      asOf: '2025-10',
      estimated: true,
    },
    minimumDays: 90,
    minimumCharge: 0.054,
  },
};

let deployment: Deployment | undefined;
afterEach(async () => {
  await deployment?.[Symbol.asyncDispose]();
  deployment = undefined;
});

/** A service that knows one job, in the states that it goes through as it is asked. */
const serving = async (...states: readonly Partial<Job>[]): Promise<Deployment> => {
  let asked = 0;
  const told = (): FakeAnswer => ({ status: 200, body: { ...job, ...states[Math.min(asked++, states.length - 1)] } });
  deployment = await startDeployment({
    route: ({ method, path, query }: FakeRequest) => {
      if (method === 'POST' && path.startsWith('/jobs/')) return told();
      if (path === `/jobs/${jobId}`) return told();
      if (path !== '/jobs') return undefined;
      const { estimate: _e, input: _i, progress: _p, ...item } = job;
      const items = query.get('state') === 'waiting' ? [item] : [];
      return { status: 200, body: { items } };
    },
  });
  return deployment;
};
const run = (to: Deployment, ...argv: string[]) => runCli(argv, { env: environment(to.url) });
const asked = (to: Deployment) => to.bodies.map(({ route }) => route);

describe('mediakeep restore', () => {
  it('tells what it takes and costs, and how to begin it', async () => {
    const to = await serving({});
    const { code, stdout } = await run(to, 'restore', '--case', 'C-17');

    expect(code).toBe(0);
    expect(stdout).toContain('12 assets, 5.0 GiB, 3 requests to S3 (3 in GLACIER)');
    expect(stdout).toContain('takes 5 hours at most');
    expect(stdout).toContain('costs $0.08: requests $0.0002, retrieval $0.05, keeping the copies $0.03');
    expect(stdout).toContain('90 days at least');
    expect(stdout).toContain(`mediakeep job ${jobId} --confirm`);
    expect(to.bodies[0]?.body).toEqual({ case: 'C-17', tier: 'standard', days: 7 });
  });

  it('begins what it costs with --yes, and stays until the end with --wait', async () => {
    const result = { assets: 12, requested: 3, restored: 3 };
    const to = await serving({}, { state: 'running' }, { state: 'succeeded', result });
    const { code, stdout } = await run(to, 'restore', '--asset', assetId, '--yes', '--wait', '--tier', 'bulk');

    expect(code).toBe(0);
    expect(asked(to)).toEqual(['POST /jobs/restore', `POST /jobs/${jobId}/confirm`, `GET /jobs/${jobId}`]);
    expect(stdout).toContain('restored 3');
  });

  it('hands its budget on', async () => {
    const to = await serving({ state: 'running' });
    await run(to, 'restore', '--subject', 's-1', '--budget', '2.50', '--days', '3');

    expect(to.bodies[0]?.body).toEqual({ subject: 's-1', budget: 2.5, tier: 'standard', days: 3 });
  });

  it.each([
    ['--budget', 'much'],
    ['--days', '-1'],
  ])('refuses %s %s before it asks anybody', async (option, value) => {
    const to = await serving({});
    const { code } = await run(to, 'restore', '--case', 'C-17', option, value);

    expect([code, asked(to)]).toEqual([2, []]);
  });
});

describe('mediakeep archive', () => {
  it('sends a scope with its reason and class', async () => {
    const to = await serving({ job: 'archive', state: 'running' });
    const { code } = await run(
      to,
      'archive',
      '--case',
      'C-17',
      '--reason',
      'case closed',
      '--storage-class',
      'deep-archive',
    );

    expect(code).toBe(0);
    expect(to.bodies[0]).toMatchObject({
      route: 'POST /jobs/archive',
      body: { case: 'C-17', reason: 'case closed', storageClass: 'deep-archive' },
    });
  });

  it('needs a reason', async () => {
    expect((await run(await serving({}), 'archive', '--case', 'C-17')).code).toBe(2);
  });
});

describe('mediakeep jobs and job', () => {
  it('lists the jobs of all states', async () => {
    const to = await serving({});
    const { stdout } = await run(to, 'jobs');

    expect(stdout).toMatch(/JOB.*KIND.*STATE/);
    expect(stdout).toContain(jobId);
    expect(asked(to)).toHaveLength(5);
  });

  it('ends as failed, with the reason, where the job did', async () => {
    const failure = { code: 'unavailable', message: 'S3 has not restored everything.' };
    const { code, stderr } = await run(await serving({ state: 'failed', failure }), 'job', jobId);

    expect(code).toBe(1);
    expect(stderr).toContain('S3 has not restored everything.');
  });

  it('cancels', async () => {
    const to = await serving({ state: 'cancelled' });
    await run(to, 'job', jobId, '--cancel');

    expect(asked(to)).toEqual([`POST /jobs/${jobId}/cancel`, `GET /jobs/${jobId}`]);
  });
});

describe('the bar of a job', () => {
  it('counts what is there of what S3 was asked for', () => {
    const progress = { requested: 2, underWay: 1, extended: 1, restored: 2 };

    expect(stepsOf({ ...job, progress })).toMatchObject({ done: 3, total: 4 });
  });

  it('counts what is marked of what was counted', () => {
    expect(stepsOf({ ...job, job: 'archive', progress: { marked: 2, markedBefore: 0 } })).toMatchObject({
      done: 2,
      total: 3,
    });
  });
});
