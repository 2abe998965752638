import { AwsError } from '../../aws/aws-error.ts';
import { ChunkedPayload, isChunked } from '../../sigv4/chunked-payload.ts';
import type { Checksum, ChecksumAlgorithm } from '../checksums/algorithm.ts';
import { checksumHeader } from '../checksums/algorithm.ts';
import type { RequestedChecksum } from '../checksums/requested-checksum.ts';
import { badChecksum, requestedChecksum, requireChecksumValue } from '../checksums/requested-checksum.ts';
import { consume, incompleteBody } from '../protocol/consume.ts';
import { invalidRequest } from '../protocol/errors.ts';
import type { S3Request } from '../protocol/request.ts';
import { header } from '../protocol/request.ts';
import type { Blobs, Segment } from '../store/blobs.ts';
import type { FinishedDigests } from './content-digests.ts';
import { ContentDigests } from './content-digests.ts';
import { ContentSink } from './content-sink.ts';

/** Content that has arrived, been verified and stored in a file, but belongs to no object yet. */
export interface ReceivedContent {
  readonly size: number;
  /** Hexadecimal; undefined where nobody asked for it. */
  readonly md5: string | undefined;
  /** Of the algorithm that the client sent, else of the fallback. */
  readonly checksum: Checksum;
  /** The algorithm whose checksum the client sent. */
  readonly sentAlgorithm: ChecksumAlgorithm | undefined;
  /** base64, by algorithm. */
  readonly checksums: FinishedDigests['checksums'];
  readonly segments: readonly Segment[];
}

/** How content is received. */
export interface ReceiveOptions {
  readonly maxBytes: number;
  /** The tag of the content is its MD5. */
  readonly md5: boolean;
  /** Computed where the client sends no checksum. */
  readonly fallback: ChecksumAlgorithm;
  /** Computed whatever the client sends. */
  readonly always?: ChecksumAlgorithm;
}

/** Takes the body of an upload: decodes it, verifies length, digests and chunk signatures, and stores it. */
export const receiveContent = async (
  blobs: Blobs,
  request: S3Request,
  { maxBytes, md5, fallback, always }: ReceiveOptions,
): Promise<ReceivedContent> => {
  const requested = requestedChecksum(request.headers);
  const contentMd5 = requestedMd5(request);
  const payloadHash = request.aws.signature?.payloadHash ?? 'UNSIGNED-PAYLOAD';
  const size = declaredSize(request, isChunked(payloadHash), maxBytes);
  const algorithm = requested?.algorithm ?? fallback;
  const payloadSha256 = /^[0-9a-f]{64}$/.test(payloadHash) ? payloadHash : undefined;
  const algorithms = [...new Set([algorithm, always ?? algorithm])];
  const digests = new ContentDigests({ algorithms, md5: md5 || contentMd5 !== undefined, payloadSha256 });
  const sink = new ContentSink(blobs);
  try {
    const chunked = await readBody(request, { payloadHash, digests, sink, size });
    if (sink.size !== size) throw incompleteBody();
    const result = digests.finish();
    if (contentMd5 !== undefined && contentMd5 !== result.md5) throw badMd5(contentMd5, result.md5 ?? '');
    const value = result.checksums[algorithm] ?? '';
    if (requested !== undefined) verifyChecksum(requested, chunked, value);
    const segments = await sink.finish();
    const checksum: Checksum = { algorithm, value, type: 'FULL_OBJECT' };
    return { size, ...result, checksum, sentAlgorithm: requested?.algorithm, segments };
  } catch (error) {
    await sink.discard();
    throw error;
  }
};

interface ReadTarget {
  readonly payloadHash: string;
  readonly digests: ContentDigests;
  readonly sink: ContentSink;
  readonly size: number;
}

const readBody = async (request: S3Request, target: ReadTarget): Promise<ChunkedPayload | undefined> => {
  const { digests, sink, size } = target;
  const take = (piece: Buffer): Promise<void> | undefined => {
    if (sink.size + piece.length > size) throw invalidRequest('The body is longer than its declared length.');
    digests.update(piece);
    return sink.write(piece);
  };
  const { signature } = request.aws;
  if (signature === undefined || !isChunked(target.payloadHash)) {
    await consume(request.aws.http, take);
    return undefined;
  }
  const chunked = new ChunkedPayload(signature);
  await consume(request.aws.http, (piece) => {
    const pending = chunked
      .decode(piece)
      .map(take)
      .filter((promise) => promise !== undefined);
    return pending.length === 0 ? undefined : Promise.all(pending).then(() => undefined);
  });
  chunked.end();
  return chunked;
};

const verifyChecksum = (requested: RequestedChecksum, chunked: ChunkedPayload | undefined, actual: string): void => {
  const { algorithm } = requested;
  const value = requested.value ?? chunked?.trailers.get(checksumHeader(algorithm));
  if (value === undefined)
    throw new AwsError(
      'MalformedTrailerError',
      400,
      'The request contained trailing data that was not well-formed or did not conform to our published schema.',
    );
  requireChecksumValue(algorithm, value);
  if (value !== actual) throw badChecksum(algorithm);
};

const declaredSize = (request: S3Request, chunked: boolean, maxBytes: number): number => {
  const text = header(request, chunked ? 'x-amz-decoded-content-length' : 'content-length');
  if (text === undefined || !/^\d{1,15}$/.test(text)) {
    throw new AwsError('MissingContentLength', 411, 'You must provide the Content-Length HTTP header.');
  }
  const size = Number(text);
  if (size <= maxBytes) return size;
  throw new AwsError('EntityTooLarge', 400, 'Your proposed upload exceeds the maximum allowed size', {
    ProposedSize: text,
    MaxSizeAllowed: String(maxBytes),
  });
};

const requestedMd5 = (request: S3Request): string | undefined => {
  const text = header(request, 'content-md5');
  if (text === undefined) return undefined;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === 16 && bytes.toString('base64') === text) return bytes.toString('hex');
  throw new AwsError('InvalidDigest', 400, 'The Content-MD5 you specified was invalid.', { 'Content-MD5': text });
};

const badMd5 = (expected: string, actual: string): AwsError =>
  new AwsError('BadDigest', 400, 'The Content-MD5 you specified did not match what we received.', {
    ExpectedDigest: expected,
    CalculatedDigest: actual,
  });
