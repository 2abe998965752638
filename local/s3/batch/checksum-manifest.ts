import { AwsError } from '../../aws/aws-error.ts';
import type { Caller } from '../../aws/caller.ts';
import type { S3Core } from '../core.ts';
import { bucketOfJob, requireOfRole } from './batch-role.ts';
import type { ChecksumJob } from './job.ts';

/** One object of a manifest. */
export interface ManifestLine {
  readonly bucket: string;
  readonly key: string;
  /** As the manifest writes it; the report repeats it. */
  readonly writtenKey: string;
  readonly versionId?: string;
}

/** Reads the list of a job; throws an AwsError where the role may not, or the list is another than the job was made for. */
export const readManifest = async (
  core: S3Core,
  caller: Caller,
  { manifest, region }: ChecksumJob,
): Promise<readonly ManifestLine[]> => {
  const bucket = bucketOfJob(core, manifest.bucket, region);
  const version = core.versions.current(bucket.id, manifest.key);
  requireOfRole(core, caller, { bucket, key: manifest.key, action: 's3:GetObject', ...(version && { version }) });
  if (version === undefined || version.marker) throw new AwsError('NoSuchKey', 404, 'The manifest does not exist');
  if (version.etag !== manifest.etag) throw new AwsError('InvalidRequest', 400, 'The manifest has another ETag');
  const text = Buffer.concat(version.detail.segments.map(([blob]) => core.blobs.read(blob))).toString('utf8');
  return text
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => line !== '')
    .map((line) => lineOf(line.split(',').map(unquoted), manifest.fields));
};

/** Keys are URL-encoded in a manifest, so no value holds a comma or a quote. */
const unquoted = (value: string): string => value.replace(/^"(.*)"$/, '$1');

const lineOf = (values: readonly string[], fields: readonly string[]): ManifestLine => {
  if (values.length !== fields.length)
    throw new AwsError('InvalidRequest', 400, 'A line has not the manifest’s fields');
  const value = (field: string): string => values[fields.indexOf(field)] ?? '';
  const versionId = value('VersionId');
  return {
    bucket: value('Bucket'),
    key: decodeKey(value('Key')),
    writtenKey: value('Key'),
    ...(versionId !== '' && { versionId }),
  };
};

const decodeKey = (written: string): string => {
  try {
    return decodeURIComponent(written);
  } catch {
    throw new AwsError('InvalidRequest', 400, 'A key of the manifest is not URL-encoded');
  }
};
