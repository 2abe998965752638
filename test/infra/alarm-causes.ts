/** Where an alarm is shown to ring from its cause, or why only values that a test feeds can make it ring on one machine. */
export interface AlarmCause {
  /** What goes wrong in the world. */
  readonly cause: string;
  /** The test of the embedded platform: its file and the title. */
  readonly rung?: readonly [file: string, title: string];
  readonly fed?: string;
}

const rung = (cause: string, file: string, title: string): AlarmCause => ({ cause, rung: [file, title] });
const fed = (cause: string, reason: string): AlarmCause => ({ cause, fed: reason });

const jobs = (cause: string): AlarmCause => rung(cause, 'alarms', 'ring for a job of each kind that cannot be done');
const sameCode = (cause: string, as: string): AlarmCause => fed(cause, `the same construct as ${as}, which rings`);
const manyRequests = 'one machine does not make so many requests a second';
const noThrottles = 'the embedded table and functions never run out of what they are given';
const hours = 'only hours or days of a fault bring it about';

/** By section of docs/runbook.md. */
export const alarmCauses: Readonly<Record<string, AlarmCause>> = {
  AlarmsIntakeDeadLetters: rung('a message nobody can take', 'alarms', 'rings when the oldest upload has waited'),
  AlarmsCatalogDeadLetters: rung('a message nobody can take', 'alarms', 'rings when a message has died'),
  AlarmsIntakeAge: rung('a message that fails for long', 'alarms', 'rings when the oldest upload has waited'),
  AlarmsCatalogAge: sameCode('a message that fails for long', 'AlarmsIntakeAge'),
  AlarmsIntakeNotFed: fed('a mapping that is off', 'the embedded Lambda has no UpdateEventSourceMapping'),
  AlarmsCatalogNotFed: fed('a mapping that is off', 'the embedded Lambda has no UpdateEventSourceMapping'),
  AlarmsObjectsLost: fed('an upload that expired unread', hours),
  AlarmsFactsRefused: rung('facts written by somebody else', 'alarms', 'ring for facts and rows that nobody here'),
  AlarmsProjectionAge: fed('a stream that stands still', hours),
  AlarmsProjectionFailures: fed('records given up after 20 hours', hours),
  AlarmsRecordsRefused: rung('a row written by somebody else', 'alarms', 'ring for facts and rows that nobody here'),
  AlarmsJournalFailures: fed('a vault that takes no journal', hours),
  AlarmsCatalogReadThrottles: fed('a hot key', noThrottles),
  AlarmsCatalogWriteThrottles: fed('a hot key', noThrottles),
  AlarmsApiServerErrors: rung('a table that does not answer', 'alarms', 'ring while its table does not answer'),
  FunctionErrors: rung('a function that throws', 'alarms', 'rings after three minutes of errors and not after two'),
  FunctionThrottles: fed('no execution left in the account', noThrottles),
  JobWatchDeadLetters: jobs('a job that nobody can do'),
  WorkWatchArchiveFailed: jobs('an archiving that nobody can do'),
  WorkWatchHoldFailed: jobs('a hold that nobody can lay'),
  WorkWatchPackFailed: jobs('a packing that nobody can do'),
  WorkWatchRebuildFailed: jobs('a rebuild that nobody can do'),
  WorkWatchReconcileFailed: jobs('a reconciliation that nobody can do'),
  WorkWatchRecoverFailed: jobs('a recovery that nobody can do'),
  WorkWatchRestoreFailed: jobs('a restore that nobody can do'),
  WorkWatchRetentionFailed: jobs('a rule that nobody can apply'),
  WorkWatchScrubFailed: jobs('a scrub that nobody can do'),
  WorkWatchSweepFailed: jobs('a sweep that nobody can do'),
  WorkWatchExecutionsFailed: jobs('an execution that throws'),
  WorkWatchExecutionsTimedOut: fed('an execution past its year', 'only a year of waiting brings it about'),
  WorkWatchSweepOverdue: fed('no sweep for two days', hours),
  WorkWatchSweepMissing: rung(
    'a platform without a sweep yet',
    'alarms-watch',
    'is missed until one has come to its end',
  ),
  WorkWatchErasuresAbroadStuck: fed('a lock in the second region', hours),
  WorkWatchRestoreLate: fed('a restore of which S3 is silent', 'the embedded S3 always tells'),
  WorkWatchWakesGivenUp: fed('a quarter of an hour without Lambda', hours),
  WorkWatchPacksWaiting: fed('an erased member in an archived pack', 'only a year of travelling brings it about'),
  WorkWatchFindings: rung('vault and catalog disagree', 'reconcile', 'finds what an event that never came has left'),
  ReplicationVaultLate: rung('copies that lag', 'replication', 'rings an alarm in the second region when its copies'),
  ReplicationVaultPending: fed('six hours of a flood', 'six hours minute by minute take too long'),
  ReplicationVaultFailed: rung('a role that may not copy', 'replication', 'is flagged in the catalog and rings'),
  ReplicationAuditLate: sameCode('copies that lag', 'ReplicationVaultLate'),
  ReplicationAuditPending: fed('six hours of a flood', 'six hours minute by minute take too long'),
  ReplicationAuditFailed: sameCode('a role that may not copy', 'ReplicationVaultFailed'),
  BackupWatchBackup: rung('a bucket that is gone', 'alarms', 'reach the topic when a backup or a copy fails'),
  BackupWatchCopy: rung('a vault that is gone', 'alarms', 'reach the topic when a backup or a copy fails'),
  BackupWatchRestore: sameCode('a restore that AWS refuses', 'BackupWatchBackup'),
  BackupWatchValidation: sameCode('a test that brings back something else', 'BackupWatchBackup'),
  RecoveryWatchDrillFailed: rung('no backup of the vault', 'recovery', 'fails loudly where there is no backup'),
  RecoveryWatchProofTooOld: fed('38 days without a drill', 'rings on every platform until its first drill'),
  RecoveryWatchApiLeftClosed: rung('a recovery that failed', 'alarms', 'ring when a recovery has left it closed'),
  StoreWatchCorrupt: rung('a flipped byte', 'reconcile', 'sees a corrupt byte healed from the second region'),
  StoreWatchKeysUnusable: rung('a disabled key', 'alarms-watch', 'tells of a key that is disabled'),
  ChangeWatchKeys: rung('a disabled key', 'alarms-watch', 'tells of a key that is disabled'),
  ChangeWatchKeyPolicies: fed('a policy changed by hand', 'the embedded KMS has no PutKeyPolicy'),
  ChangeWatchBuckets: rung('a policy removed by hand', 'alarms-watch', 'tells of a bucket that somebody has opened'),
  StoreWatchDrift: rung('a policy removed by hand', 'alarms-watch', 'tells of a bucket that somebody has opened'),
  StoreWatchHeartbeat: sameCode('a guard that is not called', 'HeartbeatHomeSilent'),
  HeartbeatHomeSilent: rung('a lost region', 'alarms-watch', 'rings in the second region, whose topic hears it'),
  UsageWatchUnusualUploads: sameCode('a loop, or a silent site', 'UsageWatchUnusualDownloads'),
  UsageWatchUnusualDownloads: rung('somebody takes content away', 'alarms-watch', 'rings when far more is downloaded'),
  UsageWatchUnusualDeletes: sameCode('somebody destroys content', 'UsageWatchUnusualDownloads'),
  UsageWatchArrivalsMissing: rung('a silent site', 'alarms-watch', 'rings when nothing of a class comes at an hour'),
  UsageWatchCallersLimited: fed('ten minutes of a loop', 'thousands of requests are too many for a test'),
  UsageWatchConcurrencyNearQuota: fed('800 executions at once', 'more than one machine runs at once'),
  UsageWatchRequestsNearQuota: fed('8,000 requests a second', manyRequests),
  UsageWatchCatalogReadNearQuota: fed('32,000 reads a second', manyRequests),
  UsageWatchCatalogWriteNearQuota: fed('32,000 writes a second', manyRequests),
  Budget: fed('money', 'nothing on one machine costs any'),
};
