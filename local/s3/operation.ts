import type { ServerResponse } from 'node:http';
import type { S3Core } from './core.ts';
import type { S3Request } from './protocol/request.ts';
import type { Bucket } from './store/buckets.ts';

/** One request to a bucket that exists. */
export interface BucketOperation {
  readonly core: S3Core;
  readonly request: S3Request;
  readonly response: ServerResponse;
  readonly bucket: Bucket;
}

/** One request to a key of a bucket that exists. */
export interface ObjectOperation extends BucketOperation {
  readonly key: string;
}
