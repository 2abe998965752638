import { canonicalJson } from '../facts.ts';
import type { RecoveryTally, VerificationTally } from './tally.ts';
import type { AssetProblem } from './verify-asset.ts';

/** What a restored table has not got of what the live one has: AWS restores none of these. */
export type TableLack = 'time-to-live' | 'stream' | 'point-in-time-recovery' | 'deletion-protection';

/** The report of a recovery: counts, ids and times, nobody's content. */
export interface RecoveryReport {
  readonly v: 1;
  readonly kind: 'recovery';
  readonly jobId: string;
  /** The instant that was recovered to. */
  readonly to: string;
  readonly scope: string;
  readonly into: 'live' | 'isolated';
  /** Where the rows of that instant came from: a recovery point, or the table's own log. */
  readonly rowsFrom: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly restoredTable: { readonly name: string; readonly lacks: readonly TableLack[]; readonly kept: boolean };
  readonly erasuresRespected: number;
  readonly recovered: RecoveryTally;
  /** Absent where nothing was written back. */
  readonly verification?: VerificationTally;
  readonly outcome: 'verified' | 'planned' | 'problems';
  /** Where the pages stand that name each asset that was brought back, with its old and new version. */
  readonly pages: string;
}

/** The report of a drill. */
export interface DrillReport {
  readonly v: 1;
  readonly kind: 'drill';
  readonly jobId: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly seeded: number;
  /** The instant that everything was recovered to. */
  readonly to: string;
  /** Seconds from the last write to the first instant that backups reach: what an accident could have cost. */
  readonly recoveryPointSeconds: number;
  /** Seconds from the decision to recover to the verified end. */
  readonly recoveryTimeSeconds: number;
  readonly rowsRecovered: number;
  readonly objectsRecovered: number;
  readonly restoredTable: { readonly lacks: readonly TableLack[] };
  /** What was wrong, each in a sentence; empty for a good proof. */
  readonly problems: readonly string[];
  readonly outcome: 'proven' | 'failed';
}

export type AnyReport = RecoveryReport | DrillReport;

/** Who vouches for a report: a MAC of a key that never leaves KMS. */
export interface ReportSignature {
  readonly algorithm: 'HMAC_SHA_256';
  readonly keyArn: string;
  /** Base64. */
  readonly mac: string;
}

/** What is signed: the canonical text of the report without its signature. */
export const signedText = (report: AnyReport): string => canonicalJson(report);

/** An asset that is not as it was after its recovery. */
export interface RecoveryProblem {
  readonly tenant: string;
  readonly assetId: string;
  readonly problem: AssetProblem | 'content-unreadable' | 'unlike-vault';
}

/** Where the report of a recovery lies with its pages, in the audit bucket. */
export const reportFolder = (jobId: string): string => `reports/recover/${jobId}/`;

/** Where a report lies in the audit bucket, without its ending. */
export const reportName = ({ kind, jobId }: Pick<AnyReport, 'kind' | 'jobId'>): string =>
  `reports/${kind === 'drill' ? 'drill' : 'recover'}/${jobId}/report`;
