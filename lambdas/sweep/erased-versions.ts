import { DeleteObjectsCommand, type S3Client } from '@aws-sdk/client-s3';
import type { AbroadVersion } from '../../core/abroad/abroad-row.ts';
import type { AbroadDeps, Refused } from '../../core/abroad/erase-abroad.ts';
import { namedFailure } from '../shared/aws-failure.ts';
import { mapInParallel } from '../shared/map-in-parallel.ts';
import { listVersions } from '../shared/version-list.ts';

const lanes = 8;
const most = 1000;

/** Which of these versions and markers a bucket has. */
export const presentVersions =
  (s3: S3Client, bucket: string): AbroadDeps['atHome'] =>
  async (versions) => {
    const keys = [...new Set(versions.map(({ key }) => key))];
    const listed = await mapInParallel(keys, lanes, async (key) => {
      const there = new Set((await listVersions(s3, bucket, key)).map(({ versionId }) => versionId));
      return versions.filter((version) => version.key === key && there.has(version.versionId));
    });
    return listed.flat();
  };

/** Deletes versions and markers for good, and says which of them S3 keeps and why. */
export const deleteVersions = async (
  s3: S3Client,
  bucket: string,
  versions: readonly AbroadVersion[],
): Promise<readonly Refused[]> => {
  const refused: Refused[] = [];
  for (let begin = 0; begin < versions.length; begin += most) {
    const Objects = versions
      .slice(begin, begin + most)
      .map(({ key, versionId }) => ({ Key: key, VersionId: versionId }));
    const { Errors = [] } = await s3
      .send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true }, ChecksumAlgorithm: 'CRC32' }))
      .catch((error: unknown) => {
        throw namedFailure(error, 'DeleteObjects');
      });
    refused.push(
      ...Errors.map(({ Key = '', VersionId = '', Code = 'unknown' }) => ({
        key: Key,
        versionId: VersionId,
        code: Code,
      })),
    );
  }
  return refused;
};
