import { GiB } from '../../core/bytes.ts';
import { digestOf } from '../../core/checksums/digest.ts';
import type { Finding } from '../../core/compare/finding.ts';
import { parseFactsKey } from '../../core/facts-object.ts';
import type { VersionHead } from '../../core/observe/ports.ts';
import type { ExpectedDigest } from './expected-digest.ts';
import type { ScrubDeps } from './ports.ts';

/** A version whose bytes seem to be others than its checksum was made of. */
export interface Suspected {
  readonly key: string;
  readonly head: VersionHead;
  readonly expected: ExpectedDigest;
}

/** Reads a version to its end and compares; undefined where it is gone by now. */
export const isAsExpected = async (
  side: 'vault' | 'replica',
  { key, head, expected }: Suspected,
  { readVersion }: ScrubDeps,
): Promise<boolean | undefined> => {
  const content = await readVersion(side, key, head.versionId);
  return content && (await digestOf(expected.algorithm, content)) === expected.value;
};

const maxCopyBytes = GiB(5);

/**
 * The finding of a corrupt version. Healing makes a new version of a whole copy. A lock is nothing against that: it stays on
 * the corrupt version, which nobody can remove, and the new one is put beside it.
 */
export const corrupt = async (suspected: Suspected, deps: ScrubDeps): Promise<Finding> => {
  const { key, head, expected } = suspected;
  const place = deps.locate(key);
  const copy = await copyOf(suspected, deps);
  const heals = copy === 'whole';
  return {
    kind: 'corrupt',
    key,
    ...(place && { tenant: place.tenant, assetId: place.assetId, dataClass: place.dataClass.name }),
    ...parseFactsKey(key),
    versionIds: [head.versionId],
    digest: expected,
    repair: heals ? 'safe' : 'ask',
    action: heals ? 'heal' : 'decide',
    found: `The bytes do not make the ${expected.algorithm} that is known of them${remarkOn(head, copy)}.`,
  };
};

/** What one copy cannot carry is not read either: reading so much from another region takes longer than a function lives. */
const copyOf = async (suspected: Suspected, deps: ScrubDeps): Promise<'whole' | 'none' | 'large'> => {
  if (deps.listReplica === undefined) return 'none';
  if (suspected.head.bytes > maxCopyBytes) return 'large';
  return (await isAsExpected('replica', suspected, deps)) === true ? 'whole' : 'none';
};

const remarkOn = ({ legalHold, retainUntil }: VersionHead, copy: 'whole' | 'none' | 'large'): string => {
  if (copy === 'none') return ', and the second region has no whole copy of it; recover it from a backup';
  if (copy === 'large')
    return ', and it is past the 5 GiB that one copy carries; copy it from the second region in parts';
  if (retainUntil !== undefined)
    return `; S3 keeps it until ${retainUntil}, which a healed version has to be told anew`;
  return legalHold === true
    ? '; S3 keeps it under a legal hold, which the next sweep lays on a healed version too'
    : '';
};
