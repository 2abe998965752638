import { days } from '../../core/time.ts';
import { parseCron } from './cron.ts';
import { keepJob } from './job-events.ts';
import { copyBackup, endOf, makeBackup } from './make-backup.ts';
import type { Job, Plan, PlanRule, Selection, TestingPlan, TestingSelection } from './model.ts';
import type { BackupParts } from './parts.ts';
import { startRestore } from './restore-backup.ts';

interface Due {
  readonly atMs: number;
  readonly run: () => Promise<void>;
}

/** Does what AWS Backup does as time goes by: plans and restore tests at their hours, in order, and what is at its end goes. */
export const runPlans = async (parts: BackupParts, nowMs: number): Promise<void> => {
  const { store } = parts;
  await beginContinuous(parts);
  const last = store.lastRun();
  store.setLastRun(nowMs);
  if (last !== undefined && nowMs > last) {
    for (const { run } of [...duePlans(parts, last, nowMs), ...dueTests(parts, last, nowMs)].sort(
      (a, b) => a.atMs - b.atMs,
    )) {
      await run();
    }
  }
  await removeTested(parts, nowMs);
  expire(parts, nowMs);
  await trim(parts, nowMs);
};

/** A continuous backup begins as soon as a bucket is selected: who has just started the platform need not wait for the night. */
const beginContinuous = async (parts: BackupParts): Promise<void> => {
  const begun = new Set(
    parts.store
      .points()
      .filter(({ continuous }) => continuous)
      .map(({ resourceArn }) => resourceArn),
  );
  for (const plan of parts.catalogue.plans.values()) {
    const arns = selectionsOf(parts, plan).flatMap(({ resources }) => resources);
    const missing = arns.filter((arn) => parts.buckets.find(arn) !== undefined && !begun.has(arn));
    const rule = plan.rules.find(({ continuous }) => continuous);
    if (rule !== undefined) await runRule(parts, plan, rule, parts.clock.now(), missing);
  }
};

const duePlans = (parts: BackupParts, fromMs: number, toMs: number): Due[] =>
  [...parts.catalogue.plans.values()].flatMap((plan) =>
    plan.rules.flatMap((rule) =>
      parseCron(rule.schedule)
        .between(fromMs, toMs)
        .map((atMs) => ({ atMs, run: () => runRule(parts, plan, rule, atMs) })),
    ),
  );

const runRule = async (
  parts: BackupParts,
  plan: Plan,
  rule: PlanRule,
  atMs: number,
  only?: readonly string[],
): Promise<void> => {
  const { catalogue, store } = parts;
  const vault = catalogue.vault(plan.region, rule.vault);
  for (const selection of selectionsOf(parts, plan)) {
    for (const resourceArn of selection.resources.filter((arn) => only === undefined || only.includes(arn))) {
      const job = await makeBackup(parts, {
        vault,
        resourceArn,
        roleArn: selection.roleArn,
        lifecycle: lifecycleOf(rule),
        continuous: rule.continuous,
        atMs,
        planId: plan.id,
        ruleName: rule.name,
      });
      const point = store.point(job.recoveryPointArn ?? '');
      if (point === undefined) continue;
      for (const copy of rule.copies) copyBackup(parts, point, { ...copy, roleArn: selection.roleArn });
    }
  }
};

const lifecycleOf = ({ deleteAfterDays, coldAfterDays }: PlanRule) => ({
  ...(deleteAfterDays !== undefined && { deleteAfterDays }),
  ...(coldAfterDays !== undefined && { coldAfterDays }),
});

const selectionsOf = ({ catalogue }: BackupParts, { id }: Plan): Selection[] =>
  [...catalogue.selections.values()].filter(({ planId }) => planId === id);

const dueTests = (parts: BackupParts, fromMs: number, toMs: number): Due[] =>
  [...parts.catalogue.testingPlans.values()].flatMap((plan) =>
    parseCron(plan.schedule)
      .between(fromMs, toMs)
      .map((atMs) => ({ atMs, run: () => runTest(parts, plan, atMs) })),
  );

