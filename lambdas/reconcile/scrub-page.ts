import { GiB } from '../../core/bytes.ts';
import { digestOf } from '../../core/checksums/digest.ts';
import type { Finding } from '../../core/compare/finding.ts';
import { decodeFacts } from '../../core/facts.ts';
import { parseFactsKey } from '../../core/facts-object.ts';
import { metricNames } from '../../core/metric-names.ts';
import type { VersionHead } from '../../core/observe/ports.ts';
import type { PageAnswer } from '../shared/durable/pages.ts';
import { mapInParallel } from '../shared/map-in-parallel.ts';
import { type ExpectedDigest, expectedDigest } from './expected-digest.ts';
import type { ScrubDeps } from './ports.ts';
import { planScrub, type ScrubTarget, type Share } from './scrub-share.ts';
import { settle } from './settle.ts';
import { emptyTally, type Tally } from './tally.ts';
import { nextPrefix, type PrefixCursor } from './vault-pass.ts';

/** What a scrub counts besides its findings. */
export interface ScrubTally extends Tally {
  readonly versions: number;
  readonly bytes: number;
  /** Of the share, but in an archive class: not read. */
  readonly archived: number;
  /** Read by nobody because no checksum of the whole is known. */
  readonly unknown: number;
}

export const emptyScrub: ScrubTally = { ...emptyTally, versions: 0, bytes: 0, archived: 0, unknown: 0 };

export interface ScrubProps {
  readonly prefixes: readonly string[];
  readonly share: Share;
  readonly heal: boolean;
  readonly report: string;
}

/** So many versions are read side by side; each is a stream, so memory does not grow with their size. */
const lanes = 4;

/** Reads the versions of one stretch whose turn it is, and compares what they digest to with what they should. */
export const scrubPage = async (
  cursor: PrefixCursor,
  { prefixes, share, heal, report }: ScrubProps,
  deps: ScrubDeps,
): Promise<PageAnswer<PrefixCursor, ScrubTally>> => {
  const stretch = await deps.listVault({ prefix: prefixes[cursor.prefix] ?? '', after: cursor.after });
  const plan = planScrub(stretch.keys, share);
  const verdicts = await mapInParallel(plan.targets, lanes, (target) => scrub(target, deps));
  const findings = verdicts.flatMap(({ finding }) => finding ?? []);
  const seen = { keys: stretch.keys.length, rows: 0 };
  const part = `${report}/scrub-${String(cursor.page).padStart(6, '0')}`;
  const tally = await settle({ findings, repair: heal, report: part, seen }, deps);
  const read = verdicts.filter(({ kind }) => kind === 'read');
  const bytes = read.reduce((sum, verdict) => sum + verdict.bytes, 0);
  deps.meter.count(metricNames.versionsScrubbed, read.length);
  deps.meter.bytes(metricNames.bytesScrubbed, bytes);
  deps.meter.count(metricNames.versionsCorrupt, findings.length);
  const unknown = verdicts.filter(({ kind }) => kind === 'unknown').length;
  const next = nextPrefix(cursor, plan.through ?? stretch.through, prefixes);
  return {
    tally: { ...tally, versions: read.length, bytes, archived: plan.archived, unknown },
    ...(next && { next }),
  };
};

interface Verdict {
  readonly kind: 'read' | 'unknown' | 'gone';
  readonly bytes: number;
  readonly finding?: Finding;
}

const scrub = async ({ key, version }: ScrubTarget, deps: ScrubDeps): Promise<Verdict> => {
  const head = await deps.vault.headVersion(key, version.versionId);
  if (head === undefined) return { kind: 'gone', bytes: 0 };
  const expected = expectedDigest({ ...head, sha256: head.sha256 ?? decodeFacts(head.facts)?.digest });
  if (expected === undefined) return { kind: 'unknown', bytes: 0 };
  const isSame = (await isAsExpected('vault', { key, head, expected }, deps)) ?? true;
  // A connection can break a byte as well; only what is wrong twice is wrong on the disk.
  const isCorrupt = !isSame && (await isAsExpected('vault', { key, head, expected }, deps)) === false;
  if (!isCorrupt) return { kind: 'read', bytes: head.bytes };
  return { kind: 'read', bytes: head.bytes, finding: await corrupt({ key, head, expected }, deps) };
};

interface Suspected {
  readonly key: string;
  readonly head: VersionHead;
  readonly expected: ExpectedDigest;
}

const maxCopyBytes = GiB(5);

/** Undefined where the version is gone by now. */
const isAsExpected = async (
  side: 'vault' | 'replica',
  { key, head, expected }: Suspected,
  { readVersion }: ScrubDeps,
): Promise<boolean | undefined> => {
  const content = await readVersion(side, key, head.versionId);
  return content && (await digestOf(expected.algorithm, content)) === expected.value;
};

/**
 * Healing makes a new version of a whole copy. A lock is nothing against that: it stays on the corrupt version, which nobody
 * can remove, and the new one is put beside it.
 */
const corrupt = async (suspected: Suspected, deps: ScrubDeps): Promise<Finding> => {
  const { key, head, expected } = suspected;
  const place = deps.locate(key);
  const hasCopy = deps.listReplica !== undefined && (await isAsExpected('replica', suspected, deps)) === true;
  const heals = hasCopy && head.bytes <= maxCopyBytes;
  return {
    kind: 'corrupt',
    key,
    ...(place && { tenant: place.tenant, assetId: place.assetId, dataClass: place.dataClass.name }),
    ...parseFactsKey(key),
    versionIds: [head.versionId],
    digest: expected,
    repair: heals ? 'safe' : 'ask',
    action: heals ? 'heal' : 'decide',
    found: `The bytes do not make the ${expected.algorithm} that is known of them${remarkOn(head, { hasCopy, heals })}.`,
  };
};

const remarkOn = (
  { legalHold, retainUntil }: VersionHead,
  { hasCopy, heals }: { readonly hasCopy: boolean; readonly heals: boolean },
): string => {
  if (!hasCopy) return ', and the second region has no whole copy of it; recover it from a backup';
  if (!heals) return ', and it is past the 5 GiB that one copy carries; copy it from the second region in parts';
  if (retainUntil !== undefined)
    return `; S3 keeps it until ${retainUntil}, which a healed version has to be told anew`;
  return legalHold === true
    ? '; S3 keeps it under a legal hold, which the next sweep lays on a healed version too'
    : '';
};
