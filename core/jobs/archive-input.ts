import * as z from 'zod';
import { JobEstimate, JobScope } from '../schemas/job.ts';

/** What an `archive` job is told: which assets go to which class of S3, and why. */
export const ArchiveInput = z.object({
  scope: JobScope,
  /** S3's name, `DEEP_ARCHIVE`. */
  storageClass: z.enum(['GLACIER_IR', 'GLACIER', 'DEEP_ARCHIVE']),
  reason: z.string(),
  estimate: JobEstimate.optional(),
});
export type ArchiveInput = z.infer<typeof ArchiveInput>;

/** What a `restore` job is told: which assets get a readable copy, how fast and for how long. */
export const RestoreInput = z.object({
  scope: JobScope,
  tier: z.enum(['Expedited', 'Standard', 'Bulk']),
  days: z.int().min(1).max(90),
  reason: z.string().optional(),
  estimate: JobEstimate.optional(),
});
export type RestoreInput = z.infer<typeof RestoreInput>;

/** What a `pack` job is told; the daily one has nothing to tell. */
export const PackInput = z.object({
  /** Only these. @default every tenant */
  tenant: z.string().optional(),
  dataClass: z.string().optional(),
  /** Packs what is old enough also where it does not fill a pack. */
  partly: z.boolean().default(false),
});
export type PackInput = z.infer<typeof PackInput>;
