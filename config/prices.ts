/**
 * What AWS asks for storing, moving and fetching, in US dollars, so that answers can say what something costs before it is
 * done. List prices of the first tier, without taxes, discounts, free tiers and data transfer: good for comparing and for
 * a budget, not for checking a bill. `docs/statistics.md` says how to bring the table up to date.
 */

/** The storage classes of S3 that hold objects here, by the names that S3 uses. */
export type PricedStorageClass =
  | 'STANDARD'
  | 'STANDARD_IA'
  | 'INTELLIGENT_TIERING'
  | 'GLACIER_IR'
  | 'GLACIER'
  | 'DEEP_ARCHIVE';

/** How fast an archived object has to be there. */
export type RestoreTier = 'Expedited' | 'Standard' | 'Bulk';

/** What fetching back costs and how long it takes at most. */
export interface RetrievalPrice {
  readonly perGb: number;
  readonly perThousandRequests: number;
  readonly hours: number;
}

/** The prices and minimums of one storage class. */
export interface StorageClassPrice {
  readonly perGbMonth: number;
  /** PUT, COPY, POST and LIST into or of the class. */
  readonly perThousandPuts: number;
  readonly perThousandGets: number;
  /** A lifecycle transition into the class. */
  readonly perThousandTransitions: number;
  /** Reading without a restore. */
  readonly retrievalPerGb: number;
  /** Only the classes that have to be restored before they can be read. */
  readonly restore?: Readonly<Partial<Record<RestoreTier, RetrievalPrice>>>;
  /** Charged at least so long. */
  readonly minimumDays: number;
  /** Charged at least as if it were so large. */
  readonly minimumBytes: number;
  /** What every object costs besides its own bytes: so many at the class's price and so many at that of STANDARD. */
  readonly overhead: { readonly ownBytes: number; readonly standardBytes: number };
  /** Watching an object, of INTELLIGENT_TIERING alone. */
  readonly monitoringPerThousandObjects: number;
}

/** Prices of one region. */
export interface PriceTable {
  readonly region: string;
  readonly currency: 'USD';
  /** The month for which the numbers hold, `2025-10`. */
  readonly asOf: string;
  readonly source: string;
  /** Paths of the numbers that were carried over from another region or a rounded recollection instead of a list. */
  readonly estimates: readonly string[];
  readonly storage: Readonly<Record<PricedStorageClass, StorageClassPrice>>;
  readonly kms: { readonly perKeyMonth: number; readonly perTenThousandRequests: number };
  readonly dynamoDb: {
    readonly perMillionWriteUnits: number;
    readonly perMillionReadUnits: number;
    readonly perGbMonth: number;
    readonly backupPerGbMonth: number;
    readonly continuousBackupPerGbMonth: number;
  };
  /** S3 Batch Operations and Inventory. */
  readonly batch: { readonly perJob: number; readonly perMillionObjects: number };
}

const none = { ownBytes: 0, standardBytes: 0 };
/** Glacier's index and metadata of an object: 32 KB in its own class, 8 KB in STANDARD. */
const archived = { ownBytes: 32 * 1024, standardBytes: 8 * 1024 };
const smallest = 128 * 1024;

