import { type Clock, isoTime } from '../time.ts';
import { type AbroadRow, type AbroadVersion, lastArrival } from './abroad-row.ts';

/** A version that S3 does not let go, and why. */
export interface Refused extends AbroadVersion {
  /** S3's error code, `AccessDenied` for a lock. */
  readonly code: string;
}

/** What deleting in the second region works with. */
export interface AbroadDeps {
  /** Which of these stand in the vault of the home region. */
  readonly atHome: (versions: readonly AbroadVersion[]) => Promise<readonly AbroadVersion[]>;
  /** Which of these stand in the second region; throws where it does not answer. */
  readonly abroad: (versions: readonly AbroadVersion[]) => Promise<readonly AbroadVersion[]>;
  /** Deletes in the second region, also what is not there; answers what S3 keeps. Throws where it does not answer. */
  readonly remove: (versions: readonly AbroadVersion[]) => Promise<readonly Refused[]>;
  readonly table: {
    remove(row: Pick<AbroadRow, 'pk' | 'sk'>): Promise<void>;
    /** Looks at the row again at that time. */
    putOff(row: AbroadRow, dueAt: string): Promise<void>;
  };
  readonly clock: Clock;
}

/**
 * What became of a row. `later`: not due yet. `waiting`: what holds the content now is not copied yet, or the deletion at home
 * has not come about. `removed`: nothing of it is left abroad, or S3 says why it keeps some.
 */
export type ErasedAbroad =
  | { readonly end: 'later' | 'waiting' }
  | { readonly end: 'removed'; readonly removed: number; readonly refused: readonly Refused[] };

/**
 * Deletes the versions of a row in the second region. The row goes when nothing is left of it after the last moment at which a
 * copy could arrive; until then it is looked at twice. Every step can be repeated.
 */
export const eraseAbroad = async (row: AbroadRow, deps: AbroadDeps): Promise<ErasedAbroad> => {
  const now = deps.clock.now();
  if (Date.parse(row.dueAt) > now) return { end: 'later' };
  const settles = Date.parse(row.announcedAt) + lastArrival;
  const isSettled = now >= settles;
  const gone = row.deleted ? row.versions : await without(row.versions, deps.atHome);
  // What nobody deleted within a day is kept: its deletion was refused, or is announced by a row of its own.
  if (gone.length < row.versions.length && !isSettled) return { end: 'waiting' };
  if (!(await isReplaced(row, isSettled, deps))) return { end: 'waiting' };
  const refused = gone.length === 0 ? [] : await deps.remove(gone);
  if (refused.length === 0) {
    if (isSettled) await deps.table.remove(row);
    else await deps.table.putOff(row, isoTime(settles));
  }
  return { end: 'removed', removed: gone.length - refused.length, refused };
};

const without = async (
  versions: readonly AbroadVersion[],
  which: AbroadDeps['atHome'],
): Promise<readonly AbroadVersion[]> => {
  const there = new Set((await which(versions)).map(({ versionId, key }) => `${versionId} ${key}`));
  return versions.filter(({ versionId, key }) => !there.has(`${versionId} ${key}`));
};

/** Whether what took the place of the versions is copied; what has itself been replaced since needs no copy any more. */
const isReplaced = async ({ needs }: AbroadRow, isSettled: boolean, deps: AbroadDeps): Promise<boolean> => {
  if (needs === undefined || (await deps.abroad([needs])).length > 0) return true;
  return isSettled && (await deps.atHome([needs])).length === 0;
};
