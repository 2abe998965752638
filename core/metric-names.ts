/** The namespace of a deployment's own metrics in CloudWatch. */
export const metricNamespace = (deployment: string): string => `Mediakeep/${deployment}`;

/**
 * Every metric that a function emits, so that alarms and dashboards name exactly what is there. The dimension `service` is
 * the function; further dimensions stand beside each.
 */
export const metricNames = {
  /** Uploads that the API admitted; dimension `class`. */
  uploadsBegun: 'UploadsBegun',
  /** Links to content that were given out, which is as near to reading as anybody can see; dimension `class`. */
  contentRead: 'ContentRead',
  /** Requests past their caller's quota of a minute. */
  requestsLimited: 'RequestsLimited',
  /** Uploads that were promoted; dimension `class`. */
  objectsAccepted: 'ObjectsAccepted',
  /** Their bytes; dimension `class`. */
  bytesAccepted: 'BytesAccepted',
  /** Uploads whose content was there already; dimension `class`. */
  objectsDuplicate: 'ObjectsDuplicate',
  /** Uploads that were refused; dimension `reason`. */
  objectsRejected: 'ObjectsRejected',
  /** Uploads that landed and left landing without anybody having decided about them. */
  objectsLost: 'ObjectsLost',
  /** Milliseconds from the landing of an upload to the end of its intake. */
  intakeLatency: 'IntakeLatency',
  /** Milliseconds from the landing of an upload to its row in the catalog. */
  ingestLatency: 'IngestLatency',
  /** Objects that the catalog saw for the first time; dimension `class`. */
  objectsStored: 'ObjectsStored',
  /** Their bytes; dimension `class`. */
  bytesStored: 'BytesStored',
  /** Facts objects that are not of the form that the API writes, or name another asset. */
  factsRefused: 'FactsRefused',
  /** Versions on which a legal hold was laid. */
  versionsHeld: 'VersionsHeld',
  /** Versions that S3 let go because their last hold had ended. */
  versionsReleased: 'VersionsReleased',
  /** Assets that a sweep looked at because their day had come. */
  retentionLookedAt: 'RetentionLookedAt',
  /** Assets that a sweep deleted because their time was over; dimension `class`. */
  retentionDeleted: 'RetentionDeleted',
  /** Their bytes, which go when they cannot be undeleted any more; dimension `class`. */
  retentionFreed: 'RetentionFreed',
  /** Assets whose time is over and that a hold keeps. */
  retentionHeld: 'RetentionHeld',
  /** Assets whose day had come and that a floor, a case or another rule keeps for longer. */
  retentionPutOff: 'RetentionPutOff',
  /** Assets that were more than two days past their end when a sweep found them: 0 where sweeps run every day. */
  retentionOverdue: 'RetentionOverdue',
  /** Temporary versions that were removed after a day. */
  temporaryRemoved: 'TemporaryRemoved',
  /** Their bytes. */
  temporaryFreed: 'TemporaryFreed',
  /** Versions that a purge removed for good. */
  versionsPurged: 'VersionsPurged',
  /** Versions that were deleted in the second region after they had been deleted at home. */
  erasedAbroad: 'ErasedAbroad',
  /** Versions that should be gone from the second region: S3 refuses to delete them, or a day has passed without it. */
  erasuresAbroadStuck: 'ErasuresAbroadStuck',
  /** Milliseconds from the sending of a message to the start of its processing. */
  queueAge: 'QueueAge',
  /** Jobs that came to a good end; dimension `job`. */
  jobsSucceeded: 'JobsSucceeded',
  /** Jobs that failed for good; dimension `job`. */
  jobsFailed: 'JobsFailed',
  /** Milliseconds from the asking for a job to its good end; dimension `job`. */
  jobDuration: 'JobDuration',
  /** Records of the table's stream that nobody can understand; statistics and journal lack what they say. */
  recordsRefused: 'RecordsRefused',
  /** Journal objects that could not be written this time. */
  journalFailures: 'JournalFailures',
  /** Rows whose latest state went into the journal. */
  rowsJournalled: 'RowsJournalled',
  /** Restored objects of which a job could not be told in time; it finds them by itself, late. */
  wakesGivenUp: 'WakesGivenUp',
  /** Milliseconds from the writing of a row to its being counted. */
  projectionLag: 'ProjectionLag',
  /** Disagreements between vault, catalog, second region and landing that a reconciliation found; dimension `kind`. */
  reconcileFindings: 'ReconcileFindings',
  /** Versions that were read again to see that their bytes are still the same. */
  versionsScrubbed: 'VersionsScrubbed',
  /** Their bytes. */
  bytesScrubbed: 'BytesScrubbed',
  /** Versions whose bytes are not those that their checksum was made of. */
  versionsCorrupt: 'VersionsCorrupt',
  /** Corrupt objects whose bytes came back from the second region. */
  versionsHealed: 'VersionsHealed',
  /** Settings of buckets that are not what was deployed. */
  driftFindings: 'DriftFindings',
  /** Keys that cannot be used: disabled, or waiting for their deletion. */
  keysUnusable: 'KeysUnusable',
  /** 1 each time the guard has looked; told in both regions. */
  heartbeat: 'Heartbeat',
  /** What tenants did; dimension `operation`: upload, download, delete. */
  operations: 'Operations',
  /** Milliseconds in which the API answered a kind of request; dimension `operation`. */
  requestLatency: 'RequestLatency',
  /** 1 for a class of which nothing came in the last hours though something usually does at this time; dimension `class`. */
  arrivalsMissing: 'ArrivalsMissing',
  /** 1 for a recovery drill that brought everything back, 0 for one that did not. */
  drillSucceeded: 'DrillSucceeded',
  /** Hours since the last drill that brought everything back. */
  lastGoodProofAge: 'LastGoodProofAge',
  /** 1 while the API is closed though the recovery that closed it has come to an end, told twice an hour; else 0. */
  apiLeftClosed: 'ApiLeftClosed',
  /** Stored assets, told once a day; dimension `class`. */
  assetsKept: 'AssetsKept',
  /** All bytes that are kept, old versions included, told once a day; dimensions `class` and `storageClass`. */
  bytesKept: 'BytesKept',
  /** US dollars a month for storing them at list prices, told once a day; dimension `class`. */
  monthlyCost: 'MonthlyCost',
  /** Messages that could not be processed this time. */
  messagesFailed: 'MessagesFailed',
  /** Versions marked for the archive on demand. */
  versionsArchived: 'VersionsArchived',
  /** Small objects that went into packs; dimension `class`. */
  objectsPacked: 'ObjectsPacked',
  /** Packs that were written anew without erased members. */
  packsRewritten: 'PacksRewritten',
  /** Packs with erased members that have to be restored before they can be written anew. */
  packsWaiting: 'PacksWaiting',
  /** Copies from the archive that were asked for. */
  restoresRequested: 'RestoresRequested',
  /** Restores of which S3 told nothing in time: a late look found them, or did not. */
  restoresLate: 'RestoresLate',
} as const;
