import { type indexKeys, joinKey } from './keys.ts';

/** One question that the catalog answers with a single GetItem or Query that reads nothing it does not return. */
export interface AccessPattern {
  readonly asks: string;
  readonly by: 'table' | keyof typeof indexKeys;
  /** Segments of the partition key; `{name}` stands for a value. */
  readonly partition: readonly string[];
  /** Segments with which the sort key begins, or all of them where `exact`; none: the whole partition. */
  readonly sort?: readonly string[];
  /** One row: a GetItem. */
  readonly exact?: true;
  readonly newestFirst?: true;
  /** Rows that no function writes yet; their place is kept. */
  readonly later?: true;
}

const asset = ['{tenant}', 'asset', '{asset}'];
const caseOf = ['{tenant}', 'case', '{case}'];
const personOf = ['{tenant}', 'person', '{person}'];

/** Every question that the catalog is made for, and the row or index that answers it. */
export const accessPatterns: readonly AccessPattern[] = [
  { asks: 'asset by id', by: 'table', partition: asset, sort: ['asset'], exact: true },
  { asks: 'versions of an asset', by: 'table', partition: asset, sort: ['versions'], newestFirst: true },
  { asks: 'state of an upload', by: 'table', partition: asset },
  { asks: 'assets by class and time', by: 'g1-kind', partition: ['{tenant}', 'class', '{class}'], newestFirst: true },
  { asks: 'deleted assets by class', by: 'g1-kind', partition: ['{tenant}', 'deleted', '{class}'], newestFirst: true },
  { asks: 'assets by uploader', by: 'g2-actor', partition: ['{tenant}', 'uploader', '{principal}'], newestFirst: true },
  {
    asks: 'assets by data subject',
    by: 'g3-subject',
    partition: ['{tenant}', 'subject', '{subject}'],
    newestFirst: true,
  },
  { asks: 'assets by case', by: 'g4-topic', partition: caseOf, newestFirst: true },
  { asks: 'deleted assets by case', by: 'g4-topic', partition: ['{tenant}', 'deleted-case', '{case}'] },
  { asks: 'assets by language', by: 'g4-topic', partition: ['{tenant}', 'phrase', '{language}'] },
  {
    asks: 'assets by language and intent',
    by: 'g4-topic',
    partition: ['{tenant}', 'phrase', '{language}'],
    sort: ['{intent}'],
  },
  {
    asks: 'assets by language, intent and phrase variation',
    by: 'g4-topic',
    partition: ['{tenant}', 'phrase', '{language}'],
    sort: ['{intent}', '{variation}'],
  },
  { asks: 'assets by content hash', by: 'table', partition: ['{tenant}', 'hash', '{sha256}', '{bytes}'] },
  { asks: 'due for retention up to a day', by: 'table', partition: ['{tenant}', 'due', '{shard}'], sort: ['{day}'] },
  {
    asks: 'membership of a principal',
    by: 'table',
    partition: ['principal', '{principal}'],
    sort: ['member', '{tenant}'],
    exact: true,
  },
  { asks: 'memberships of a principal', by: 'table', partition: ['principal', '{principal}'], sort: ['member'] },
  { asks: 'members of a tenant', by: 'g1-kind', partition: ['{tenant}', 'members'] },
  {
    asks: 'records of an asset',
    by: 'table',
    partition: asset,
    sort: ['record', '{kind}'],
    newestFirst: true,
    later: true,
  },
  { asks: 'case by id', by: 'table', partition: caseOf, sort: ['case'], exact: true, later: true },
  { asks: 'participants of a case', by: 'table', partition: caseOf, sort: ['participant'], later: true },
  { asks: 'cases by status and priority', by: 'g1-kind', partition: ['{tenant}', 'cases', '{status}'], later: true },
  { asks: 'cases of a user', by: 'g2-actor', partition: ['{tenant}', 'person-cases', '{principal}'], later: true },
  { asks: 'people', by: 'g1-kind', partition: ['{tenant}', 'people'], later: true },
  { asks: 'person by id', by: 'table', partition: personOf, sort: ['person'], exact: true, later: true },
  {
    asks: 'attendance by person and day',
    by: 'table',
    partition: personOf,
    sort: ['attendance', '{day}'],
    later: true,
  },
  {
    asks: 'events by kind and time',
    by: 'table',
    partition: ['{tenant}', 'event', '{kind}'],
    newestFirst: true,
    later: true,
  },
  {
    asks: 'unknown faces by last seen',
    by: 'g1-kind',
    partition: ['{tenant}', 'unknown'],
    newestFirst: true,
    later: true,
  },
  { asks: 'voice profiles', by: 'table', partition: ['{tenant}', 'voices'], later: true },
  { asks: 'languages', by: 'table', partition: ['{tenant}', 'languages'], later: true },
  {
    asks: 'consents of a subject',
    by: 'table',
    partition: ['{tenant}', 'subject', '{subject}'],
    sort: ['consent'],
    later: true,
  },
  { asks: 'tenants', by: 'table', partition: ['tenants'] },
  { asks: 'rules of retention of a tenant', by: 'table', partition: ['{tenant}', 'retention'] },
  { asks: 'holds in force', by: 'g1-kind', partition: ['{tenant}', 'holds'], newestFirst: true },
  { asks: 'holds of a scope', by: 'table', partition: ['{tenant}', 'hold', '{scope}', '{id}'] },
  { asks: 'job by id', by: 'table', partition: ['{tenant}', 'job', '{job}'], sort: ['job'], exact: true },
  { asks: 'counters by class, storage class and content type', by: 'table', partition: ['{tenant}', 'stats'] },
  { asks: 'counters by uploader', by: 'table', partition: ['{tenant}', 'usage'] },
  { asks: 'growth by day and class', by: 'table', partition: ['{tenant}', 'growth'], newestFirst: true },
  {
    asks: 'pack of an asset',
    by: 'table',
    partition: ['{tenant}', 'packed', '{asset}'],
    sort: ['packed'],
    exact: true,
  },
  { asks: 'pack by id', by: 'table', partition: ['{tenant}', 'pack', '{pack}'], sort: ['pack'], exact: true },
  { asks: 'packs by how far they are', by: 'g1-kind', partition: ['{tenant}', 'packs', '{state}'] },
  { asks: 'deleted assets in packs', by: 'g2-actor', partition: ['{tenant}', 'packed-deleted'] },
  { asks: 'members of a pack', by: 'g1-kind', partition: ['{tenant}', 'packed', '{pack}'] },
  { asks: 'how far the packing of a class is', by: 'table', partition: ['{tenant}', 'packing'] },
  { asks: 'restores that a job waits for', by: 'table', partition: ['{tenant}', 'job', '{job}'], sort: ['await'] },
  { asks: 'jobs that wait for a restore', by: 'g1-kind', partition: ['{tenant}', 'awaited', '{object}'] },
  { asks: 'jobs by state', by: 'g1-kind', partition: ['{tenant}', 'jobs', '{state}'], newestFirst: true },
  {
    asks: 'audit of an asset and time',
    by: 'table',
    partition: ['{tenant}', 'audit', '{asset}'],
    newestFirst: true,
    later: true,
  },
  {
    asks: 'audit of an actor and time',
    by: 'table',
    partition: ['{tenant}', 'audit', '{principal}'],
    newestFirst: true,
    later: true,
  },
  {
    asks: 'audit of a subject and time',
    by: 'table',
    partition: ['{tenant}', 'audit', '{subject}'],
    newestFirst: true,
    later: true,
  },
];

