import { CopyObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { factsMetadataName } from '../../core/facts.ts';
import { copyInParts } from '../shared/copy-in-parts.ts';
import { copySource } from '../shared/copy-source.ts';
import { ReportableError } from '../shared/error-fields.ts';
import { isMissing, isPreconditionFailed } from '../shared/s3-client.ts';
import { wholeSha256 } from '../shared/whole-checksums.ts';
import { orGone } from './landing-bucket.ts';
import type { KeptObject, PartedPromotion, Promotion, Vault } from './ports.ts';

export interface VaultBuckets {
  readonly landing: string;
  readonly vault: string;
}

/** The vault as intake writes it: only copies from landing, and never over an object that is there. */
export const vaultBucket = (
  { s3, copier }: { readonly s3: S3Client; readonly copier: S3Client },
  buckets: VaultBuckets,
): Vault => ({
  head: (key) => head(s3, buckets.vault, key),
  copy: (promotion) => copy(copier, buckets, promotion),
  copyInParts: (promotion) => copyParts(copier, buckets, promotion),
});

const head = async (s3: S3Client, bucket: string, key: string): Promise<KeptObject | undefined> => {
  try {
    const answer = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' }));
    const facts = answer.Metadata?.[factsMetadataName];
    return { bytes: answer.ContentLength ?? 0, sha256: wholeSha256(answer), facts };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
};

const copy = async (
  s3: S3Client,
  { landing, vault }: VaultBuckets,
  { source, key, contentType, facts }: Promotion,
): Promise<{ sha256: string } | 'occupied'> => {
  const command = new CopyObjectCommand({
    Bucket: vault,
    Key: key,
    CopySource: copySource(landing, source),
    IfNoneMatch: '*',
    ChecksumAlgorithm: 'SHA256',
    MetadataDirective: 'REPLACE',
    TaggingDirective: 'REPLACE',
    ContentType: contentType,
    Metadata: { [factsMetadataName]: facts },
  });
  try {
    const sha256 = (await orGone(s3.send(command))).CopyObjectResult?.ChecksumSHA256;
    if (sha256 === undefined) throw new ReportableError('S3 answered a copy into the vault without a SHA-256.');
    return { sha256 };
  } catch (error) {
    if (isPreconditionFailed(error)) return 'occupied';
    throw error;
  }
};

/** S3 puts the parts together only if the checksum of the whole is the one that landing keeps. */
const copyParts = async (
  s3: S3Client,
  { landing, vault }: VaultBuckets,
  { source, key, bytes, contentType, facts, crc }: PartedPromotion,
): Promise<'copied' | 'occupied'> => {
  const copied = copyInParts(s3, {
    source: { ...source, bucket: landing },
    target: { bucket: vault, key },
    bytes,
    attributes: { ContentType: contentType, Metadata: { [factsMetadataName]: facts } },
    crc,
    mustBeNew: true,
  });
  try {
    await orGone(copied);
    return 'copied';
  } catch (error) {
    if (isPreconditionFailed(error)) return 'occupied';
    throw error;
  }
};
