import { RestoreObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Tier } from '../../core/restore/estimate.ts';
import { isAbsent } from './absent-version.ts';
import { awsFailure, namedFailure } from './aws-failure.ts';

/** An archived version of which a readable copy is wanted. */
export interface WantedCopy {
  readonly key: string;
  readonly versionId: string;
  readonly tier: Tier;
  /** How long the copy stays; undefined for INTELLIGENT_TIERING, where it is the object itself that comes back. */
  readonly days?: number | undefined;
}

/**
 * What S3 says to it. `begun`: an event will tell. `extended`: the copy was there and stays longer. `under way`: somebody
 * asked before. `readable`: it does not lie in the archive. `gone`: there is no such version.
 */
export type RestoreAnswer = 'begun' | 'extended' | 'under way' | 'readable' | 'gone';

/** Asks S3 for a readable copy of one version; safe to repeat. */
export const requestRestore = async (
  s3: S3Client,
  bucket: string,
  { key, versionId, tier, days }: WantedCopy,
): Promise<RestoreAnswer> => {
  try {
    const { $metadata } = await s3.send(
      new RestoreObjectCommand({
        Bucket: bucket,
        Key: key,
        VersionId: versionId,
        RestoreRequest: { ...(days === undefined ? {} : { Days: days }), GlacierJobParameters: { Tier: tier } },
      }),
    );
    return $metadata.httpStatusCode === 200 ? 'extended' : 'begun';
  } catch (error) {
    const failure = awsFailure(error);
    if (failure?.name === 'RestoreAlreadyInProgress') return 'under way';
    if (failure?.name === 'InvalidObjectState') return 'readable';
    if (isAbsent(error)) return 'gone';
    throw namedFailure(error, 'RestoreObject');
  }
};