const virginia: PriceTable = {
  region: 'us-east-1',
  currency: 'USD',
  asOf: '2025-10',
  source:
    'https://aws.amazon.com/s3/pricing/, https://aws.amazon.com/kms/pricing/, https://aws.amazon.com/dynamodb/pricing/on-demand/',
  estimates: [],
  storage: {
    STANDARD: {
      perGbMonth: 0.023,
      perThousandPuts: 0.005,
      perThousandGets: 0.0004,
      perThousandTransitions: 0,
      retrievalPerGb: 0,
      minimumDays: 0,
      minimumBytes: 0,
      overhead: none,
      monitoringPerThousandObjects: 0,
    },
    STANDARD_IA: {
      perGbMonth: 0.0125,
      perThousandPuts: 0.01,
      perThousandGets: 0.001,
      perThousandTransitions: 0.01,
      retrievalPerGb: 0.01,
      minimumDays: 30,
      minimumBytes: smallest,
      overhead: none,
      monitoringPerThousandObjects: 0,
    },
    INTELLIGENT_TIERING: {
      perGbMonth: 0.023,
      perThousandPuts: 0.005,
      perThousandGets: 0.0004,
      perThousandTransitions: 0.01,
      retrievalPerGb: 0,
      minimumDays: 0,
      minimumBytes: 0,
      overhead: none,
      monitoringPerThousandObjects: 0.0025,
    },
    GLACIER_IR: {
      perGbMonth: 0.004,
      perThousandPuts: 0.02,
      perThousandGets: 0.01,
      perThousandTransitions: 0.02,
      retrievalPerGb: 0.03,
      minimumDays: 90,
      minimumBytes: smallest,
      overhead: none,
      monitoringPerThousandObjects: 0,
    },
    GLACIER: {
      perGbMonth: 0.0036,
      perThousandPuts: 0.03,
      perThousandGets: 0.0004,
      perThousandTransitions: 0.03,
      retrievalPerGb: 0,
      restore: {
        Expedited: { perGb: 0.03, perThousandRequests: 10, hours: 5 / 60 },
        Standard: { perGb: 0.01, perThousandRequests: 0.05, hours: 5 },
        Bulk: { perGb: 0, perThousandRequests: 0, hours: 12 },
      },
      minimumDays: 90,
      minimumBytes: 0,
      overhead: archived,
      monitoringPerThousandObjects: 0,
    },
    DEEP_ARCHIVE: {
      perGbMonth: 0.00099,
      perThousandPuts: 0.05,
      perThousandGets: 0.0004,
      perThousandTransitions: 0.05,
      retrievalPerGb: 0,
      restore: {
        Standard: { perGb: 0.02, perThousandRequests: 0.1, hours: 12 },
        Bulk: { perGb: 0.0025, perThousandRequests: 0.025, hours: 48 },
      },
      minimumDays: 180,
      minimumBytes: 0,
      overhead: archived,
      monitoringPerThousandObjects: 0,
    },
  },
  kms: { perKeyMonth: 1, perTenThousandRequests: 0.03 },
  dynamoDb: {
    perMillionWriteUnits: 0.625,
    perMillionReadUnits: 0.125,
    perGbMonth: 0.25,
    backupPerGbMonth: 0.1,
    continuousBackupPerGbMonth: 0.2,
  },
  batch: { perJob: 0.25, perMillionObjects: 1 },
};

const mumbai: PriceTable = {
  ...virginia,
  region: 'ap-south-1',
  estimates: [
    'storage.STANDARD_IA.perGbMonth',
    'storage.GLACIER_IR.perGbMonth',
    'storage.GLACIER',
    'storage.DEEP_ARCHIVE',
    'dynamoDb.backupPerGbMonth',
    'dynamoDb.continuousBackupPerGbMonth',
  ],
  storage: {
    ...virginia.storage,
    STANDARD: { ...virginia.storage.STANDARD, perGbMonth: 0.025 },
    STANDARD_IA: { ...virginia.storage.STANDARD_IA, perGbMonth: 0.0138 },
    INTELLIGENT_TIERING: { ...virginia.storage.INTELLIGENT_TIERING, perGbMonth: 0.025 },
    GLACIER_IR: { ...virginia.storage.GLACIER_IR, perGbMonth: 0.005 },
    GLACIER: {
      ...virginia.storage.GLACIER,
      perGbMonth: 0.0045,
      perThousandPuts: 0.0342,
      perThousandTransitions: 0.0342,
      restore: {
        Expedited: { perGb: 0.036, perThousandRequests: 12, hours: 5 / 60 },
        Standard: { perGb: 0.012, perThousandRequests: 0.06, hours: 5 },
        Bulk: { perGb: 0, perThousandRequests: 0, hours: 12 },
      },
    },
    DEEP_ARCHIVE: {
      ...virginia.storage.DEEP_ARCHIVE,
      perGbMonth: 0.002,
      perThousandPuts: 0.06,
      perThousandTransitions: 0.06,
      restore: {
        Standard: { perGb: 0.024, perThousandRequests: 0.12, hours: 12 },
        Bulk: { perGb: 0.005, perThousandRequests: 0.03, hours: 48 },
      },
    },
  },
  dynamoDb: {
    perMillionWriteUnits: 0.71,
    perMillionReadUnits: 0.1425,
    perGbMonth: 0.285,
    backupPerGbMonth: 0.114,
    continuousBackupPerGbMonth: 0.228,
  },
};

const tables: readonly PriceTable[] = [virginia, mumbai];

/**
 * The prices of a region. Where the table has none, those of the first region, all of them marked as estimates: the order of
 * magnitude is right, the bill differs.
 */
export const pricesOf = (region: string): PriceTable =>
  tables.find((table) => table.region === region) ?? { ...virginia, region, estimates: ['*'] };

/** The price of a storage class as S3 names it; a class that the table does not know costs what STANDARD costs. */
export const storagePrice = ({ storage }: PriceTable, storageClass: string): StorageClassPrice =>
  isPriced(storageClass) ? storage[storageClass] : storage.STANDARD;

const isPriced = (name: string): name is PricedStorageClass => Object.hasOwn(virginia.storage, name);
