import type { TableKey } from '../catalog/keys.ts';
import { joinKey, operatorTenant } from '../catalog/keys.ts';
import type { JobState } from '../jobs/job-row.ts';
import { hours } from '../time.ts';

/** While this row is there, the API answers 503: the whole catalog is being recovered and has not been verified. */
export const closedKey: TableKey = { pk: joinKey(operatorTenant, 'service'), sk: 'closed' };

/** Why the API is closed, and by which job. */
export interface ClosedRow extends TableKey {
  readonly kind: 'closed';
  readonly tenant: string;
  readonly jobId: string;
  /** ISO time. */
  readonly since: string;
}

export const closedRow = (jobId: string, since: string): ClosedRow => ({
  ...closedKey,
  kind: 'closed',
  tenant: operatorTenant,
  jobId,
  since,
});

/** Longer than this no recovery keeps the API closed without somebody looking: it waits two days for what is archived. */
const longestClosedMs = hours(72);

/** True where nobody is about to open the API: the job that closed it has come to an end, or has taken three days. */
export const isLeftClosed = (
  { since, jobState }: { since: string; jobState: JobState | undefined },
  nowMs: number,
): boolean => (jobState !== 'running' && jobState !== 'waiting') || nowMs - Date.parse(since) > longestClosedMs;

/** Where the last good proof stands, so that its age can be told every day. */
export const proofKey: TableKey = { pk: joinKey(operatorTenant, 'service'), sk: 'proof' };
