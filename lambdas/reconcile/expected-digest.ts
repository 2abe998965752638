import type { ContentCrc } from '../../core/content-crc.ts';
import { decodeFacts } from '../../core/facts.ts';
import type { VersionHead } from '../../core/observe/ports.ts';

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

/** The same, of a version as the vault tells of it: intake's SHA-256 stands in its facts. */
export const knownDigest = (head: VersionHead): ExpectedDigest | undefined =>
  expectedDigest({ ...head, sha256: head.sha256 ?? decodeFacts(head.facts)?.digest });
