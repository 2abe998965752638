import { AwsError } from '../aws/aws-error.ts';
import type { PolicyDocument } from '../aws/caller.ts';

export interface KeyAttributes {
  readonly partition: string;
  readonly sort: string | undefined;
}

/** A table of the template, as the service needs to know it. */
export interface Table {
  readonly name: string;
  readonly region: string;
  /** The region whose DynamoDB holds the items: replicas of a global table share one, which replicates without delay. */
  readonly homeRegion: string;
  readonly arn: string;
  readonly key: KeyAttributes;
  readonly indexes: ReadonlyMap<string, KeyAttributes>;
  /** The customer key that encrypts it; callers need `kms:Decrypt` on it. */
  readonly kmsKeyId: string | undefined;
  readonly ttlAttribute: string | undefined;
  /** The last part of the stream's ARN; undefined without a stream. */
  readonly streamLabel: string | undefined;
  readonly pointInTimeRecoveryDays: number | undefined;
  readonly deletionProtection: boolean;
  readonly resourcePolicy: PolicyDocument | undefined;
}

/** The tables of the template by region and name; filled anew at every start, with those that were restored beside them. */
export interface Tables {
  put(table: Table): void;
  remove(table: Table): void;
  find(region: string, name: string): Table | undefined;
  /** Throws what DynamoDB answers for a table that does not exist. */
  get(region: string, name: string): Table;
  all(): readonly Table[];
}

export const createTables = (): Tables => {
  const tables = new Map<string, Table>();
  const find = (region: string, name: string) => tables.get(`${region}/${name}`);
  return {
    put: (table) => void tables.set(`${table.region}/${table.name}`, table),
    remove: (table) => void tables.delete(`${table.region}/${table.name}`),
    find,
    get(region, name) {
      const table = find(region, name);
      if (table !== undefined) return table;
      throw new AwsError(
        'ResourceNotFoundException',
        400,
        `Requested resource not found: the template has no table ${name} in ${region}.`,
      );
    },
    all: () => [...tables.values()],
  };
};

export const tableArn = (region: string, accountId: string, name: string): string =>
  `arn:aws:dynamodb:${region}:${accountId}:table/${name}`;

/** The table's name where a request gives its ARN instead, as DynamoDB admits. */
export const tableName = (nameOrArn: string): string =>
  /^arn:aws:dynamodb:[^:]*:[^:]*:table\/([^/]+)$/.exec(nameOrArn)?.[1] ?? nameOrArn;
