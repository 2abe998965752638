import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { MediakeepError } from '../../core/error.ts';
import { isoTime } from '../../core/time.ts';
import { durableStep } from '../shared/durable/step.ts';
import type { Recovery } from './pages.ts';
import type { RecoverDeps } from './ports.ts';

/** Waits grow from seconds to a minute; so many of them are a day. */
const mostLooks = 1_440;
const pauseSeconds = (look: number): number => Math.min(60, 2 ** Math.min(look, 6));

/** Looks again and again until there is an answer; the waits cost nothing, because nothing runs meanwhile. */
export const waitUntil = async <Answer>(
  context: DurableContext,
  name: string,
  look: () => Promise<Answer | undefined>,
): Promise<Answer> => {
  for (let looks = 0; looks < mostLooks; looks++) {
    const seen = await durableStep(context, `${name} ${looks + 1}`, async () => ({ answer: await look() }));
    if (seen.answer !== undefined) return seen.answer;
    await context.wait(`${name} later ${looks + 1}`, { seconds: pauseSeconds(looks) });
  }
  throw new MediakeepError('unavailable', `Waited a day for this, in vain: ${name}.`);
};

/** What a restored table is called; the function's rights name the beginning. */
export const restoredTableName = (deployment: string, jobId: string): string => `${deployment}-recover-${jobId}`;

/** Restores the table as of an instant, or from a recovery point, and waits until it can be read. */
export const restoreTable = async (
  context: DurableContext,
  { jobId, atMs, tableBackup }: { readonly jobId: string; readonly atMs: number; readonly tableBackup?: string },
  deps: RecoverDeps,
): Promise<string> => {
  const target = restoredTableName(deps.deployment, jobId);
  if (tableBackup === undefined) {
    await waitUntil(context, 'wait for the log to reach the instant', () => reaches(atMs, deps));
    await durableStep(context, 'restore the table', () => deps.tables.toInstant(target, atMs));
  } else {
    const restore = await durableStep(context, 'restore the table', () => deps.tables.fromBackup(target, tableBackup));
    await finished(context, 'wait for the table’s backup', restore, deps);
  }
  await waitUntil(context, 'wait for the table', async () => ((await deps.tables.isReady(target)) ? true : undefined));
  return target;
};

const reaches = async (atMs: number, { tables }: RecoverDeps): Promise<true | undefined> => {
  const window = await tables.restorable();
  if (window !== undefined && atMs < window.fromMs) {
    throw new MediakeepError(
      'unprocessable',
      `The table goes back to ${isoTime(window.fromMs)} only. Name a backup (\`--backup\`), or, where the table was deleted and made again, restore its last backup and name that table (\`--table\`); docs/recovery.md has the commands.`,
    );
  }
  if (window === undefined) {
    throw new MediakeepError(
      'unprocessable',
      'The table has no point-in-time recovery; name a recovery point instead.',
    );
  }
  // The window is told in whole seconds.
  return window.untilMs + 999 >= atMs ? true : undefined;
};

/** Restores what the near places did not have into the isolated bucket: prefixes where they are few, everything otherwise. */
export const restoreBucket = async (
  context: DurableContext,
  { recovery, atMs }: { readonly recovery: Recovery; readonly atMs: number },
  deps: RecoverDeps,
): Promise<void> => {
  const started = await durableStep(context, 'restore the bucket', async () => {
    const backup = await deps.backups.nearest(atMs);
    if (backup === undefined) return { none: true as const };
    return { job: await deps.backups.start(backup, itemsOf(recovery, deps)) };
  });
  // What is missing stays missing then, and the report says so.
  if ('none' in started) return;
  await finished(context, 'wait for the bucket’s backup', started.job, deps);
};

/** A restore takes at most five prefixes. */
const mostItems = 5;

const itemsOf = ({ scope }: Recovery, { classes }: RecoverDeps): string[] => {
  const prefixes = classes
    .filter(({ name }) => scope.kind !== 'class' || name === scope.dataClass)
    .map(({ prefix }) => (scope.kind === 'tenant' || scope.kind === 'case' ? `${prefix}${scope.tenant}/` : prefix));
  return prefixes.length <= mostItems ? prefixes : [];
};

/** Waits for the end of a restore; throws where it failed. */
export const finished = (context: DurableContext, name: string, job: string, { backups }: RecoverDeps): Promise<true> =>
  waitUntil(context, name, async () => {
    const { state, message } = await backups.state(job);
    if (state === 'failed')
      throw new MediakeepError('conflict', `The restore ${job} failed: ${message ?? 'no reason was given'}.`);
    return state === 'done' ? true : undefined;
  });
