import type { DurableContext } from '@aws/durable-execution-sdk-js';
import * as z from 'zod';
import type { Finding } from '../../core/compare/finding.ts';
import { metricNames } from '../../core/metric-names.ts';
import type { PinnedVersion } from '../shared/copy-source.ts';
import type { Reporting } from '../shared/durable/job.ts';
import { type PageAnswer, runPages } from '../shared/durable/pages.ts';
import { durableStep } from '../shared/durable/step.ts';
import { ReportableError } from '../shared/error-fields.ts';
import { corrupt } from './corrupt.ts';
import { knownDigest } from './expected-digest.ts';
import type { ComputedChecksum, ScrubDeps } from './ports.ts';
import { addScrubs, emptyScrub, type ScrubProps, type ScrubTally, scrubProgress } from './scrub-tally.ts';
import { settle } from './settle.ts';

const HandedVersion = z.strictObject({
  key: z.string(),
  versionId: z.string(),
  algorithm: z.enum(['SHA256', 'CRC32', 'CRC32C', 'CRC64NVME']),
});
const Note = z.strictObject({ startedAt: z.number(), versions: z.array(HandedVersion) });
type Note = z.infer<typeof Note>;

/** A version whose bytes S3 is to read itself, with the kind of checksum that is known of them. */
export type HandedVersion = z.infer<typeof HandedVersion>;

const noteName = (name: string): string => `${name}/by-s3.json`;

/** Notes what a page has found too large to read; a page that is done again notes nothing twice. */
export const noteForS3 = async (
  { name, startedAt }: Pick<ScrubProps, 'name' | 'startedAt'>,
  handed: readonly HandedVersion[],
  deps: ScrubDeps,
): Promise<void> => {
  if (handed.length === 0) return;
  const before = (await readNote(name, deps)) ?? { startedAt, versions: [] };
  const known = new Set(before.versions.map(nameOf));
  const versions = [...before.versions, ...handed.filter((version) => !known.has(nameOf(version)))];
  await deps.notes.put(noteName(name), JSON.stringify({ ...before, versions }));
};

const nameOf = ({ key, versionId }: PinnedVersion): string => `${versionId} ${key}`;

const readNote = async (name: string, { notes }: ScrubDeps): Promise<Note | undefined> => {
  const text = await notes.read(noteName(name));
  return text === undefined ? undefined : Note.parse(JSON.parse(text));
};

/** The jobs that S3 was given, one for each kind of checksum, and when the scrub had begun. */
export type HandedOver = { readonly ids: readonly string[]; readonly startedAt: number };

/** Hands S3 what was noted; done again, it starts the same jobs. */
export const handOver = async (name: string, deps: ScrubDeps): Promise<HandedOver> => {
  const note = await readNote(name, deps);
  if (note === undefined) throw new ReportableError('The note of what S3 is to read is gone: it lasts for a day.');
  const ids: string[] = [];
  for (const [algorithm, versions] of Map.groupBy(note.versions, (version) => version.algorithm)) {
    ids.push(await deps.checksums.begin({ name: `${name}-${algorithm.toLowerCase()}`, algorithm, versions }));
  }
  return { ids, startedAt: note.startedAt };
};

const firstPauseSeconds = 1;
const longestPauseSeconds = 3600;
/** Twelve pauses that double, then one each hour for a week: S3 reads an object of 5 TiB in less. */
const mostLooks = 180;

/** Sleeps until S3 has ended its jobs; nothing tells of their end but a trail, which a deployment need not have. */
export const awaitChecksums = async (
  context: DurableContext,
  { ids }: Pick<HandedOver, 'ids'>,
  deps: ScrubDeps & { readonly hear: () => Promise<void> },
): Promise<void> => {
  for (let look = 1; look <= mostLooks; look += 1) {
    const running = await durableStep(context, `look for checksums ${look}`, async () => {
      await deps.hear();
      return await countRunning(ids, deps);
    });
    if (running === 0) return;
    const seconds = Math.min(firstPauseSeconds * 2 ** (look - 1), longestPauseSeconds);
    await context.wait(`for checksums ${look}`, { seconds });
  }
  throw new ReportableError('S3 has not computed the checksums of large objects within a week.');
};

const countRunning = async (ids: readonly string[], { checksums }: ScrubDeps): Promise<number> => {
  const states = await Promise.all(ids.map((id) => checksums.state(id)));
  if (states.includes('failed')) {
    throw new ReportableError(
      `S3 has given up a batch job of checksums, one of ${ids.join(', ')}: large objects were not read. Its reason stands in the console of S3, under Batch Operations.`,
    );
  }
  return states.filter((state) => state === 'running').length;
};

