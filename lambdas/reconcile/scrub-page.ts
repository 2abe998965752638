import type { Finding } from '../../core/compare/finding.ts';
import { metricNames } from '../../core/metric-names.ts';
import type { PageAnswer } from '../shared/durable/pages.ts';
import { mapInParallel } from '../shared/map-in-parallel.ts';
import { corrupt, isAsExpected } from './corrupt.ts';
import { knownDigest } from './expected-digest.ts';
import type { ScrubDeps } from './ports.ts';
import { type HandedVersion, noteForS3 } from './scrub-by-s3.ts';
import { planScrub, type ScrubTarget } from './scrub-share.ts';
import type { ScrubProps, ScrubTally } from './scrub-tally.ts';
import { settle } from './settle.ts';
import { nextPrefix, type PrefixCursor } from './vault-pass.ts';

/** So many versions are read side by side; each is a stream, so memory does not grow with their size. */
const lanes = 4;

/** Reads the versions of one stretch whose turn it is, and compares what they digest to with what they should. */
export const scrubPage = async (
  cursor: PrefixCursor,
  { prefixes, share, heal, report, largeBytes, ...scrubbing }: ScrubProps,
  deps: ScrubDeps,
): Promise<PageAnswer<PrefixCursor, ScrubTally>> => {
  const stretch = await deps.listVault({ prefix: prefixes[cursor.prefix] ?? '', after: cursor.after });
  const plan = planScrub(stretch.keys, share, largeBytes);
  const verdicts = await mapInParallel(plan.targets, lanes, (target) => scrub(target, deps));
  const handed = await mapInParallel(plan.large, lanes, (target) => handOver(target, deps));
  const large = handed.flatMap(({ version }) => version ?? []);
  await noteForS3(scrubbing, large, deps);
  const findings = verdicts.flatMap(({ finding }) => finding ?? []);
  const seen = { keys: stretch.keys.length, rows: 0 };
  const part = `${report}/scrub-${String(cursor.page).padStart(6, '0')}`;
  const tally = await settle({ findings, repair: heal, report: part, seen }, deps);
  const read = verdicts.filter(({ kind }) => kind === 'read');
  const bytes = read.reduce((sum, verdict) => sum + verdict.bytes, 0);
  deps.meter.count(metricNames.versionsScrubbed, read.length);
  deps.meter.bytes(metricNames.bytesScrubbed, bytes);
  deps.meter.count(metricNames.versionsCorrupt, findings.length);
  const unknown = [...verdicts, ...handed].filter(({ kind }) => kind === 'unknown').length;
  const next = nextPrefix(cursor, plan.through ?? stretch.through, prefixes);
  const counts = { versions: read.length, bytes, archived: plan.archived, unknown, large: large.length, unread: 0 };
  return { tally: { ...tally, ...counts }, ...(next && { next }) };
};

interface Verdict {
  readonly kind: 'read' | 'unknown' | 'gone';
  readonly bytes: number;
  readonly finding?: Finding;
}

const scrub = async ({ key, version }: ScrubTarget, deps: ScrubDeps): Promise<Verdict> => {
  const head = await deps.vault.headVersion(key, version.versionId);
  if (head === undefined) return { kind: 'gone', bytes: 0 };
  const expected = knownDigest(head);
  if (expected === undefined) return { kind: 'unknown', bytes: 0 };
  const isSame = (await isAsExpected('vault', { key, head, expected }, deps)) ?? true;
  // A connection can break a byte as well; only what is wrong twice is wrong on the disk.
  const isCorrupt = !isSame && (await isAsExpected('vault', { key, head, expected }, deps)) === false;
  if (!isCorrupt) return { kind: 'read', bytes: head.bytes };
  return { kind: 'read', bytes: head.bytes, finding: await corrupt({ key, head, expected }, deps) };
};

/** S3 has to be told which kind of checksum to compute: the one that is known. */
const handOver = async (
  { key, version: { versionId } }: ScrubTarget,
  deps: ScrubDeps,
): Promise<{ readonly kind: 'large' | 'unknown' | 'gone'; readonly version?: HandedVersion }> => {
  const head = await deps.vault.headVersion(key, versionId);
  if (head === undefined) return { kind: 'gone' };
  const expected = knownDigest(head);
  if (expected === undefined) return { kind: 'unknown' };
  return { kind: 'large', version: { key, versionId, algorithm: expected.algorithm } };
};
