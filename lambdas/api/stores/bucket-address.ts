import { uriEncode } from '../../shared/presign.ts';

/** Finds the address of a bucket's objects: by the endpoint's path where one is set, else by the bucket's own host. */
export interface BucketAddress {
  /** Of the bucket itself, where forms are posted. */
  readonly bucket: URL;
  object(key: string): URL;
}

/** Where a bucket is and by which way it is reached. */
export interface Place {
  readonly region: string;
  readonly endpoint: string | undefined;
  /** By the edge location that is nearest to the client, which has to be on for the bucket. @default false */
  readonly accelerated?: boolean;
}

/** The address as a client outside can reach it. */
export const bucketAddress = (bucket: string, place: Place): BucketAddress => {
  const base = baseOf(bucket, place);
  return {
    bucket: new URL(base),
    object: (key) => new URL(`${base}/${key.split('/').map(uriEncode).join('/')}`),
  };
};

const baseOf = (bucket: string, { region, endpoint, accelerated = false }: Place): string => {
  if (endpoint !== undefined) return `${endpoint.replace(/\/$/, '')}/${bucket}`;
  if (accelerated) return `https://${bucket}.s3-accelerate.amazonaws.com`;
  return `https://${bucket}.s3.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`;
};
