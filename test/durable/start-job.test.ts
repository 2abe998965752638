import { describe, expect, it } from 'vitest';
import type { JobEvent } from '../../core/jobs/job-event.ts';
import { ScheduledJob, scheduledJobId } from '../../core/jobs/scheduled-job.ts';
import { createJobStarter, functionsFromEnvironment } from '../../lambdas/shared/start-job.ts';
import { memoryJobTable } from './durable-bench.ts';

const request = { tenant: 't1', jobId: '01JOB', job: 'restore', input: { b: 1, a: 2 }, createdBy: 'asha' } as const;

const starter = () => {
  const table = memoryJobTable();
  const started: [string, JobEvent][] = [];
  const jobs = createJobStarter({
    table,
    start: async (name, event) => void started.push([name, event]),
    functionFor: (job) => `arn:${job}`,
    clock: { now: () => Date.parse('2026-11-21T10:00:00Z') },
  });
  return { table, started, jobs };
};

describe('the start of a job', () => {
  it('writes its row, then begins its execution', async () => {
    const { table, started, jobs } = starter();

    const row = await jobs.start(request);

    expect(row.summary).toMatchObject({ state: 'running', createdAt: '2026-11-21T10:00:00.000Z' });
    expect(table.rows.get('01JOB')).toEqual(row);
    const { tenant, jobId, job, input } = request;
    expect(started).toEqual([['arn:restore', { tenant, jobId, job, input }]]);
  });

  it('finishes what an earlier call began, with the input of that', async () => {
    const { started, jobs } = starter();
    await jobs.start(request);

    await jobs.start({ ...request, input: { a: 2, b: 1 }, createdBy: 'ravi' });

    expect(started.map(([, event]) => event.input)).toEqual([request.input, request.input]);
  });

  it('refuses an id that belongs to something else', async () => {
    const { jobs } = starter();
    await jobs.start(request);

    await expect(jobs.start({ ...request, input: { a: 3 } })).rejects.toMatchObject({ code: 'conflict' });
  });

  it('waits for a confirmation where that is asked for, and begins once', async () => {
    const { started, jobs } = starter();
    await jobs.start({ ...request, state: 'waiting' });
    expect(started).toEqual([]);

    await jobs.confirm('t1', '01JOB');
    await jobs.confirm('t1', '01JOB');

    expect(started).toHaveLength(2);
    expect(new Set(started.map(([, event]) => JSON.stringify(event))).size).toBe(1);
  });

  it('is refused for a job that was cancelled, or that nobody asked for', async () => {
    const { table, jobs } = starter();
    await jobs.start({ ...request, state: 'waiting' });
    table.cancel('01JOB');

    await expect(jobs.confirm('t1', '01JOB')).rejects.toMatchObject({ code: 'conflict' });
    await expect(jobs.confirm('t1', '01NONE')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('names the variable that a function is not found in', () => {
    const find = functionsFromEnvironment({ SWEEP_FUNCTION: 'arn:sweep' });

    expect(find('retention')).toBe('arn:sweep');
    expect(() => find('drill')).toThrow(/RECOVER_FUNCTION is not set/);
  });
});

describe('a schedule', () => {
  const due = { name: 'sweep', job: 'sweep', input: {}, per: 'day', dueAt: '2026-11-21T01:10:00Z' } as const;

  it('that fires twice names one job', () => {
    const again = { ...due, dueAt: '2026-11-21T01:10:00Z' };

    expect(scheduledJobId(due)).toBe('sweep-2026-11-21');
    expect(scheduledJobId(ScheduledJob.parse(again))).toBe(scheduledJobId(due));
  });

  it('that comes each hour names a job for each', () => {
    expect(scheduledJobId({ ...due, per: 'hour' })).toBe('sweep-2026-11-21T01');
  });

  it('of a job that nobody knows is refused', () => {
    expect(ScheduledJob.safeParse({ ...due, job: 'tidy' }).error?.issues[0]?.message).toMatch(/must be one of archive/);
  });
});
