import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { factsMetadataName } from '../../core/facts.ts';
import type { PackVault, ReadObject } from '../../core/pack/ports.ts';
import { unlessAbsent } from '../shared/absent-version.ts';
import { awsFailure, namedFailure } from '../shared/aws-failure.ts';
import { requestRestore } from '../shared/request-restore.ts';
import { isPreconditionFailed } from '../shared/s3-client.ts';
import { wholeSeconds } from '../shared/version-list.ts';
import { wholeCrc, wholeSha256 } from '../shared/whole-checksums.ts';
import { createTagger } from './tagger.ts';

/** A pack whose members were erased is wanted back for one day, as cheaply as can be. */
const forRewriting = { tier: 'Bulk', days: 1 } as const;

/** The vault as packing sees it. */
export const createPackVault = (s3: S3Client, bucket: string, now: () => number): PackVault => {
  const tag = createTagger(s3, bucket);
  return {
    readObject: async (key, versionId) => {
      const object = await unlessAbsent('GetObject', () =>
        s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId, ChecksumMode: 'ENABLED' })),
      );
      return object === undefined ? undefined : toReadObject(object, { key, versionId, now: now() });
    },
    isCurrent: async (key, versionId) => {
      const head = await unlessAbsent('HeadObject', () => s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key })));
      return head?.VersionId === versionId;
    },
    putPack: async (key, body) => {
      const input = {
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: 'application/octet-stream',
        ChecksumAlgorithm: 'SHA256',
        IfNoneMatch: '*',
      } as const;
      try {
        await s3.send(new PutObjectCommand(input));
      } catch (error) {
        if (!isPreconditionFailed(error)) throw namedFailure(error, 'PutObject');
      }
    },
    readPack: async (key) => {
      try {
        const object = await unlessAbsent('GetObject', () =>
          s3.send(new GetObjectCommand({ Bucket: bucket, Key: key })),
        );
        if (object?.Body === undefined) return undefined;
        return {
          versionId: object.VersionId ?? '',
          body: await object.Body.transformToByteArray(),
          locked: isLocked(object, now()),
        };
      } catch (error) {
        if (awsFailure(error)?.name === 'InvalidObjectState') return 'archived';
        throw error;
      }
    },
    deleteVersion: async (key, versionId) => {
      try {
        await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
      } catch (error) {
        throw namedFailure(error, 'DeleteObject');
      }
    },
    tagForArchive: async (key, versionId, storageClass) => {
      await tag({ key, versionId, storageClass });
    },
    restorePack: async (key, versionId) => {
      await requestRestore(s3, bucket, { key, versionId, ...forRewriting });
    },
  };
};

const toReadObject = async (
  object: GetObjectCommandOutput,
  { key, versionId, now }: { readonly key: string; readonly versionId: string; readonly now: number },
): Promise<ReadObject> => {
  const content = (await object.Body?.transformToByteArray()) ?? new Uint8Array();
  const facts = object.Metadata?.[factsMetadataName];
  const sha256 = wholeSha256(object);
  const checksum = wholeCrc(object);
  return {
    locked: isLocked(object, now),
    source: {
      key,
      versionId,
      at: wholeSeconds(object.LastModified),
      bytes: content.length,
      etag: object.ETag ?? '',
      content,
      ...(object.ContentType === undefined ? {} : { contentType: object.ContentType }),
      ...(facts === undefined ? {} : { facts }),
      ...(sha256 === undefined ? {} : { sha256 }),
      ...(checksum === undefined ? {} : { checksum }),
    },
  };
};

const isLocked = (object: GetObjectCommandOutput, now: number): boolean =>
  object.ObjectLockLegalHoldStatus === 'ON' || (object.ObjectLockRetainUntilDate?.getTime() ?? 0) > now;
