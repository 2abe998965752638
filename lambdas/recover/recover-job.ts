import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { MediakeepError } from '../../core/error.ts';
import { closedKey, closedRow } from '../../core/recovery/closed.ts';
import { RecoverInput } from '../../core/recovery/input.ts';
import { type RecoveryReport, reportFolder, reportName } from '../../core/recovery/report.ts';
import { scopeText } from '../../core/recovery/scope.ts';
import {
  addTallies,
  addVerifications,
  emptyTally,
  emptyVerification,
  type RecoveryTally,
  type VerificationTally,
} from '../../core/recovery/tally.ts';
import { isoTime } from '../../core/time.ts';
import type { JobDefinition, Reporting } from '../shared/durable/job.ts';
import { runPages } from '../shared/durable/pages.ts';
import { durableStep } from '../shared/durable/step.ts';
import type { Pass } from './bring-version-back.ts';
import { type PageStart, type Recovery, recoverPage, verifyPage } from './pages.ts';
import type { RecoverDeps } from './ports.ts';
import { putReport } from './put-report.ts';
import { restoreBucket, restoredTableName, restoreTable } from './wait-for-restores.ts';

type Deps = RecoverDeps & Reporting;

interface Beginning {
  readonly startedAt: string;
  readonly atMs: number;
  /** The recovery point of the table, where one was named. */
  readonly tableBackup?: string;
}

/** Recovers objects and catalog to one instant: the table beside the live one, then asset by asset, then everything verified. */
export const recoverJob: JobDefinition<RecoverInput, RecoverDeps> = {
  input: RecoverInput,
  async run({ jobId, input: wanted }, context, deps) {
    const begun = await durableStep(context, 'find the instant', () => findInstant(wanted, deps));
    const isWhole = wanted.into === 'live' && wanted.scope.kind === 'all';
    if (isWhole) await durableStep(context, 'close', () => deps.putRow({ ...closedRow(jobId, begun.startedAt) }));
    const table = wanted.table ?? (await restoreTable(context, { jobId, ...begun }, deps));
    const recovery = { jobId, table, scope: wanted.scope, verify: wanted.verify };
    const recovered = await bringBack(context, recovery, { begun, into: wanted.into }, deps);
    const verification = wanted.into === 'live' ? await verify(context, recovery, recovered, deps) : undefined;
    const report = await durableStep(context, 'report', async () => {
      const written = await reportOf({ jobId, table, wanted, begun, recovered, verification }, deps);
      await putReport(written, deps);
      return { outcome: written.outcome, name: reportName(written) };
    });
    if (!keepsTable(wanted)) await durableStep(context, 'remove the table', () => deps.tables.remove(table));
    if (report.outcome === 'problems') throw unlikeBefore(report.name, isWhole);
    if (isWhole) await durableStep(context, 'open', () => deps.removeRow(closedKey));
    return { ...report, to: isoTime(begun.atMs), ...recovered, ...verification };
  },
};

/** What somebody else has restored is theirs. */
const keepsTable = ({ into, table }: RecoverInput): boolean => into === 'isolated' || table !== undefined;

const unlikeBefore = (report: string, isWhole: boolean): MediakeepError =>
  new MediakeepError(
    'conflict',
    `Not everything is as it was; ${report}.json in the audit bucket says how much, the log which. ${isWhole ? 'The API stays closed until a recovery succeeds or `mediakeep recover --open` says that it may open.' : ''}`.trim(),
  );

const findInstant = async ({ to, backup, table }: RecoverInput, deps: Deps): Promise<Beginning> => {
  const startedAt = isoTime(deps.clock.now());
  if (table !== undefined) await requireRestored(table, deps);
  if (to !== undefined) {
    if (Date.parse(to) > deps.clock.now()) {
      throw new MediakeepError('unprocessable', `${to} has not been yet; name an instant that is past.`);
    }
    return { startedAt, atMs: Date.parse(to) };
  }
  const found = await deps.backups.find(backup ?? '');
  if (found === undefined) {
    throw new MediakeepError(
      'not-found',
      `There is no recovery point ${backup}; \`aws backup list-recovery-points-by-backup-vault\` lists them.`,
    );
  }
  return { startedAt, atMs: found.atMs, ...(found.resourceType === 'DynamoDB' && { tableBackup: found.arn }) };
};

