import { graceEndOf, type HoldSummary } from '../../../core/retention/hold-row.ts';
import type { Hold } from '../../../core/schemas/hold.ts';

/** A hold as the API shows it. */
export const toHold = (summary: HoldSummary, jobId?: string): Hold => {
  const graceEndsAt = graceEndOf(summary);
  return { ...summary, ...(graceEndsAt && { graceEndsAt }), ...(jobId && { jobId }) };
};
