import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';
import { type Digest, startDigest } from '../../../core/checksums/digest.ts';
import { AwsError } from '../../aws/aws-error.ts';
import type { ChecksumAlgorithm } from '../checksums/algorithm.ts';

/** Which digests of a content are wanted. */
export interface WantedDigests {
  readonly algorithms: readonly ChecksumAlgorithm[];
  readonly md5: boolean;
  /** The SHA-256 that the signature covers, hexadecimal. */
  readonly payloadSha256: string | undefined;
}

/** What was wanted, computed. */
export interface FinishedDigests {
  /** Hexadecimal. */
  readonly md5: string | undefined;
  /** base64 */
  readonly checksums: Readonly<Partial<Record<ChecksumAlgorithm, string>>>;
}

/** The digests of one content, each computed once as the bytes go by. */
export class ContentDigests {
  readonly #wanted: WantedDigests;
  readonly #md5: Hash | undefined;
  readonly #sha256: Hash | undefined;
  readonly #others: ReadonlyMap<ChecksumAlgorithm, Digest>;

  constructor(wanted: WantedDigests) {
    const { algorithms, md5, payloadSha256 } = wanted;
    this.#wanted = wanted;
    this.#md5 = md5 ? createHash('md5') : undefined;
    this.#sha256 = algorithms.includes('SHA256') || payloadSha256 !== undefined ? createHash('sha256') : undefined;
    const others = algorithms.filter((algorithm) => algorithm !== 'SHA256');
    this.#others = new Map(others.map((algorithm) => [algorithm, startDigest(algorithm)]));
  }

  update(bytes: Buffer): void {
    this.#md5?.update(bytes);
    this.#sha256?.update(bytes);
    for (const digest of this.#others.values()) digest.update(bytes);
  }

  /** Ends the digests; refuses content whose SHA-256 is not the signed one. */
  finish(): FinishedDigests {
    const sha256 = this.#sha256?.digest();
    const { payloadSha256 } = this.#wanted;
    if (payloadSha256 !== undefined && sha256?.toString('hex') !== payloadSha256) {
      throw new AwsError(
        'XAmzContentSHA256Mismatch',
        400,
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
        { ClientComputedContentSHA256: payloadSha256, S3ComputedContentSHA256: sha256?.toString('hex') ?? '' },
      );
    }
    const checksums: Partial<Record<ChecksumAlgorithm, string>> = {};
    for (const [algorithm, digest] of this.#others) checksums[algorithm] = digest.digest().toString('base64');
    if (sha256 !== undefined) checksums.SHA256 = sha256.toString('base64');
    return { md5: this.#md5?.digest('hex'), checksums };
  }
}
