import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { crc32c } from '../../core/checksums/crc32c.ts';
import { Crc64Nvme } from '../../core/checksums/crc64nvme.ts';
import type { ContentCrc } from '../../core/content-crc.ts';

/** What the bytes of a version should make. */
export interface ExpectedDigest {
  readonly algorithm: 'SHA256' | ContentCrc['algorithm'];
  /** base64 */
  readonly value: string;
}

/** The best that is known of a content: the SHA-256, or the CRC that S3 keeps of the whole; undefined where neither is. */
export const expectedDigest = (known: {
  readonly sha256?: string | undefined;
  readonly checksum?: ContentCrc | undefined;
}): ExpectedDigest | undefined =>
  known.sha256 === undefined ? known.checksum : { algorithm: 'SHA256', value: known.sha256 };

/** Reads a content to its end and digests it: base64, as S3 writes checksums. */
export const digestOf = async (
  algorithm: ExpectedDigest['algorithm'],
  content: AsyncIterable<Uint8Array>,
): Promise<string> => {
  const digest = begin(algorithm);
  for await (const bytes of content) digest.update(bytes);
  return digest.digest().toString('base64');
};

interface Digest {
  update(bytes: Uint8Array): unknown;
  digest(): Buffer;
}

const begin = (algorithm: ExpectedDigest['algorithm']): Digest => {
  if (algorithm === 'SHA256') return createHash('sha256');
  if (algorithm === 'CRC64NVME') return new Crc64Nvme();
  return rolling(algorithm === 'CRC32' ? crc32 : crc32c);
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
