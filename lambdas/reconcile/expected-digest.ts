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
