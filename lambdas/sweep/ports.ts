import type { AssetRow } from '../../core/catalog/asset-row.ts';
import type { DataClass } from '../../core/data-class.ts';
import type { Statute } from '../../core/retention/inputs.ts';
import type { Clock } from '../../core/time.ts';
import type { AssetIndex } from '../shared/asset-index.ts';
import type { DueTable } from '../shared/due-table.ts';
import type { HoldRows } from '../shared/hold-rows.ts';
import type { Log } from '../shared/logger.ts';
import type { Meter } from '../shared/metrics.ts';
import type { RetentionTable } from '../shared/retention-table.ts';
import type { JobStarter } from '../shared/start-job.ts';
import type { Tenants } from '../shared/tenants.ts';
import type { Abroad } from './abroad-page.ts';

/** The vault as a sweep may touch it. */
export interface SweptVault {
  /** Puts a delete marker unless one is there already; false where the newest version is one. */
  expire(key: string): Promise<boolean>;
  /** Removes every version and marker of a key; answers what that freed. Throws where S3 keeps one under lock. */
  purge(key: string): Promise<Removed>;
}

export interface Removed {
  readonly versions: number;
  readonly bytes: number;
}

/** The scratch bucket, page by page. */
export interface Scratch {
  /** Removes what is older; `after` is what the page before answered. */
  clean(olderThan: number, after?: string): Promise<Removed & { readonly next: string | undefined }>;
}

/** What sweeping works with. */
export interface SweepDeps {
  readonly classes: readonly DataClass[];
  readonly statuteOf: (dataClass: string) => Statute | undefined;
  readonly index: AssetIndex;
  readonly due: DueTable;
  readonly retention: RetentionTable;
  readonly holds: Pick<HoldRows, 'list'>;
  readonly vault: SweptVault;
  readonly scratch: Scratch;
  readonly abroad: Abroad;
  readonly tenants: Tenants;
  /** Takes an asset out of the pack that holds its content. */
  readonly unpack: (asset: AssetRow) => Promise<void>;
  readonly jobs: Pick<JobStarter, 'start'>;
  readonly meter: Pick<Meter, 'count' | 'bytes'>;
  readonly log: Log;
  readonly clock: Clock;
}
