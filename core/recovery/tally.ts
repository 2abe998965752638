/** What a recovery did, counted; places are where the bytes came from. */
export interface RecoveryTally {
  /** Assets of the scope that were kept at the instant, those included that somebody had deleted softly. */
  readonly assets: number;
  /** Whose object shows what it showed. */
  readonly there: number;
  /** Brought back by removing delete markers. */
  readonly uncovered: number;
  /** Brought back by copying an older version over what came after it. */
  readonly copiedForward: number;
  readonly fromReplica: number;
  readonly fromBackup: number;
  /** Only in the archive, from where it was asked back; after the last pass: not back yet. */
  readonly archived: number;
  /** In no place yet; after the last pass: lost. */
  readonly missing: number;
  /** Left away, because somebody has the right to it. */
  readonly erased: number;
  /** Rows of people, and of history, that were as they had been. */
  readonly rowsSame: number;
  readonly rowsWritten: number;
}

export const emptyTally: RecoveryTally = {
  assets: 0,
  there: 0,
  uncovered: 0,
  copiedForward: 0,
  fromReplica: 0,
  fromBackup: 0,
  archived: 0,
  missing: 0,
  erased: 0,
  rowsSame: 0,
  rowsWritten: 0,
};

export const addTallies = (a: RecoveryTally, b: Partial<RecoveryTally>): RecoveryTally => {
  const names = Object.keys(emptyTally) as (keyof RecoveryTally)[];
  return Object.fromEntries(names.map((name) => [name, a[name] + (b[name] ?? 0)])) as unknown as RecoveryTally;
};

/** What the last look found. */
export interface VerificationTally {
  readonly checked: number;
  /** Contents that were read again, byte by byte. */
  readonly reread: number;
  readonly rowsChecked: number;
  /** Assets or rows that are not as they were. */
  readonly problems: number;
}

export const emptyVerification: VerificationTally = { checked: 0, reread: 0, rowsChecked: 0, problems: 0 };

export const addVerifications = (a: VerificationTally, b: VerificationTally): VerificationTally => ({
  checked: a.checked + b.checked,
  reread: a.reread + b.reread,
  rowsChecked: a.rowsChecked + b.rowsChecked,
  problems: a.problems + b.problems,
});
