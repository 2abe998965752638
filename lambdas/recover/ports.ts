import type { DataClass } from '../../core/data-class.ts';
import type { JournalRow } from '../../core/journal.ts';
import type { ObserveDeps } from '../../core/observe/ports.ts';
import type { ErasureTable } from '../../core/pack/erase.ts';
import type { PackedRow, PackRow } from '../../core/pack/packed-row.ts';
import type { Erasures } from '../../core/recovery/erasures.ts';
import type { TableLack } from '../../core/recovery/report.ts';
import type { RowChange } from '../../core/recovery/row-change.ts';
import type { AnyRow, BatchRead } from '../shared/batch-read.ts';
import type { Log } from '../shared/logger.ts';
import type { BufferedMeter } from '../shared/metrics.ts';

/** Where a scan goes on. */
export type ScanCursor = Readonly<Record<string, string>>;

/** Tables that are restored beside the live one. */
export interface TableRestores {
  /** To which instants the live table can be restored; undefined where it cannot at all. */
  restorable(): Promise<{ readonly fromMs: number; readonly untilMs: number } | undefined>;
  /** Begins to restore the live table as of an instant; one of that name may be there already from an earlier try. */
  toInstant(target: string, atMs: number): Promise<void>;
  /** Begins to restore it from a recovery point; answers the job. */
  fromBackup(target: string, recoveryPointArn: string): Promise<string>;
  isReady(target: string): Promise<boolean>;
  /** What the restored table has not got. */
  lacks(target: string): Promise<readonly TableLack[]>;
  remove(target: string): Promise<void>;
  scan(
    target: string,
    from: ScanCursor | undefined,
  ): Promise<{ readonly rows: readonly AnyRow[]; readonly next?: ScanCursor }>;
}

/** A recovery point as a recovery needs to know it. */
export interface KnownBackup {
  readonly arn: string;
  readonly resourceType: string;
  readonly atMs: number;
}

/** The backups of the vault bucket. */
export interface BucketRestores {
  /** A recovery point by its ARN. */
  find(recoveryPointArn: string): Promise<KnownBackup | undefined>;
  /** The backup of the vault that is nearest to an instant; undefined where there is none. */
  nearest(atMs: number): Promise<(KnownBackup & { readonly restoreTime?: string }) | undefined>;
  /** Begins to restore keys or prefixes, or everything, into the isolated bucket; answers the job. */
  start(backup: KnownBackup & { readonly restoreTime?: string }, items: readonly string[]): Promise<string>;
  /** `running` until it is at its end; the words of a failure. */
  state(jobId: string): Promise<{ readonly state: 'running' | 'done' | 'failed'; readonly message?: string }>;
}

/** What came of a copy: the version that the key shows now, or why there is none; what is archived is restored first. */
export type Copy = { readonly versionId: string } | 'archived' | 'absent';

/** A version to bring back. */
export interface WantedVersion {
  readonly key: string;
  readonly versionId: string;
  /** The archive class in which it was. */
  readonly archiveTo?: string | undefined;
}

/** What happens to the vault's objects. Each answers the version that a key shows afterwards. */
export interface RecoveredObjects {
  /** Removes one delete marker, and never anything else. */
  removeMarker(key: string, versionId: string): Promise<void>;
  /** Puts a delete marker over what has come back and was deleted before. */
  hide(key: string): Promise<void>;
  copyForward(wanted: WantedVersion): Promise<Copy>;
  /** Copies the version of the second region. */
  fromReplica(wanted: WantedVersion): Promise<Copy>;
  /** Whether the second region has the version, archived or not. */
  isInReplica(key: string, versionId: string): Promise<boolean>;
  /** Asks for a readable copy of an archived version, there or in the second region; also where it is on its way. */
  askBack(place: 'vault' | 'replica', key: string, versionId: string): Promise<void>;
  /** Copies what a backup brought into the isolated bucket, if it is that content; undefined otherwise. */
  fromIsolated(key: string, sha256: string | undefined): Promise<string | undefined>;
  /** SHA-256 of a content as it is read, base64; undefined where it cannot be read. */
  digest(key: string, versionId: string): Promise<string | undefined>;
  /** A range of a content; undefined where it cannot be read. */
  readRange(key: string, versionId: string, range: string): Promise<Uint8Array | undefined>;
  /** The digest of what lies in the isolated bucket. */
  digestIsolated(key: string): Promise<string | undefined>;
  /** Removes a key from the isolated bucket, with all its versions. */
  removeIsolated(key: string): Promise<void>;
  putFacts(key: string, body: string): Promise<void>;
  /** Puts a marker of a drill. */
  putMarker(key: string, body: string, facts: string): Promise<void>;
  /** Removes what a drill put; the key has to be one of its own. */
  removeMarked(key: string): Promise<void>;
}

/** The rows of packs and their members, as a recovery brings them back. */
export interface RecoveredPacks extends ErasureTable {
  /** Puts the row of a pack where there is none, or over one of this revision; false where somebody else was there first. */
  putPack(row: PackRow, expected: number | undefined): Promise<boolean>;
  /** Puts the row of a member where it has none, or where it names this pack or the pack `over`, and is not erased. */
  putPacked(row: PackedRow, over?: string): Promise<void>;
}

/** Where reports go. */
export interface Reports {
  put(name: string, body: string, contentType: string): Promise<void>;
  /** A MAC over a text, with the key that made it. */
  sign(text: string): Promise<{ readonly keyArn: string; readonly mac: string }>;
}

/** What the jobs of this function work with; nothing here knows AWS. */
export interface RecoverDeps extends ObserveDeps {
  readonly deployment: string;
  readonly classes: readonly DataClass[];
  readonly tables: TableRestores;
  readonly backups: BucketRestores;
  readonly objects: RecoveredObjects;
  readonly packs: RecoveredPacks;
  readonly reports: Reports;
  readonly live: BatchRead;
  /** The rows of a restored table. */
  readonly rowsOf: (table: string) => BatchRead;
  /** Writes a row back; false where somebody else wrote it meanwhile. */
  readonly writeBack: (change: Extract<RowChange, { kind: 'put' }>) => Promise<boolean>;
  readonly putRow: (row: Readonly<Record<string, unknown>>) => Promise<void>;
  readonly removeRow: (key: { readonly pk: string; readonly sk: string }) => Promise<void>;
  /** Everything that was erased; throws where an entry cannot be read. */
  readonly erasures: () => Promise<Erasures>;
  readonly log: Log;
  readonly meter: BufferedMeter;
}

export type { JournalRow };