/** Where a walk through what S3 computed is: which job, and how many of its results are done. */
export type ChecksumCursor = { readonly job: number; readonly done: number };

export const firstChecksum: ChecksumCursor = { job: 0, done: 0 };
const inPage = 100;

/** Compares some of what S3 computed with what is known, and settles what differs. */
export const checksumPage = async (
  { job, done }: ChecksumCursor,
  { ids }: Pick<HandedOver, 'ids'>,
  { heal, report }: Pick<ScrubProps, 'heal' | 'report'>,
  deps: ScrubDeps,
): Promise<PageAnswer<ChecksumCursor, ScrubTally>> => {
  const id = ids[job];
  if (id === undefined) return { tally: emptyScrub };
  const results = await deps.checksums.results(id);
  const page = results.slice(done, done + inPage);
  const verdicts = await Promise.all(page.map((computed) => judge(computed, deps)));
  const findings = verdicts.flatMap(({ finding }) => finding ?? []);
  const part = `${report}/large-${String(job + 1).padStart(2, '0')}-${String(done).padStart(6, '0')}`;
  const tally = await settle({ findings, repair: heal, report: part, seen: { keys: 0, rows: 0 } }, deps);
  const bytes = verdicts.reduce((sum, verdict) => sum + verdict.bytes, 0);
  const versions = verdicts.filter((verdict) => verdict.kind === 'read').length;
  const unread = verdicts.filter((verdict) => verdict.kind === 'unread').length;
  deps.meter.count(metricNames.versionsScrubbed, versions);
  deps.meter.bytes(metricNames.bytesScrubbed, bytes);
  deps.meter.count(metricNames.versionsCorrupt, findings.length);
  const isMore = done + inPage < results.length;
  const next = isMore ? { job, done: done + inPage } : job + 1 < ids.length ? { job: job + 1, done: 0 } : undefined;
  return { tally: { ...emptyScrub, ...tally, versions, bytes, unread }, ...(next && { next }) };
};

interface Verdict {
  readonly kind: 'read' | 'unread' | 'gone';
  readonly bytes: number;
  readonly finding?: Finding;
}

const judge = async ({ key, versionId, ...told }: ComputedChecksum, deps: ScrubDeps): Promise<Verdict> => {
  const head = await deps.vault.headVersion(key, versionId);
  if (head === undefined || told.isMissing === true) return { kind: 'gone', bytes: 0 };
  const expected = knownDigest(head);
  if (expected === undefined || told.value === undefined || expected.algorithm !== told.algorithm) {
    deps.log.error('S3 has computed no checksum of a version', { versionId, assetId: deps.locate(key)?.assetId });
    return { kind: 'unread', bytes: 0 };
  }
  const { bytes } = head;
  if (expected.value === told.value) return { kind: 'read', bytes };
  return { kind: 'read', bytes, finding: await corrupt({ key, head, expected }, deps) };
};

/** A scrub that has read what it can. */
export interface ReadSoFar extends Pick<ScrubProps, 'name' | 'heal' | 'report'> {
  readonly read: ScrubTally;
  /** Writes the report of the whole. */
  readonly tell: (total: ScrubTally, startedAt: number) => Promise<void>;
}

/** Has S3 read what was noted, compares what comes out, and answers the sum of the whole scrub. */
export const scrubByS3 = async (
  context: DurableContext,
  { name, heal, report, read, tell }: ReadSoFar,
  deps: ScrubDeps & Reporting,
): Promise<ScrubTally> => {
  // A page, so that a succeeding execution still knows the jobs when the note is gone.
  const handed = await runPages<number, HandedOver>(context, {
    name: 'hand over',
    from: 0,
    tally: { ids: [], startedAt: 0 },
    page: async () => ({ tally: await handOver(name, deps) }),
    add: (_, begun) => begun,
  });
  // Telling how far it is is where a job hears that somebody has cancelled it.
  await awaitChecksums(context, handed, { ...deps, hear: () => deps.report(scrubProgress(read)) });
  const sum = await runPages<ChecksumCursor, ScrubTally>(context, {
    name: 'checksums',
    from: firstChecksum,
    tally: read,
    page: (cursor) => checksumPage(cursor, handed, { heal, report }, deps),
    add: addScrubs,
    report: (tally) => deps.report(scrubProgress(tally)),
    finish: (total) => tell(total, handed.startedAt),
  });
  if (sum.unread === 0) return sum;
  throw new ReportableError(
    `S3 could not read ${sum.unread} of ${sum.large} large versions; the log names them, and ${report}/ what was found of the others.`,
  );
};
