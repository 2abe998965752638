import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { MediakeepError } from '../../core/error.ts';
import type { JobEvent } from '../../core/jobs/job-event.ts';
import { durableJobs, type JobDefinition } from '../../lambdas/shared/durable/job.ts';
import { runPages } from '../../lambdas/shared/durable/pages.ts';
import { type Crash, createBench, memoryJobTable, runningJob } from './durable-bench.ts';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const event: JobEvent = { tenant: 't1', jobId: 'sweep-2026-11-21', job: 'sweep', input: { pages: 0 } };
const Input = z.object({ pages: z.int() });

interface Tally {
  readonly seen: number;
}

/** A job that counts pages and notes each as it does it. */
const countingJob = (
  log: number[],
  onPage: (cursor: number) => Promise<void> | void = () => {},
): JobDefinition<z.infer<typeof Input>, object> => ({
  input: Input,
  async run({ input }, context, { report }) {
    const first = await runPages<number, Tally>(context, {
      name: 'count',
      from: 0,
      tally: { seen: 0 },
      page: async (cursor) => {
        log.push(cursor);
        await onPage(cursor);
        return { next: cursor + 1 < input.pages ? cursor + 1 : undefined, tally: { seen: 1 } };
      },
      add: (a, b) => ({ seen: a.seen + b.seen }),
      report: ({ seen }) => report({ seen }),
    });
    const second = await runPages<number, Tally>(context, {
      name: 'again',
      from: 1_000,
      tally: { seen: 0 },
      page: async (cursor) => {
        log.push(cursor);
        return { next: cursor < 1_001 ? cursor + 1 : undefined, tally: { seen: 10 } };
      },
      add: (a, b) => ({ seen: a.seen + b.seen }),
    });
    return { seen: first.seen + second.seen };
  },
});

const runJob = async ({
  pages,
  crashes = [],
  pagesPerExecution = 1_000,
  onPage,
}: {
  pages: number;
  crashes?: readonly Crash[];
  pagesPerExecution?: number;
  onPage?: Parameters<typeof countingJob>[1];
}) => {
  await using bench = createBench({ crashes });
  const log: number[] = [];
  const warned: unknown[] = [];
  const table = memoryJobTable();
  const asked = { ...event, input: { pages } };
  await table.create(runningJob(asked));
  bench.deploy(
    durableJobs({
      jobs: { sweep: countingJob(log, onPage) },
      deps: {},
      table,
      log: { ...quiet, warn: (_, fields) => void warned.push(fields) },
      meter: { count: () => {}, bytes: () => {}, milliseconds: () => {}, flush: () => {} },
      clock: bench.clock,
      pagesPerExecution,
      succession: async (successor) => void bench.begin(successor),
    }),
  );
  bench.begin(asked);
  await bench.finish();
  const names = bench.executions.store.ofFunction('arn:aws:lambda:ap-south-1:000000000000:function:sweep');
  return {
    log,
    warned,
    row: table.rows.get(event.jobId),
    executions: names.map(({ name, status }) => `${name} ${status}`),
  };
};

