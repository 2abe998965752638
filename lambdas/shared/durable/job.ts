import { type DurableContext, type DurableLambdaHandler, withDurableExecution } from '@aws/durable-execution-sdk-js';
import type * as z from 'zod';
import { MediakeepError } from '../../../core/error.ts';
import { JobEvent } from '../../../core/jobs/job-event.ts';
import type { JobKind, JobProgress } from '../../../core/jobs/job-row.ts';
import type { Clock } from '../../../core/time.ts';
import { errorFields } from '../error-fields.ts';
import type { JobTable } from '../job-table.ts';
import type { Log } from '../logger.ts';
import type { BufferedMeter } from '../metrics.ts';
import { measured } from '../metrics.ts';
import { beginWithFirstStep } from './beginning.ts';
import { hearOfFailedTries } from './failed-try.ts';
import { failureOf, isCancellation, isEndedBefore, reportable } from './failure.ts';
import { type JobKeeper, keepJob } from './job-keeper.ts';
import { maxPages, openBook } from './page-book.ts';
import { durableStep } from './step.ts';
import { createSuccession, type Succession } from './succession.ts';

/** A job as it was asked for. */
export interface Job<Input> {
  readonly tenant: string;
  readonly jobId: string;
  readonly input: Input;
}

/** Tells the job's row how far the job is; throws where the job was cancelled, which ends it. */
export interface Reporting {
  report(progress: JobProgress): Promise<void>;
}

/** What a job of one kind does. */
export interface JobDefinition<Input, Deps> {
  readonly input: z.ZodType<Input>;
  /**
   * Everything outside steps runs again with each replay and must take the same way again. The answer becomes the job's
   * result: counts and ids of reports, nothing personal.
   */
  run(job: Job<Input>, context: DurableContext, deps: Deps & Reporting): Promise<Record<string, unknown>>;
}

export interface DurableJobsProps<Deps> {
  readonly jobs: { readonly [Kind in JobKind]?: JobDefinition<unknown, Deps> };
  readonly deps: Deps;
  readonly table: JobTable;
  readonly log: Log;
  readonly meter: BufferedMeter;
  readonly clock: Clock;
  /** @default starts itself through its alias */
  readonly succession?: Succession;
  /** Pages of one execution. @default 1,000 */
  readonly pagesPerExecution?: number;
}

/** The end of an execution, for whoever looks at its history. */
export interface JobEnd {
  readonly state: 'succeeded' | 'cancelled' | 'continued' | 'ended-before';
}

/** The handler of a durable function: one job per execution, from its row's `running` to its end. */
export const durableJobs = <Deps>(props: DurableJobsProps<Deps>): DurableLambdaHandler => {
  const succession = props.succession ?? createSuccession();
  const handler = withDurableExecution((event: unknown, context: DurableContext) =>
    runJob({ ...props, succession }, JobEvent.parse(event), context),
  );
  return measured(props.meter, handler);
};

type Parts<Deps> = DurableJobsProps<Deps> & { readonly succession: Succession };

const runJob = async <Deps>(parts: Parts<Deps>, event: JobEvent, context: DurableContext): Promise<JobEnd> => {
  const keeper = keepJob(parts, event);
  beginWithFirstStep(context, () => keeper.begin());
  hearOfFailedTries(context, (step, error) => {
    if (isCancellation(error) || isEndedBefore(error)) return;
    parts.log.warn('a step of a job failed', { ...keeper.fields, step, ...errorFields(error) });
  });
  try {
    // First, because it opens the book in which the job's pages are noted.
    const continued = continuation(parts, event, context);
    const outcome = await Promise.race([work(parts, event, context, keeper), continued]);
    if (outcome === 'continued') return { state: 'continued' };
    await succeed(parts, context, keeper, outcome);
    return { state: 'succeeded' };
  } catch (error) {
    if (isCancellation(error)) return { state: 'cancelled' };
    if (isEndedBefore(error)) return { state: 'ended-before' };
    parts.log.error('a job failed', { ...keeper.fields, ...errorFields(error), ...failureOf(error) });
    await durableStep(context, 'fail', () => keeper.fail(failureOf(error)));
    throw reportable(error, event.job);
  }
};

/**
 * Nothing follows, and the row takes its end once however often it is told: so this is a step only where it does not go at
 * once, for the sake of the step's further tries.
 */
const succeed = async <Deps>(
  { log }: Parts<Deps>,
  context: DurableContext,
  keeper: JobKeeper,
  outcome: Record<string, unknown>,
): Promise<void> => {
  try {
    await keeper.succeed(outcome);
  } catch (error) {
    log.warn('the end of a job is written later', { ...keeper.fields, ...errorFields(error) });
    await durableStep(context, 'succeed', () => keeper.succeed(outcome));
  }
};

const work = async <Deps>(
  { jobs, deps }: Parts<Deps>,
  { tenant, jobId, job, input }: JobEvent,
  context: DurableContext,
  keeper: JobKeeper,
): Promise<Record<string, unknown>> => {
  const definition = jobs[job];
  if (definition === undefined) throw new MediakeepError('internal', `This function does no jobs of the kind ${job}.`);
  const parsed = definition.input.safeParse(input);
  if (!parsed.success) {
    const places = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'input'}: ${message}`);
    throw new MediakeepError('unprocessable', `The input of the job is not valid: ${places.join('; ')}.`);
  }
  return definition.run({ tenant, jobId, input: parsed.data }, context, { ...deps, report: keeper.report });
};

/** Opens the book of the execution's pages; answers once they have filled it and the successor is started. */
const continuation = async <Deps>(
  { succession, pagesPerExecution = maxPages }: Parts<Deps>,
  event: JobEvent,
  context: DurableContext,
): Promise<'continued'> => {
  const noted = { ...event.carried };
  const full = Promise.withResolvers<void>();
  const remainingMs = () => context.lambdaContext.getRemainingTimeInMillis();
  const tiredBelowMs = remainingMs() / 4;
  openBook(context, {
    carried: noted,
    taken: 0,
    limit: pagesPerExecution,
    note: (name, pages) => {
      noted[name] = pages;
    },
    handOver: () => {
      full.resolve();
      return new Promise<never>(() => {});
    },
    isTired: () => remainingMs() < tiredBelowMs,
  });
  await full.promise;
  const successor = { ...event, part: (event.part ?? 1) + 1, carried: noted };
  await durableStep(context, 'hand over', () => succession(successor));
  return 'continued';
};
