import { AwsError } from '../../aws/aws-error.ts';
import type { Checksum } from '../checksums/algorithm.ts';
import type { RequestedChecksum } from '../checksums/requested-checksum.ts';
import { badChecksum, requestedChecksum } from '../checksums/requested-checksum.ts';
import { ContentDigests } from '../objects/content-digests.ts';
import { ContentSink } from '../objects/content-sink.ts';
import { maxSinglePutBytes } from '../objects/put-object.ts';
import type { S3Request } from '../protocol/request.ts';
import type { Blobs, Segment } from '../store/blobs.ts';
import type { LengthRange } from './post-policy.ts';

/** The file of a form on its way into the store. */
export class FormFile {
  readonly #requested: RequestedChecksum | undefined;
  readonly #range: LengthRange;
  readonly #digests: ContentDigests;
  readonly #sink: ContentSink;

  constructor(blobs: Blobs, request: S3Request, { md5, range }: { md5: boolean; range: LengthRange | undefined }) {
    this.#requested = requestedChecksum(request.headers);
    this.#range = { min: range?.min ?? 0, max: Math.min(range?.max ?? maxSinglePutBytes, maxSinglePutBytes) };
    this.#digests = new ContentDigests({ algorithms: [this.#algorithm], md5, payloadSha256: undefined });
    this.#sink = new ContentSink(blobs);
  }

  write(bytes: Buffer): Promise<void> | undefined {
    const { max } = this.#range;
    if (this.#sink.size + bytes.length > max) {
      const message = 'Your proposed upload exceeds the maximum allowed size';
      throw new AwsError('EntityTooLarge', 400, message, {
        ProposedSize: String(this.#sink.size + bytes.length),
        MaxSizeAllowed: String(max),
      });
    }
    this.#digests.update(bytes);
    return this.#sink.write(bytes);
  }

  async finish(): Promise<{ size: number; md5: string | undefined; checksum: Checksum; segments: readonly Segment[] }> {
    const { size } = this.#sink;
    const { min } = this.#range;
    if (size < min) {
      const message = 'Your proposed upload is smaller than the minimum allowed size';
      throw new AwsError('EntityTooSmall', 400, message, { ProposedSize: String(size), MinSizeAllowed: String(min) });
    }
    const { md5, checksums } = this.#digests.finish();
    const algorithm = this.#algorithm;
    const value = checksums[algorithm] ?? '';
    if (this.#requested?.value !== undefined && this.#requested.value !== value) throw badChecksum(algorithm);
    return { size, md5, checksum: { algorithm, value, type: 'FULL_OBJECT' }, segments: await this.#sink.finish() };
  }

  discard(): Promise<void> {
    return this.#sink.discard();
  }

  get #algorithm(): Checksum['algorithm'] {
    return this.#requested?.algorithm ?? 'CRC64NVME';
  }
}
