import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import type { ContentCrc } from '../../core/content-crc.ts';

type Checksums = Pick<
  HeadObjectCommandOutput,
  'ChecksumCRC32' | 'ChecksumCRC32C' | 'ChecksumCRC64NVME' | 'ChecksumSHA256' | 'ChecksumType'
>;

/** A composite checksum, `…-4`, is made of the parts' digests and says nothing about the content as a whole. */
export const wholeSha256 = ({ ChecksumSHA256, ChecksumType }: Checksums): string | undefined =>
  ChecksumType === 'COMPOSITE' || ChecksumSHA256?.includes('-') ? undefined : ChecksumSHA256;

/** The CRC of the whole that S3 keeps; undefined where it keeps none. */
export const wholeCrc = (checksums: Checksums): ContentCrc | undefined => {
  if (checksums.ChecksumType === 'COMPOSITE') return undefined;
  const { ChecksumCRC64NVME, ChecksumCRC32C, ChecksumCRC32 } = checksums;
  if (ChecksumCRC64NVME !== undefined) return { algorithm: 'CRC64NVME', value: ChecksumCRC64NVME };
  if (ChecksumCRC32C !== undefined) return { algorithm: 'CRC32C', value: ChecksumCRC32C };
  return ChecksumCRC32 === undefined ? undefined : { algorithm: 'CRC32', value: ChecksumCRC32 };
};
