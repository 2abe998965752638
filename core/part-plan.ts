import { GiB, MiB } from './bytes.ts';

/** A single PUT carries at most this; larger content goes in parts. */
export const maxSinglePutBytes = MiB(16);
/** A form carries at most what S3 takes in one request. */
export const maxFormBytes = GiB(5);
/** All part URLs of an upload have to fit into one answer of the API. */
export const maxParts = 1000;
const leastPartBytes = MiB(8);

/** How a file of a known size is cut: every part has `partBytes`, only the last one may be shorter. */
export interface PartPlan {
  readonly bytes: number;
  readonly partBytes: number;
  readonly count: number;
}

/** Cuts a file into at most {@link maxParts} parts of whole MiB; throws a RangeError for a size that no file has. */
export const planParts = (bytes: number): PartPlan => {
  if (!Number.isSafeInteger(bytes) || bytes < 1) throw new RangeError(`a file cannot have ${bytes} bytes`);
  const partBytes = Math.max(leastPartBytes, Math.ceil(bytes / maxParts / MiB(1)) * MiB(1));
  return { bytes, partBytes, count: Math.ceil(bytes / partBytes) };
};

/** Where a part begins in the file and how long it is; throws a RangeError for a part that the plan does not have. */
export const partRange = (plan: PartPlan, partNumber: number): { start: number; bytes: number } => {
  if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > plan.count) {
    throw new RangeError(`there is no part ${partNumber}; the parts are 1 to ${plan.count}`);
  }
  const start = (partNumber - 1) * plan.partBytes;
  return { start, bytes: Math.min(plan.partBytes, plan.bytes - start) };
};
