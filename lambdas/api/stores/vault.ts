import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { parseFactsObject } from '../../../core/facts-object.ts';
import type { Clock } from '../../../core/time.ts';
import { urlSigner } from '../../shared/presign.ts';
import { isMissing, isPreconditionFailed } from '../../shared/s3-client.ts';
import type { Vault } from '../ports.ts';
import { bucketAddress } from './bucket-address.ts';

/** Where everything verified lies. */
export interface VaultOptions {
  readonly client: S3Client;
  readonly bucket: string;
  readonly region: string;
  readonly endpoint: string | undefined;
  readonly clock: Clock;
}

/** The vault as the API may touch it: presigned reads of one version, facts objects, delete markers. */
export const createVault = ({ client, bucket, region, endpoint, clock }: VaultOptions): Vault => {
  const address = bucketAddress(bucket, { region, endpoint });
  return {
    signGet: async ({ key, versionId, disposition, contentType, expiresInSeconds }) => {
      const context = { credentials: await client.config.credentials(), region, now: clock.now() };
      return urlSigner(context)({
        method: 'GET',
        address: address.object(key),
        query: {
          versionId,
          'response-content-disposition': disposition,
          'response-content-type': contentType,
          'response-cache-control': 'private, no-store',
        },
        expiresInSeconds,
      });
    },
    readRange: async (key, versionId, range) => {
      try {
        const { Body } = await client.send(
          new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId, Range: range }),
        );
        return (await Body?.transformToByteArray()) ?? new Uint8Array();
      } catch (error) {
        if (error instanceof Error && error.name === 'InvalidObjectState') return 'archived';
        throw error;
      }
    },
    readFacts: async (key) => {
      try {
        const { Body, ETag } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return { etag: ETag ?? '', facts: parseFactsObject((await Body?.transformToString()) ?? '') };
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    writeFacts: async (key, body, over) => {
      try {
        const { ETag } = await client.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: key,
            Body: body,
            ContentType: 'application/json',
            ...(over === undefined ? { IfNoneMatch: '*' } : { IfMatch: over }),
          }),
        );
        return ETag ?? '';
      } catch (error) {
        if (isPreconditionFailed(error) || isConflict(error)) return undefined;
        throw error;
      }
    },
    delete: async (key) => {
      const { VersionId } = await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
      if (VersionId === undefined) throw new Error('The vault put no delete marker; it has to be versioned');
      return VersionId;
    },
  };
};

/** Two conditional writes at once: one of them may be told so instead of seeing the other's ETag. */
const isConflict = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'ConditionalRequestConflict' || isMissing(error));
