import type { TableKey } from '../../core/catalog/keys.ts';
import type { LandedObject } from '../../core/compare/landing.ts';
import type { DataClass } from '../../core/data-class.ts';
import type { ObserveDeps } from '../../core/observe/ports.ts';
import type { BatchRead } from '../shared/batch-read.ts';
import type { KeyRange, RangeStart } from '../shared/key-range.ts';
import type { Log } from '../shared/logger.ts';
import type { BufferedMeter } from '../shared/metrics.ts';

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
  assets(list: AssetList, from: Readonly<Record<string, string>> | undefined): Promise<ListedAssets>;
}

/** Where reports go: write-once, kept for as long as the audit is. */
export interface ReportStore {
  /** Puts a report; one of the same name and content may be there already. */
  put(name: string, body: string): Promise<void>;
}

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
  /** Tells intake of an upload once more. */
  readonly resend: (object: LandedObject) => Promise<void>;
  /** Removes a link as long as it names this asset; false where it no longer does. */
  readonly removeLink: (key: TableKey, assetId: string) => Promise<boolean>;
  readonly reports: ReportStore;
  readonly log: Log;
  readonly meter: BufferedMeter;
}
