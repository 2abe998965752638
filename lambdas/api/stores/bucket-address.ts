import { uriEncode } from '../../shared/presign.ts';

/** Finds the address of a bucket's objects: by the endpoint's path where one is set, else by the bucket's own host. */
export interface BucketAddress {
  /** Of the bucket itself, where forms are posted. */
  readonly bucket: URL;
  object(key: string): URL;
}

/** The address as a client outside can reach it. */
export const bucketAddress = (bucket: string, region: string, endpoint: string | undefined): BucketAddress => {
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const base =
    endpoint === undefined ? `https://${bucket}.s3.${region}.${suffix}` : `${endpoint.replace(/\/$/, '')}/${bucket}`;
  return {
    bucket: new URL(base),
    object: (key) => new URL(`${base}/${key.split('/').map(uriEncode).join('/')}`),
  };
};
