import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../../core/time.ts';
import { AwsError } from '../../aws/aws-error.ts';
import type { BucketConfiguration } from '../buckets/configuration.ts';
import type { Row } from './row.ts';
import { number, text } from './row.ts';

/** A bucket with everything that is set on it. */
export interface Bucket {
  readonly id: number;
  readonly name: string;
  readonly arn: string;
  readonly region: string;
  readonly createdAt: number;
  readonly configuration: BucketConfiguration;
}

/** The buckets, read once and kept in memory; a change is written before it is seen. */
export interface BucketStore {
  find(name: string): Bucket | undefined;
  byId(id: number): Bucket | undefined;
  /** By name, in order. */
  all(): readonly Bucket[];
  create(name: string, region: string, configuration: BucketConfiguration): Bucket;
  /** Changes what is set on a bucket, starting from what is set at that moment. */
  configure(bucket: Bucket, change: (before: BucketConfiguration) => BucketConfiguration): Bucket;
  remove(bucket: Bucket): void;
}

/** Opens the buckets of the database. */
export const openBuckets = (db: DatabaseSync, clock: Clock): BucketStore => {
  const insert = db.prepare(
    'INSERT INTO s3_buckets (name, region, created_at, configuration) VALUES (?, ?, ?, ?) RETURNING *',
  );
  const update = db.prepare('UPDATE s3_buckets SET configuration = ? WHERE id = ?');
  const erase = db.prepare('DELETE FROM s3_buckets WHERE id = ?');
  const buckets = new Map<string, Bucket>();
  for (const row of db.prepare('SELECT * FROM s3_buckets').all()) remember(buckets, toBucket(row));
  return {
    find: (name) => buckets.get(name),
    byId: (id) => [...buckets.values()].find((bucket) => bucket.id === id),
    all: () => [...buckets.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    create(name, region, configuration) {
      const row = insert.get(name, region, clock.now(), JSON.stringify(configuration));
      if (row === undefined) throw new Error(`The bucket ${name} was not written.`);
      return remember(buckets, toBucket(row));
    },
    configure({ name }, change) {
      const bucket = buckets.get(name);
      if (bucket === undefined) throw noSuchBucket(name);
      const configuration = change(bucket.configuration);
      update.run(JSON.stringify(configuration), bucket.id);
      return remember(buckets, { ...bucket, configuration });
    },
    remove(bucket) {
      erase.run(bucket.id);
      buckets.delete(bucket.name);
    },
  };
};

/** The answer where a bucket does not exist. */
export const noSuchBucket = (name: string): AwsError =>
  new AwsError('NoSuchBucket', 404, 'The specified bucket does not exist', { BucketName: name });

const remember = (buckets: Map<string, Bucket>, bucket: Bucket): Bucket => {
  buckets.set(bucket.name, bucket);
  return bucket;
};

const toBucket = (row: Row): Bucket => {
  const name = text(row, 'name');
  return {
    id: number(row, 'id'),
    name,
    arn: `arn:aws:s3:::${name}`,
    region: text(row, 'region'),
    createdAt: number(row, 'created_at'),
    configuration: JSON.parse(text(row, 'configuration')),
  };
};
