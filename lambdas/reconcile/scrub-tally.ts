import type { Share } from './scrub-share.ts';
import { addTallies, emptyTally, progressOf, type Tally } from './tally.ts';

/** What a scrub counts besides its findings. */
export interface ScrubTally extends Tally {
  readonly versions: number;
  readonly bytes: number;
  /** Of the share, but in an archive class: not read. */
  readonly archived: number;
  /** Read by nobody because no checksum of the whole is known. */
  readonly unknown: number;
  /** Too large to be read here: S3 reads them itself. */
  readonly large: number;
  /** Of those, what S3 could not read. */
  readonly unread: number;
}

export const emptyScrub: ScrubTally = {
  ...emptyTally,
  versions: 0,
  bytes: 0,
  archived: 0,
  unknown: 0,
  large: 0,
  unread: 0,
};

/** What a scrub goes by. */
export interface ScrubProps {
  readonly prefixes: readonly string[];
  readonly share: Share;
  readonly heal: boolean;
  readonly report: string;
  /** Names the note of what is handed to S3. */
  readonly name: string;
  /** What is larger is handed to S3. */
  readonly largeBytes: number;
  /** When the scrub began, in milliseconds since the epoch. */
  readonly startedAt: number;
}

/** Adds what two stretches counted. */
export const addScrubs = (a: ScrubTally, b: ScrubTally): ScrubTally => ({
  ...addTallies(a, b),
  versions: a.versions + b.versions,
  bytes: a.bytes + b.bytes,
  archived: a.archived + b.archived,
  unknown: a.unknown + b.unknown,
  large: a.large + b.large,
  unread: a.unread + b.unread,
});

/** How far a scrub is, as its row tells it. */
export const scrubProgress = (tally: ScrubTally): Record<string, number> => {
  const { keys = 0, findings = 0, repaired = 0 } = progressOf(tally);
  const { versions, bytes, archived, unknown, large, unread } = tally;
  return { keys, versions, bytes, archived, unknown, large, unread, findings, repaired };
};
