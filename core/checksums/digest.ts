import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { crc32c } from './crc32c.ts';
import { Crc64Nvme } from './crc64nvme.ts';

/** Every checksum of S3 that the platform computes itself. */
export const digestAlgorithms = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;
export type DigestAlgorithm = (typeof digestAlgorithms)[number];

/** A digest that takes content as it arrives. */
export interface Digest {
  update(bytes: Uint8Array): void;
  /** The bytes of the value, most significant first. */
  digest(): Buffer;
}

/** Starts a digest of an algorithm. */
export const startDigest = (algorithm: DigestAlgorithm): Digest => {
  if (algorithm === 'SHA1') return createHash('sha1');
  if (algorithm === 'SHA256') return createHash('sha256');
  if (algorithm === 'CRC64NVME') return new Crc64Nvme();
  return rolling(algorithm === 'CRC32' ? crc32 : crc32c);
};

/** Reads a content to its end and digests it: base64, as S3 writes checksums. */
export const digestOf = async (algorithm: DigestAlgorithm, content: AsyncIterable<Uint8Array>): Promise<string> => {
  const digest = startDigest(algorithm);
  for await (const bytes of content) digest.update(bytes);
  return digest.digest().toString('base64');
};

const rolling = (step: (bytes: Uint8Array, before: number) => number): Digest => {
  let value = 0;
  return {
    update(bytes) {
      value = step(bytes, value);
    },
    digest() {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value >>> 0);
      return bytes;
    },
  };
};
