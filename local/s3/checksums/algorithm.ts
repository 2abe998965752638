import { hash } from 'node:crypto';
import { type DigestAlgorithm, digestAlgorithms, startDigest } from '../../../core/checksums/digest.ts';
import type { CrcKind } from './crc-combine.ts';
import { combineCrcs, crc32cKind, crc32Kind, crc64NvmeKind } from './crc-combine.ts';

export const checksumAlgorithms = digestAlgorithms;
export type ChecksumAlgorithm = DigestAlgorithm;

/** Of the whole content, or of the digests of its parts. */
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

/** A checksum that S3 keeps with an object or a part; a composite one ends in `-` and the number of parts. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** base64 */
  readonly value: string;
  readonly type: ChecksumType;
}

const crcs: Partial<Record<ChecksumAlgorithm, CrcKind>> = {
  CRC32: crc32Kind,
  CRC32C: crc32cKind,
  CRC64NVME: crc64NvmeKind,
};
const digestBytes: Record<ChecksumAlgorithm, number> = { CRC32: 4, CRC32C: 4, CRC64NVME: 8, SHA1: 20, SHA256: 32 };

/** `x-amz-checksum-crc64nvme` */
export const checksumHeader = (algorithm: ChecksumAlgorithm): string => `x-amz-checksum-${algorithm.toLowerCase()}`;

/** True for the name of an algorithm. */
export const isChecksumAlgorithm = (name: string): name is ChecksumAlgorithm =>
  checksumAlgorithms.some((algorithm) => algorithm === name);

/** The algorithm that a header `x-amz-checksum-…` names. */
export const algorithmOfHeader = (name: string): ChecksumAlgorithm | undefined =>
  checksumAlgorithms.find((algorithm) => checksumHeader(algorithm) === name);

/** True for base64 of exactly the algorithm's length. */
export const isChecksumValue = (algorithm: ChecksumAlgorithm, value: string): boolean => {
  const bytes = Buffer.from(value, 'base64');
  return bytes.length === digestBytes[algorithm] && bytes.toString('base64') === value;
};

/** CRCs can be told of a whole object from its parts; digests of the SHA family cannot. */
export const isCrc = (algorithm: ChecksumAlgorithm): boolean => crcs[algorithm] !== undefined;

/** The checksum of a whole object from those of its parts, base64. */
export const combineChecksums = (
  algorithm: ChecksumAlgorithm,
  type: ChecksumType,
  parts: readonly { readonly value: string; readonly bytes: number }[],
): string => {
  const crc = crcs[algorithm];
  if (type === 'COMPOSITE') return `${compositeOf(algorithm, parts)}-${parts.length}`;
  if (crc === undefined) throw new TypeError(`${algorithm} of a whole object cannot be told from its parts.`);
  const values = parts.map(({ value, bytes }) => ({
    value: BigInt(`0x${Buffer.from(value, 'base64').toString('hex')}`),
    bytes,
  }));
  const hex = combineCrcs(crc, values)
    .toString(16)
    .padStart(digestBytes[algorithm] * 2, '0');
  return Buffer.from(hex, 'hex').toString('base64');
};

const compositeOf = (algorithm: ChecksumAlgorithm, parts: readonly { readonly value: string }[]): string => {
  const digests = Buffer.concat(parts.map(({ value }) => Buffer.from(value, 'base64')));
  if (algorithm === 'SHA256' || algorithm === 'SHA1') return hash(algorithm.toLowerCase(), digests, 'base64');
  const digest = startDigest(algorithm);
  digest.update(digests);
  return digest.digest().toString('base64');
};