describe('pages', () => {
  it('are done once each and in order, and their sum becomes the result', async () => {
    const { log, row, executions } = await runJob({ pages: 4 });

    expect(log).toEqual([0, 1, 2, 3, 1_000, 1_001]);
    expect(row).toMatchObject({ summary: { state: 'succeeded' }, result: { seen: 24 }, progress: { seen: 4 } });
    expect(executions).toEqual(['sweep-2026-11-21 SUCCEEDED']);
  });

  it('go on after a crash at any checkpoint, with no page done again but the one under way', {
    timeout: 60_000,
  }, async () => {
    const crash = fc.record({ checkpoint: fc.integer({ min: 1, max: 30 }), isWritten: fc.boolean() });

    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 7 }),
        fc.uniqueArray(crash, { maxLength: 4, selector: ({ checkpoint }) => checkpoint }),
        fc.integer({ min: 1, max: 9 }),
        async (pages, crashes, pagesPerExecution) => {
          const { log, row } = await runJob({ pages, crashes, pagesPerExecution });
          const wanted = [...Array.from({ length: pages }, (_, page) => page), 1_000, 1_001];

          expect([...new Set(log)]).toEqual(wanted);
          expect(log).toEqual(log.toSorted((a, b) => a - b));
          expect(log.length).toBeLessThanOrEqual(wanted.length + crashes.length);
          expect(row).toMatchObject({ summary: { state: 'succeeded' }, result: { seen: pages + 20 } });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('hand over to a successor when an execution has had its share', async () => {
    const { log, row, executions } = await runJob({ pages: 5, pagesPerExecution: 3 });

    expect(log).toEqual([0, 1, 2, 3, 4, 1_000, 1_001]);
    expect(row).toMatchObject({ summary: { state: 'succeeded' }, result: { seen: 25 } });
    expect(executions.sort()).toEqual([
      'sweep-2026-11-21 SUCCEEDED',
      'sweep-2026-11-21_2 SUCCEEDED',
      'sweep-2026-11-21_3 SUCCEEDED',
    ]);
  });

  it('are tried again after a passing error, and each failed try is logged', async () => {
    let failures = 2;
    const { log, warned, row } = await runJob({
      pages: 2,
      onPage: (cursor) => {
        if (cursor === 1 && failures-- > 0) throw new MediakeepError('unavailable', 'busy');
      },
    });

    expect(log.filter((cursor) => cursor === 1)).toHaveLength(3);
    expect(warned).toMatchObject(Array(2).fill({ step: 'count 2', code: 'unavailable' }));
    expect(row).toMatchObject({ summary: { state: 'succeeded' }, result: { seen: 22 } });
  });

  it('end the job at once after an error that would come again', async () => {
    const { log, row, executions } = await runJob({
      pages: 3,
      onPage: () => {
        throw new MediakeepError('unprocessable', 'The class has no rule.');
      },
    });

    expect(log).toEqual([0]);
    expect(row).toMatchObject({
      summary: { state: 'failed' },
      failure: { code: 'unprocessable', message: 'The class has no rule.' },
    });
    expect(executions).toEqual(['sweep-2026-11-21 FAILED']);
  });

  it('keep the messages of other people’s errors to themselves', async () => {
    const { row } = await runJob({
      pages: 1,
      onPage: () => {
        throw new TypeError('asha@example.org is not iterable');
      },
    });

    expect(row?.failure).toEqual({ code: 'internal', message: 'TypeError in the step “count 1”' });
  });

  it('that answer a list are refused', async () => {
    await using bench = createBench();
    const table = memoryJobTable();
    await table.create(runningJob(event));
    bench.deploy(
      durableJobs({
        jobs: {
          sweep: {
            input: z.object({}),
            run: async (_, context) => ({
              list: await runPages<number, string[]>(context, {
                name: 'list',
                from: 0,
                tally: [],
                page: async () => ({ tally: Array.from({ length: 2_000 }, (_, n) => `asset-${n}`) }),
                add: (a, b) => [...a, ...b],
              }),
            }),
          },
        },
        deps: {},
        table,
        log: quiet,
        meter: { count: () => {}, bytes: () => {}, milliseconds: () => {}, flush: () => {} },
        clock: bench.clock,
        succession: async () => {},
      }),
    );
    bench.begin(event);
    await bench.finish();

    expect(table.rows.get(event.jobId)?.failure?.message).toMatch(/a cursor and counts have at most 16384/);
  });
});

describe('a job', () => {
  it('that was cancelled stops at its next page and stays cancelled', async () => {
    await using bench = createBench();
    const log: number[] = [];
    const table = memoryJobTable();
    const asked = { ...event, input: { pages: 5 } };
    await table.create(runningJob(asked));
    bench.deploy(
      durableJobs({
        jobs: { sweep: countingJob(log, (cursor) => (cursor === 1 ? table.cancel(event.jobId) : undefined)) },
        deps: {},
        table,
        log: quiet,
        meter: { count: () => {}, bytes: () => {}, milliseconds: () => {}, flush: () => {} },
        clock: bench.clock,
        succession: async () => {},
      }),
    );
    const { arn } = bench.begin(asked);
    await bench.finish();

    expect(log).toEqual([0, 1]);
    expect(table.rows.get(event.jobId)?.summary.state).toBe('cancelled');
    expect(bench.executions.changes.get(arn)).toMatchObject({ status: 'SUCCEEDED', result: '{"state":"cancelled"}' });
  });

  it('with an input of another form fails and says where', async () => {
    const { row } = await runJob({ pages: 1.5 });

    expect(row?.failure).toMatchObject({ code: 'unprocessable', message: expect.stringContaining('pages') });
  });
});
