import type { PriceTable } from '../../config/prices.ts';
import type { DataClass } from '../../core/data-class.ts';
import type { Statute } from '../../core/retention/inputs.ts';
import type { Clock } from '../../core/time.ts';
import type { Log } from '../shared/logger.ts';
import type { Meter } from '../shared/metrics.ts';
import type { RetentionTable } from '../shared/retention-table.ts';
import type { JobStarter } from '../shared/start-job.ts';
import type { Gate } from './gate.ts';
import type { Memberships } from './membership.ts';
import type { Permits } from './permissions.ts';
import type {
  Catalog,
  Copies,
  Holds,
  IdempotencyRecords,
  JobRows,
  Landing,
  Members,
  PackedAssets,
  RateCounter,
  RetentionRules,
  Scratch,
  Undelete,
  UserDirectory,
  Vault,
  Words,
} from './ports.ts';
import type { Signer } from './signing.ts';
import type { Statistics } from './stores/statistics.ts';

/** What the deployment allows one caller. */
export interface Quotas {
  readonly requestsPerMinute: number;
}

/** What is different where the copies answer because the home region is lost. */
export interface Standby {
  /** Name of the role whose sessions may call, each under the name of a principal. */
  readonly readerRole: string;
}

/** Everything that the use cases need; tests pass their own. */
export interface Services {
  /** Set in the second region during a failover: callers sign with AWS credentials, and nothing can be changed. */
  readonly standby?: Standby;
  readonly deployment: string;
  readonly classes: readonly DataClass[];
  readonly quotas: Quotas;
  readonly clock: Clock;
  /** A random number in [0, 1), of cryptographic quality. */
  readonly random: () => number;
  /** A random id that nobody can guess. */
  readonly newId: () => string;
  /** Waits before a repeated look; tests do not wait. */
  readonly pause: (ms: number) => Promise<void>;
  readonly catalog: Catalog;
  readonly members: Members;
  readonly memberships: Memberships;
  readonly idempotency: IdempotencyRecords;
  readonly rates: RateCounter;
  readonly gate: Gate;
  readonly words: Words;
  readonly landing: Landing;
  readonly vault: Vault;
  readonly copies: Copies;
  readonly statistics: Statistics;
  readonly undelete: Undelete;
  readonly users: UserDirectory;
  readonly holds: Holds;
  readonly retention: RetentionTable;
  readonly retentionRules: RetentionRules;
  /** What the law says of a class. */
  readonly statuteOf: (dataClass: string) => Statute | undefined;
  /** How long a deleted asset can be undeleted. */
  readonly undeleteWindowMs: number;
  readonly prices: PriceTable;
  readonly jobs: JobStarter;
  readonly jobRows: JobRows;
  readonly packedAssets: PackedAssets;
  readonly scratch: Scratch;
  readonly signer: Signer;
  readonly permits: Permits;
  readonly isHealthy: () => Promise<boolean>;
  readonly meter: Pick<Meter, 'count' | 'milliseconds'>;
  readonly log: Log;
}
