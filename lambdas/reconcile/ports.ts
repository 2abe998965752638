import type { TableKey } from '../../core/catalog/keys.ts';
import type { LandedObject } from '../../core/compare/landing.ts';
import type { ContentCrc } from '../../core/content-crc.ts';
import type { DataClass } from '../../core/data-class.ts';
import type { JournalRow } from '../../core/journal.ts';
import type { ObserveDeps } from '../../core/observe/ports.ts';
import type { PackTable } from '../../core/pack/ports.ts';
import type { CountDifference, CountRow } from '../../core/statistics/recount.ts';
import type { BatchRead } from '../shared/batch-read.ts';
import type { PinnedVersion } from '../shared/copy-source.ts';
import type { KeyRange, RangeStart } from '../shared/key-range.ts';
import type { Log } from '../shared/logger.ts';
import type { BufferedMeter } from '../shared/metrics.ts';
import type { ExpectedDigest } from './expected-digest.ts';

/** A stretch of what lies in landing. */
export interface LandedRange {
  readonly objects: readonly LandedObject[];
  readonly through?: string;
}

/** One list of the catalog: the assets of a tenant and a class that are stored, or deleted. */
export interface AssetList {
  readonly tenant: string;
  readonly dataClass: string;
  readonly state: 'stored' | 'deleted';
}

/** A stretch of a list, with the place at which the next one begins. */
export interface ListedAssets {
  readonly assetIds: readonly string[];
  readonly next?: Readonly<Record<string, string>>;
}

/** The lists of the catalog as a comparison walks them. */
export interface CatalogLists {
  /** The first tenant after this one in the order of their names. */
  nextTenant(after: string | undefined): Promise<string | undefined>;
  /** All counters of a partition. */
  counters(pk: string): Promise<readonly CountRow[]>;
  assets(list: AssetList, from: Readonly<Record<string, string>> | undefined): Promise<ListedAssets>;
}

/** Where reports go: write-once, kept for as long as the audit is. */
export interface ReportStore {
  /** Puts a report; one of the same name and content may be there already. */
  put(name: string, body: string): Promise<void>;
}

/** Where a job notes aside what is too much for its history; gone after a day. */
export interface Notes {
  put(name: string, body: string): Promise<void>;
  read(name: string): Promise<string | undefined>;
}

/** A pack object as it lies in the vault. */
export interface FoundPack {
  readonly versionId: string;
  readonly storageClass: string;
  readonly body: Uint8Array;
}

/** What S3 has told of one version that it was to read. */
export interface ComputedChecksum extends PinnedVersion {
  readonly algorithm?: string;
  /** base64; absent where S3 could not read it. */
  readonly value?: string;
  /** There is no such version any more. */
  readonly isMissing?: boolean;
}

/** Has S3 read bytes itself, where they lie. */
export interface ChecksumJobs {
  /** Starts a job and answers its id; the same one for the same name. */
  begin(wanted: {
    readonly name: string;
    readonly algorithm: ExpectedDigest['algorithm'];
    readonly versions: readonly PinnedVersion[];
  }): Promise<string>;
  state(jobId: string): Promise<'running' | 'complete' | 'failed'>;
  /** What a complete job has told, in the same order each time. */
  results(jobId: string): Promise<readonly ComputedChecksum[]>;
}

/** What a scrub works with. */
export type ScrubDeps = ReconcileDeps;

/** What the jobs of this function work with; nothing here knows AWS. */
export interface ReconcileDeps extends ObserveDeps {
  readonly classes: readonly DataClass[];
  /** Lists the next stretch of the vault. */
  readonly listVault: (from: RangeStart) => Promise<KeyRange>;
  /** Lists the next stretch of the second region; absent where there is none. */
  readonly listReplica?: (from: RangeStart) => Promise<KeyRange>;
  readonly listLanding: (from: RangeStart) => Promise<LandedRange>;
  readonly read: BatchRead;
  readonly lists: CatalogLists;
  /** A page of the lists ends once it has so many assets. @default 500 */
  readonly enoughAssets?: number;
  /** Tells intake of an upload once more. */
  readonly resend: (object: LandedObject) => Promise<void>;
  /** Removes a link as long as it names this asset; false where it no longer does. */
  readonly removeLink: (key: TableKey, assetId: string) => Promise<boolean>;
  readonly reports: ReportStore;
  readonly notes: Notes;
  readonly pause: (ms: number) => Promise<void>;
  /** Adds numbers to a counter. */
  readonly addToCounter: (difference: CountDifference) => Promise<void>;
  /** The content of one version; undefined where there is no such version. */
  readonly readVersion: (
    side: 'vault' | 'replica',
    key: string,
    versionId: string,
  ) => Promise<AsyncIterable<Uint8Array> | undefined>;
  /**
   * Copies a version of the second region over what lies in the vault, and answers the new version's id. What goes in parts
   * has to make the checksum. Undefined, and nothing is copied, where it does not, or where there is no copy to read.
   */
  readonly copyFromReplica: (
    key: string,
    version: {
      readonly versionId: string;
      readonly storageClass: string | undefined;
      readonly crc?: ContentCrc | undefined;
    },
  ) => Promise<string | undefined>;
  /** What is larger is copied in parts. @default 5 GiB */
  readonly mostCopiedAtOnce?: number;
  /** Reads what is too large for one invocation. */
  readonly checksums: ChecksumJobs;
  /** In how many days the whole vault is read again. */
  readonly scrubEveryDays: number;
  /** The rows of the catalog in another table of the same form. */
  readonly inTable: (
    table: string,
  ) => Pick<ReconcileDeps, 'catalog' | 'read' | 'lists' | 'removeLink' | 'putRow' | 'addToCounter'>;
  /** The body of a journal object; undefined where there is none. */
  readonly readJournal: (key: string) => Promise<string | undefined>;
  /** A pack with the class that it goes to. */
  readonly readPack: (key: string) => Promise<FoundPack | 'archived' | undefined>;
  /** The ids of versions that were deleted for good at home and whose copies go with the next hourly sweep. */
  readonly pendingAbroad: () => Promise<ReadonlySet<string>>;
  /** The rows of packs and their members. */
  readonly packs: Pick<PackTable, 'adopt' | 'changePack' | 'listMembers' | 'listPacks' | 'readPack'>;
  /** Asks for a copy of an archived pack that can be read for some days. */
  readonly restorePack: (key: string, versionId: string) => Promise<void>;
  /** Puts a row that people wrote, unless one of the same or a later revision stands there; false where it does. */
  readonly putRow: (row: JournalRow) => Promise<boolean>;
  readonly log: Log;
  readonly meter: BufferedMeter;
}
