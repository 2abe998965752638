/** What sweeping came to, in assets and bytes. */
export interface SweepTally extends Record<string, number> {
  readonly lookedAt: number;
  readonly deleted: number;
  readonly bytes: number;
  /** Kept by a hold though their time is over. */
  readonly held: number;
  /** Not yet due after all: their row went to another day. */
  readonly putOff: number;
  /** Deleted or gone already. */
  readonly gone: number;
  /** Of those that were deleted, what should have gone days ago. */
  readonly overdue: number;
}

export const nothingSwept: SweepTally = { lookedAt: 0, deleted: 0, bytes: 0, held: 0, putOff: 0, gone: 0, overdue: 0 };

export const addTallies = (a: SweepTally, b: SweepTally): SweepTally => ({
  lookedAt: a.lookedAt + b.lookedAt,
  deleted: a.deleted + b.deleted,
  bytes: a.bytes + b.bytes,
  held: a.held + b.held,
  putOff: a.putOff + b.putOff,
  gone: a.gone + b.gone,
  overdue: a.overdue + b.overdue,
});
