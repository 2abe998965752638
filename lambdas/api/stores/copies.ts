import { HeadObjectCommand, type HeadObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import type { AssetCopy } from '../../../core/schemas/asset.ts';
import { errorFields } from '../../shared/error-fields.ts';
import type { Log } from '../../shared/logger.ts';
import { isMissing } from '../../shared/s3-client.ts';
import type { Copies } from '../ports.ts';

interface Place {
  readonly client: S3Client;
  readonly bucket: string;
}

export interface CopiesOptions {
  readonly home: Place;
  readonly second: Place & { readonly region: string };
  readonly log: Log;
}

/** Asks both regions with a HEAD each. A second region that does not answer leaves out what only it could say. */
export const createCopies = ({ home, second, log }: CopiesOptions): Copies => ({
  async look(key, versionId) {
    const [original, copy] = await Promise.all([
      head(home, key, versionId),
      head(second, key, versionId).catch((error: unknown) => {
        log.warn('copy not seen', { ...errorFields(error) });
        return 'unreachable' as const;
      }),
    ]);
    const told = { state: stateOf(original), region: second.region };
    if (copy === 'unreachable') return told;
    if (copy === undefined) return { ...told, found: false };
    return { ...told, found: true, bytes: copy.ContentLength ?? 0, storageClass: copy.StorageClass ?? 'STANDARD' };
  },
});

const head = async (
  { client, bucket }: Place,
  key: string,
  versionId: string,
): Promise<HeadObjectCommandOutput | undefined> => {
  try {
    return await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
};

const states: Readonly<Record<string, AssetCopy['state']>> = {
  PENDING: 'pending',
  COMPLETE: 'completed',
  COMPLETED: 'completed',
  FAILED: 'failed',
};

const stateOf = (original: HeadObjectCommandOutput | undefined): AssetCopy['state'] =>
  states[original?.ReplicationStatus ?? ''] ?? 'none';
