import { GetObjectTaggingCommand, PutObjectTaggingCommand, type S3Client } from '@aws-sdk/client-s3';
import { archiveTagName } from '../../core/archive/archive-class.ts';
import { isAbsent } from '../shared/absent-version.ts';
import { namedFailure } from '../shared/aws-failure.ts';

/** A version that is to go to a storage class. */
export interface Tagged {
  readonly key: string;
  readonly versionId: string;
  readonly storageClass: string;
}

/** Marks one version for the lifecycle rule; `gone` where there is no such version any more. */
export type Tagger = (version: Tagged) => Promise<'tagged' | 'tagged before' | 'gone'>;

/**
 * A put replaces all tags of a version, so those that it has are put again. What already bears the tag is left alone: each put
 * is announced to the catalog.
 */
export const createTagger =
  (s3: S3Client, bucket: string): Tagger =>
  async ({ key, versionId, storageClass }) => {
    const version = { Bucket: bucket, Key: key, VersionId: versionId };
    try {
      const { TagSet = [] } = await s3.send(new GetObjectTaggingCommand(version));
      const others = TagSet.filter(({ Key }) => Key !== archiveTagName);
      if (TagSet.some(({ Key, Value }) => Key === archiveTagName && Value === storageClass)) return 'tagged before';
      const Tagging = { TagSet: [...others, { Key: archiveTagName, Value: storageClass }] };
      await s3.send(new PutObjectTaggingCommand({ ...version, Tagging }));
      return 'tagged';
    } catch (error) {
      if (isAbsent(error)) return 'gone';
      throw namedFailure(error, 'PutObjectTagging');
    }
  };
