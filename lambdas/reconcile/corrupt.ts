import { digestOf } from '../../core/checksums/digest.ts';
import type { Finding } from '../../core/compare/finding.ts';
import { parseFactsKey } from '../../core/facts-object.ts';
import type { VersionHead } from '../../core/observe/ports.ts';
import { mostCopiedAtOnce } from '../shared/copy-in-parts.ts';
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

/** True for what S3 copies in parts: it compares the whole itself, and nobody reads so much from another region. */
export const isCopiedInParts = ({ bytes }: Pick<VersionHead, 'bytes'>, deps: ScrubDeps): boolean =>
  bytes > (deps.mostCopiedAtOnce ?? mostCopiedAtOnce);

/** What is known of the copy in the second region. `unread`: it is there, and S3 compares it when it copies it. */
type KnownCopy = 'whole' | 'unread' | 'unknowable' | 'none';

/**
 * The finding of a corrupt version. Healing makes a new version of a whole copy. A lock is nothing against that: it stays on
 * the corrupt version, which nobody can remove, and the new one is put beside it.
 */
export const corrupt = async (suspected: Suspected, deps: ScrubDeps): Promise<Finding> => {
  const { key, head, expected } = suspected;
  const place = deps.locate(key);
  const copy = await copyOf(suspected, deps);
  const heals = copy === 'whole' || copy === 'unread';
  return {
    kind: 'corrupt',
    key,
    ...(place && { tenant: place.tenant, assetId: place.assetId, dataClass: place.dataClass.name }),
    ...parseFactsKey(key),
    versionIds: [head.versionId],
    digest: expected,
    repair: heals ? 'safe' : 'ask',
    action: heals ? 'heal' : 'decide',
    found: `The bytes do not make the ${expected.algorithm} that is known of them${remarksOn(head, copy)}.`,
  };
};

const copyOf = async (suspected: Suspected, deps: ScrubDeps): Promise<KnownCopy> => {
  if (deps.listReplica === undefined) return 'none';
  const { key, head } = suspected;
  if (!isCopiedInParts(head, deps)) return (await isAsExpected('replica', suspected, deps)) === true ? 'whole' : 'none';
  const { keys } = await deps.listReplica({ prefix: key });
  const versions = keys.find((listed) => listed.key === key)?.versions ?? [];
  if (!versions.some(({ versionId }) => versionId === head.versionId)) return 'none';
  return head.checksum === undefined ? 'unknowable' : 'unread';
};

const remarksOn = (head: VersionHead, copy: KnownCopy): string => {
  if (copy === 'none') return ', and the second region has no whole copy of it; recover it from a backup';
  if (copy === 'unknowable') {
    return ', and S3 keeps no CRC of the whole, without which so much cannot be compared on its way from the second region; copy it from there and compare it yourself';
  }
  const unread = '; S3 compares the copy while it heals from it: where that is not done, recover it from a backup';
  return `${copy === 'unread' ? unread : ''}${remarkOnLock(head)}`;
};

const remarkOnLock = ({ legalHold, retainUntil }: VersionHead): string => {
  if (retainUntil !== undefined)
    return `; S3 keeps it until ${retainUntil}, which a healed version has to be told anew`;
  return legalHold === true
    ? '; S3 keeps it under a legal hold, which the next sweep lays on a healed version too'
    : '';
};
