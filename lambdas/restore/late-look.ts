import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { isAbsent } from '../shared/absent-version.ts';
import type { Awaited, AwaitRows } from '../shared/await-rows.ts';
import { namedFailure } from '../shared/aws-failure.ts';
import { mapInParallel } from '../shared/map-in-parallel.ts';

/** True where a version can be read, or is gone: there is nothing to wait for. */
export type IsThere = (version: Pick<Awaited, 'key' | 'versionId'>) => Promise<boolean>;

/** Asks S3 itself. */
export const createIsThere =
  (s3: S3Client, bucket: string): IsThere =>
  async ({ key, versionId }) => {
    try {
      const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
      return head.Restore === undefined
        ? head.ArchiveStatus === undefined
        : /ongoing-request="false"/.test(head.Restore);
    } catch (error) {
      if (isAbsent(error)) return true;
      throw namedFailure(error, 'HeadObject');
    }
  };

const pageSize = 1_000;
const lanes = 16;

/** Looks at everything that a job still waits for; answers how much is there, and how much of it nobody had told. */
export const lookLate = async (
  { tenant, jobId }: { readonly tenant: string; readonly jobId: string },
  { rows, isThere }: { readonly rows: AwaitRows; readonly isThere: IsThere },
): Promise<{ readonly found: number; readonly missing: number }> => {
  const left = await rows.left(tenant, jobId, pageSize);
  const there = await mapInParallel(left, lanes, async (awaited) => {
    if (!(await isThere(awaited))) return false;
    await rows.remove(awaited);
    return true;
  });
  const found = there.filter(Boolean).length;
  return { found, missing: left.length - found };
};
