import * as z from 'zod';

/**
 * The environment of each function: the construct sets exactly these names and the handler parses exactly these, so a
 * missing variable is an error at the first start and not at the first use.
 */
const common = {
  CATALOG_TABLE: z.string().min(1),
  VAULT_BUCKET: z.string().min(1),
  /** `{name}` of the deployment; the namespace of its metrics is `Mediakeep/{name}`. */
  DEPLOYMENT: z.string().min(1),
};

export const IntakeEnvironment = z.object({
  ...common,
  LANDING_BUCKET: z.string().min(1),
  /** ARN of the key that encrypts the vault. */
  DATA_KEY_ARN: z.string().min(1),
});

export const CatalogEnvironment = z.object({ ...common });

export const ProjectEnvironment = z.object({ ...common });

export const ApiEnvironment = z.object({
  ...common,
  LANDING_BUCKET: z.string().min(1),
  DATA_KEY_ARN: z.string().min(1),
  /** Where opened copies lie for a day. */
  SCRATCH_BUCKET: z.string().min(1),
  /** Where the copies are, and the copy of the vault. */
  SECOND_REGION: z.string().min(1),
  REPLICA_BUCKET: z.string().min(1),
  /** ARN of the HMAC key from which cursors and upload tokens get their signature. */
  TOKENS_KEY_ARN: z.string().min(1),
  USER_POOL_ID: z.string().min(1),
  /** Name of the function that removes delete markers. */
  UNDELETE_FUNCTION: z.string().min(1),
  /** How long a deleted object can be undeleted, in milliseconds: the deployment's `noncurrentRetention`. */
  UNDELETE_WINDOW_MS: z.coerce.number().int().positive(),
  /** `true` where uploads go through the landing bucket's accelerated address. */
  TRANSFER_ACCELERATION: z.enum(['true', 'false']),
  /** JSON: `{ "requestsPerMinute": 6000 }`, the deployment's `quotas`. */
  QUOTAS: z.string().min(2),
  /** Name of the role whose sessions may call: set in the second region only, where nothing may be changed. */
  STANDBY_READER_ROLE: z.string().min(1).optional(),
});

export const GuardEnvironment = z.object({
  DEPLOYMENT: common.DEPLOYMENT,
  /** JSON: what each bucket is to be like, by its name. */
  BUCKETS: z.string().min(2),
  /** JSON: the ARNs of the keys. */
  KEYS: z.string().min(2),
  /** Hears that the guard looks, so that somebody notices where the home region cannot tell. */
  SECOND_REGION: z.string().min(1),
});

export const ReconcileEnvironment = z.object({
  ...common,
  LANDING_BUCKET: z.string().min(1),
  AUDIT_BUCKET: z.string().min(1),
  SCRATCH_BUCKET: z.string().min(1),
  INTAKE_QUEUE_URL: z.string().min(1),
  /** Where the copies are, and the copy of the vault. */
  SECOND_REGION: z.string().min(1),
  REPLICA_BUCKET: z.string().min(1),
  /** Where S3 tells the checksums that it was asked to compute, the role in which it computes them, and whose they are. */
  LOGS_BUCKET: z.string().min(1),
  CHECKSUM_ROLE_ARN: z.string().min(1),
  ACCOUNT_ID: z.string().min(1),
  /** In how many milliseconds the whole vault is read again: the deployment's `scrubEvery`. */
  SCRUB_EVERY_MS: z.coerce.number().int().positive(),
  /** Set by Lambda. */
  AWS_REGION: z.string().min(1),
});

export const HoldEnvironment = z.object({
  ...common,
  /** The queue that the vault notifies: it is told of holds, which S3 announces to nobody. */
  CATALOG_QUEUE_URL: z.string().min(1),
});

export const SweepEnvironment = z.object({
  ...common,
  SCRATCH_BUCKET: z.string().min(1),
  CATALOG_QUEUE_URL: z.string().min(1),
  /** Where the copies are, and the copy of the vault: what is deleted for good is deleted there too. */
  SECOND_REGION: z.string().min(1),
  REPLICA_BUCKET: z.string().min(1),
});

/** The functions of jobs stand beside these, each under the name that `jobFunctionVariable` gives. */
export const StartEnvironment = z.object({ ...common });

export const RecoverEnvironment = z.object({
  ...common,
  AUDIT_BUCKET: z.string().min(1),
  /** Where a backup is restored into isolation. */
  SCRATCH_BUCKET: z.string().min(1),
  SECOND_REGION: z.string().min(1),
  REPLICA_BUCKET: z.string().min(1),
  DATA_KEY_ARN: z.string().min(1),
  /** ARN of the HMAC key that signs reports. */
  TOKENS_KEY_ARN: z.string().min(1),
  BACKUP_VAULT: z.string().min(1),
  /** ARN of the role in which AWS Backup restores. */
  RESTORE_ROLE_ARN: z.string().min(1),
  /** Name of the function that removes delete markers. */
  UNDELETE_FUNCTION: z.string().min(1),
});

export const GaugesEnvironment = z.object({ CATALOG_TABLE: z.string().min(1), DEPLOYMENT: z.string().min(1) });

export const ProofAgeEnvironment = z.object({ CATALOG_TABLE: z.string().min(1), DEPLOYMENT: z.string().min(1) });

export const UndeleteEnvironment = z.object({ VAULT_BUCKET: z.string().min(1), CATALOG_TABLE: z.string().min(1) });

export const ArchiveEnvironment = z.object({
  ...common,
  /** The queue that the vault notifies; the catalog is asked there to look again. */
  CATALOG_QUEUE_URL: z.string().min(1),
  /** How long a deleted object can be undeleted, in milliseconds: the deployment's `noncurrentRetention`. */
  UNDELETE_WINDOW_MS: z.coerce.number().int().positive(),
});

export const RestoreEnvironment = z.object({
  ...common,
  /** The queue that the vault notifies; the catalog is asked there to look again. */
  CATALOG_QUEUE_URL: z.string().min(1),
  /** ARN of the topic that is told when everything of a restore is there. */
  NOTICES_TOPIC: z.string().min(1),
});