/** The keys that a pattern reads for these values; a sort key that is no whole one is a beginning. */
export const keysFor = (
  { partition, sort, exact }: AccessPattern,
  values: Readonly<Record<string, string>>,
): { readonly pk: string; readonly sk?: string } => {
  const filled = (segments: readonly string[]): string => joinKey(...segments.map((segment) => fill(segment, values)));
  if (sort === undefined) return { pk: filled(partition) };
  return { pk: filled(partition), sk: exact === true ? filled(sort) : `${filled(sort)}#` };
};

const fill = (segment: string, values: Readonly<Record<string, string>>): string => {
  const name = /^\{(\w+)\}$/.exec(segment)?.[1];
  if (name === undefined) return segment;
  const value = values[name];
  if (value === undefined) throw new Error(`The pattern needs a value for \`${name}\`.`);
  return value;
};

/**
 * What a change of one asset costs: requests to S3 and to the table, and write units of table and indexes, for a recording
 * of a voice with all that is known of it, of a class that ends (link, due row, four lists). A transaction writes twice.
 */
export interface ChangeCost {
  readonly change: string;
  readonly vault: readonly ('HeadObject' | 'GetObject' | 'ListObjectVersions')[];
  readonly table: readonly ('GetItem' | 'TransactWriteItems')[];
  readonly tableUnits: number;
  readonly indexUnits: number;
}

const look = {
  vault: ['GetObject', 'ListObjectVersions', 'HeadObject'],
  table: ['GetItem', 'TransactWriteItems'],
} as const;

/** The cost of each kind of change; a test holds them. */
export const changeCosts: readonly ChangeCost[] = [
  { change: 'new object', vault: ['HeadObject'], table: ['TransactWriteItems'], tableUnits: 8, indexUnits: 4 },
  { change: 'facts object', ...look, tableUnits: 8, indexUnits: 5 },
  { change: 'delete marker', ...look, tableUnits: 8, indexUnits: 5 },
  { change: 'delete marker removed', ...look, tableUnits: 8, indexUnits: 5 },
  {
    change: 'last version removed',
    vault: ['GetObject', 'ListObjectVersions'],
    // Whether the asset is gone or packed.
    table: ['GetItem', 'GetItem', 'TransactWriteItems'],
    tableUnits: 8,
    indexUnits: 4,
  },
];
