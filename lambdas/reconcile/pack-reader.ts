import { GetObjectCommand, GetObjectTaggingCommand } from '@aws-sdk/client-s3';
import { archiveTagName } from '../../core/archive/archive-class.ts';
import { awsFailure, namedFailure } from '../shared/aws-failure.ts';
import type { Side } from '../shared/copy-version.ts';
import { requestRestore } from '../shared/request-restore.ts';
import type { ReconcileDeps } from './ports.ts';

/** Long enough for the second run of a rebuild, whenever the copies are there. */
const forRebuild = { tier: 'Standard', days: 3 } as const;

/** The packs of the vault. */
export const packReader = ({ s3, bucket }: Side): Pick<ReconcileDeps, 'readPack' | 'restorePack'> => ({
  async readPack(key) {
    try {
      const object = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      const { TagSet = [] } = await s3.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: key }));
      return {
        versionId: object.VersionId ?? '',
        // One that is about to be moved bears the class that it goes to as a tag.
        storageClass: TagSet.find(({ Key }) => Key === archiveTagName)?.Value ?? object.StorageClass ?? 'STANDARD',
        body: (await object.Body?.transformToByteArray()) ?? new Uint8Array(),
      };
    } catch (error) {
      const failure = awsFailure(error);
      if (failure?.name === 'InvalidObjectState') return 'archived';
      if (failure?.status === 404) return undefined;
      throw namedFailure(error, 'GetObject');
    }
  },
  async restorePack(key, versionId) {
    await requestRestore(s3, bucket, { key, versionId, ...forRebuild });
  },
});
