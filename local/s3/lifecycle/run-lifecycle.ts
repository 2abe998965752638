import { days } from '../../../core/time.ts';
import type { S3Core } from '../core.ts';
import { discardUpload } from '../multipart/abort-upload.ts';
import type { Bucket } from '../store/buckets.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import { keyBytes } from '../store/row.ts';
import { dueAfter } from './due.ts';
import type { LifecycleRun } from './expire-key.ts';
import { applyToKey } from './expire-key.ts';

const batchSize = 1000;
/** How long a repeated Complete gets its answer. */
const completedUploadMs = days(7);

/**
 * Runs the lifecycle rules of every midnight (UTC) that has passed since the last call, in order and each at its own time;
 * midnights at which nothing is due are passed over.
 */
export const runLifecycle = (core: S3Core, now: number): void => {
  const last = lastRun(core);
  const today = Math.floor(now / days(1)) * days(1);
  if (last === undefined) {
    setLastRun(core, today);
    return;
  }
  let midnight = last + days(1);
  while (midnight <= today) {
    const next = Math.min(
      ...core.buckets.all().map((bucket) => runBucket(core, bucket, midnight)),
      Number.POSITIVE_INFINITY,
    );
    core.uploads.removeCompletedBefore(midnight - completedUploadMs);
    setLastRun(core, midnight);
    midnight = Math.max(midnight + days(1), Math.ceil(next / days(1)) * days(1));
  }
  if (today > last) setLastRun(core, today);
};

/** Answers when something more will be due. */
const runBucket = (core: S3Core, bucket: Bucket, now: number): number => {
  const run: LifecycleRun = { core, bucket, now, next: Number.POSITIVE_INFINITY };
  if (!bucket.configuration.lifecycle.some(({ enabled }) => enabled)) return run.next;
  let after: { readonly key: Buffer; readonly seq: number | undefined } = { key: Buffer.alloc(0), seq: undefined };
  let waiting: ObjectVersion[] = [];
  for (;;) {
    const range = { from: after.key, after: false, to: undefined };
    const batch = core.versions.all(bucket.id, range, after.seq, batchSize);
    const groups = groupByKey([...waiting, ...batch]);
    const whole = batch.length < batchSize;
    waiting = whole ? [] : (groups.pop() ?? []);
    core.change(() => {
      for (const versions of groups) applyToKey(run, versions);
    });
    const last = batch.at(-1);
    if (whole || last === undefined) break;
    after = { key: keyBytes(last.key), seq: last.seq };
  }
  abortUploads(run);
  return run.next;
};

const groupByKey = (versions: readonly ObjectVersion[]): ObjectVersion[][] => {
  const groups: ObjectVersion[][] = [];
  for (const version of versions) {
    const group = groups.at(-1);
    if (group?.[0]?.key === version.key) group.push(version);
    else groups.push([version]);
  }
  return groups;
};

const abortUploads = (run: LifecycleRun): void => {
  const { core, bucket, now } = run;
  const rules = bucket.configuration.lifecycle.filter(
    (rule) => rule.enabled && rule.abortUploadsAfterDays !== undefined,
  );
  if (rules.length === 0) return;
  let marker = { key: '', id: '' };
  for (;;) {
    const batch = core.uploads.list(bucket.id, marker, batchSize);
    for (const upload of batch) {
      const dues = rules
        .filter(({ filter }) => upload.key.startsWith(filter.prefix))
        .map(({ abortUploadsAfterDays = 0 }) => dueAfter(upload.initiated, abortUploadsAfterDays));
      const due = Math.min(...dues, Number.POSITIVE_INFINITY);
      if (due <= now) core.change(() => discardUpload(core, upload));
      else run.next = Math.min(run.next, due);
      marker = { key: upload.key, id: upload.id };
    }
    if (batch.length < batchSize) return;
  }
};

const lastRun = ({ db }: S3Core): number | undefined => {
  const row = db.prepare('SELECT last_run FROM s3_lifecycle WHERE id = 1').get();
  return row === undefined ? undefined : Number(row['last_run']);
};

const setLastRun = ({ db }: S3Core, midnight: number): void => {
  db.prepare('INSERT OR REPLACE INTO s3_lifecycle (id, last_run) VALUES (1, ?)').run(midnight);
};