const runTest = async (parts: BackupParts, plan: TestingPlan, atMs: number): Promise<void> => {
  const selections = [...parts.catalogue.testingSelections.values()].filter(({ planName }) => planName === plan.name);
  for (const selection of selections) {
    for (const resourceArn of selection.resourceArns) await testLatest(parts, plan, selection, { resourceArn, atMs });
  }
};

/** The latest snapshot of the window is restored under a name of AWS Backup's own. */
const testLatest = async (
  parts: BackupParts,
  plan: TestingPlan,
  { resourceType, roleArn, validationHours }: TestingSelection,
  { resourceArn, atMs }: { resourceArn: string; atMs: number },
): Promise<void> => {
  const vaults = plan.vaultArns.map((arn) => parts.catalogue.vaults.get(arn)?.name);
  const point = parts.store
    .points()
    .find(
      (candidate) =>
        candidate.resourceArn === resourceArn &&
        !candidate.continuous &&
        candidate.region === plan.region &&
        vaults.includes(candidate.vaultName) &&
        candidate.atMs >= atMs - days(plan.windowDays),
    );
  if (point === undefined) {
    parts.log(`backup: the restore test ${plan.name} found no backup of ${resourceArn}`);
    return;
  }
  const name = `awsbackup-restore-test-${parts.newId().slice(0, 18)}`;
  const metadata: Record<string, string> =
    resourceType === 'S3' ? { DestinationBucketName: name, NewBucket: 'true' } : { targetTableName: name };
  await startRestore(parts, { point, roleArn, metadata, testing: { planArn: plan.arn, validationHours } }).done;
};

/** What a test brought back goes when its validation window is over. */
const removeTested = async (parts: BackupParts, nowMs: number): Promise<void> => {
  for (const job of parts.store.jobs('restore')) {
    if (job.removeAtMs === undefined || job.removed === true || job.removeAtMs > nowMs) continue;
    await removeRestored(parts, job);
    const timedOut = job.validationStatus === 'VALIDATING';
    const ended: Job = { ...job, removed: true, ...(timedOut && { validationStatus: 'TIMED_OUT' as const }) };
    if (timedOut) keepJob(parts, ended);
    else parts.store.putJob(ended);
  }
};

const removeRestored = async ({ s3, tables }: BackupParts, { createdResourceArn = '' }: Job): Promise<void> => {
  const table = tables.find(createdResourceArn);
  if (table !== undefined) await tables.remove(table);
  const bucket = s3.core.buckets.find(createdResourceArn.slice('arn:aws:s3:::'.length));
  if (bucket === undefined) return;
  const everything = { from: Buffer.alloc(0), after: false, to: undefined };
  for (;;) {
    const page = s3.core.versions.all(bucket.id, everything, undefined, 1000);
    if (page.length === 0) break;
    s3.core.change(() => {
      for (const version of page) {
        s3.core.versions.remove(version);
        s3.core.garbage.add(version.detail.segments);
      }
    });
  }
  s3.core.buckets.remove(bucket);
};

const expire = ({ store }: BackupParts, nowMs: number): void => {
  for (const point of store.points()) if ((endOf(point) ?? nowMs + 1) <= nowMs) store.removePoint(point.arn);
};

/** What no backup reaches any more is forgotten. */
const trim = async ({ buckets, tables, store, catalogue, s3 }: BackupParts, nowMs: number): Promise<void> => {
  const points = store.points();
  await tables.trim(nowMs, (arn) => {
    const instants = points.filter(({ resourceArn }) => resourceArn === arn).map(({ atMs }) => atMs);
    return instants.length === 0 ? undefined : Math.min(...instants);
  });
  const continuousDays = Math.max(
    0,
    ...[...catalogue.plans.values()].flatMap(({ rules }) =>
      rules.filter(({ continuous }) => continuous).map(({ deleteAfterDays = 35 }) => deleteAfterDays),
    ),
  );
  for (const bucket of s3.core.buckets.all()) {
    const instants = points
      .filter(({ resourceArn, continuous }) => resourceArn === bucket.arn && !continuous)
      .map(({ atMs }) => atMs);
    buckets.trim(bucket, nowMs - days(continuousDays), instants);
  }
};