/** The function has rights on tables of its own name only. */
const requireRestored = async (table: string, { deployment, tables }: Deps): Promise<void> => {
  const beginning = restoredTableName(deployment, '');
  if (!table.startsWith(beginning)) {
    throw new MediakeepError('unprocessable', `The table ${table} has to be called ${beginning}…; restore it so.`);
  }
  if (await tables.isReady(table)) return;
  throw new MediakeepError('not-found', `There is no table ${table}, or it is still being restored.`);
};

const bringBack = async (
  context: DurableContext,
  recovery: Recovery,
  { begun, into }: { readonly begun: Beginning; readonly into: RecoverInput['into'] },
  deps: Deps,
): Promise<RecoveryTally> => {
  const pages = (pass: Pass, name: string = pass) =>
    runPages<PageStart, RecoveryTally>(context, {
      name,
      from: {},
      tally: emptyTally,
      page: async (from) => {
        const { tally, next } = await recoverPage(recovery, from, pass, deps);
        return { tally: addTallies(emptyTally, tally), ...(next && { next }) };
      },
      add: addTallies,
      report: ({ assets, archived, missing, rowsWritten }) => deps.report({ assets, archived, missing, rowsWritten }),
    });
  let tally = await pages(into === 'isolated' ? 'plan' : 'near');
  if (into === 'isolated') return tally;
  if (tally.missing > 0) {
    await restoreBucket(context, { recovery, atMs: begun.atMs }, deps);
    tally = laterPass(tally, await pages('backup'));
  }
  for (const [index, pauseHours] of thawHours.entries()) {
    if (tally.archived === 0) break;
    await context.wait(`wait for the archive ${index + 1}`, { seconds: pauseHours * 3600 });
    tally = laterPass(tally, await pages('thawed', `thawed ${index + 1}`));
  }
  return tally;
};

/** S3 takes three to five hours for GLACIER and twelve for DEEP_ARCHIVE; what is not there after two days is told. */
const thawHours = [5, 4, 4, 5, 6, 12, 12];

/** What a later pass brought comes to what was brought before; what it still lacks is what is lacking. */
const laterPass = (before: RecoveryTally, now: RecoveryTally): RecoveryTally => ({
  ...before,
  uncovered: before.uncovered + now.uncovered,
  copiedForward: before.copiedForward + now.copiedForward,
  fromReplica: before.fromReplica + now.fromReplica,
  fromBackup: before.fromBackup + now.fromBackup,
  archived: now.archived,
  missing: now.missing,
});

/** What is missing in every place was counted already; here everything is compared once more. */
const verify = (
  context: DurableContext,
  recovery: Recovery,
  { missing }: RecoveryTally,
  deps: Deps,
): Promise<VerificationTally> =>
  runPages<PageStart, VerificationTally>(context, {
    name: 'verify',
    from: {},
    tally: emptyVerification,
    page: (from) => verifyPage(recovery, from, deps),
    add: addVerifications,
    report: ({ checked, problems }) => deps.report({ checked, problems, missing }),
  });

const reportOf = async (
  facts: {
    readonly jobId: string;
    readonly table: string;
    readonly wanted: RecoverInput;
    readonly begun: Beginning;
    readonly recovered: RecoveryTally;
    readonly verification: VerificationTally | undefined;
  },
  deps: Deps,
): Promise<RecoveryReport> => {
  const { jobId, table, wanted, begun, recovered, verification } = facts;
  return {
    v: 1,
    kind: 'recovery',
    jobId,
    to: isoTime(begun.atMs),
    scope: scopeText(wanted.scope),
    into: wanted.into,
    rowsFrom: begun.tableBackup ?? (wanted.table === undefined ? 'point-in-time recovery of the table' : wanted.table),
    startedAt: begun.startedAt,
    finishedAt: isoTime(deps.clock.now()),
    restoredTable: { name: table, lacks: await deps.tables.lacks(table), kept: keepsTable(wanted) },
    erasuresRespected: (await deps.erasures()).count,
    recovered,
    ...(verification !== undefined && { verification }),
    outcome: outcomeOf(recovered, verification),
    pages: reportFolder(jobId),
  };
};

const outcomeOf = (
  { archived, missing }: RecoveryTally,
  verification: VerificationTally | undefined,
): RecoveryReport['outcome'] => {
  if (verification === undefined) return 'planned';
  return verification.problems === 0 && archived + missing === 0 ? 'verified' : 'problems';
};
