import { AwsError } from '../aws/aws-error.ts';
import { ChunkSignatures } from './chunk-signature.ts';
import type { VerifiedSignature } from './signed-request.ts';

const maxLineBytes = 16 * 1024;
const minChunkBytes = 8192;
const CR = 13;
const LF = 10;

/** True where `x-amz-content-sha256` says that the body comes in chunks of its own (`aws-chunked`). */
export const isChunked = (payloadHash: string): boolean => payloadHash.startsWith('STREAMING-');

/**
 * Decodes an `aws-chunked` body: `size[;chunk-signature=…]\r\n` bytes `\r\n` …, a chunk of size 0, and, in the forms that
 * end in `-TRAILER`, trailing headers. Signed forms are verified chunk by chunk.
 */
export class ChunkedPayload {
  /** Trailing headers by lower-case name. */
  readonly trailers = new Map<string, string>();
  readonly #signatures: ChunkSignatures | undefined;
  readonly #hasTrailers: boolean;
  #state: 'size' | 'data' | 'data-end' | 'trailer' | 'done' = 'size';
  #line: Buffer[] = [];
  #lineBytes = 0;
  #left = 0;
  #chunkSignature = '';
  #lastSize = minChunkBytes;
  #trailerLines = '';
  #trailerSignature: string | undefined;

  constructor(signature: VerifiedSignature) {
    const signed = signature.payloadHash.startsWith('STREAMING-AWS4-HMAC-SHA256-PAYLOAD');
    this.#signatures = signed ? new ChunkSignatures(signature) : undefined;
    this.#hasTrailers = signature.payloadHash.endsWith('-TRAILER');
  }

  /** Takes received bytes and answers the content that they carry. */
  decode(input: Buffer): Buffer[] {
    const content: Buffer[] = [];
    let offset = 0;
    while (offset < input.length) {
      if (this.#state === 'done') throw malformed('there are bytes after its end');
      if (this.#state === 'data') {
        const piece = input.subarray(offset, offset + this.#left);
        this.#takeData(piece);
        content.push(piece);
        offset += piece.length;
      } else {
        offset = this.#takeLine(input, offset);
      }
    }
    return content;
  }

  /** To be called at the end of the body: refuses one that stops before its last chunk or trailer. */
  end(): void {
    if (this.#state !== 'done') throw new AwsError('IncompleteBody', 400, 'The request body terminated unexpectedly');
  }

  #takeData(piece: Buffer): void {
    this.#signatures?.update(piece);
    this.#left -= piece.length;
    if (this.#left > 0) return;
    this.#signatures?.endChunk(this.#chunkSignature);
    this.#state = 'data-end';
  }

  #takeLine(input: Buffer, start: number): number {
    const end = input.indexOf(LF, start);
    const piece = input.subarray(start, end === -1 ? input.length : end + 1);
    this.#line.push(piece);
    this.#lineBytes += piece.length;
    if (this.#lineBytes > maxLineBytes) throw malformed('a line in it is too long');
    if (end !== -1) {
      const whole = this.#line.length === 1 ? piece : Buffer.concat(this.#line);
      this.#line = [];
      this.#lineBytes = 0;
      this.#endLine(lineText(whole));
    }
    return start + piece.length;
  }

  #endLine(line: string): void {
    if (this.#state === 'size') this.#startChunk(line);
    else if (this.#state === 'trailer') this.#addTrailer(line);
    else if (line === '') this.#state = 'size';
    else throw malformed('a chunk is longer than it says');
  }

  #startChunk(line: string): void {
    const match = /^([0-9a-fA-F]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line);
    if (match?.[1] === undefined) throw malformed('a chunk does not begin with its size');
    if ((match[2] === undefined) !== (this.#signatures === undefined)) {
      throw malformed('its chunks must carry a chunk-signature exactly where x-amz-content-sha256 says so');
    }
    const size = Number.parseInt(match[1], 16);
    if (size > 0 && this.#lastSize < minChunkBytes) throw smallChunk();
    this.#lastSize = size;
    this.#chunkSignature = match[2] ?? '';
    this.#left = size;
    this.#state = 'data';
    if (size > 0) return;
    this.#signatures?.endChunk(this.#chunkSignature);
    this.#state = 'trailer';
  }

  #addTrailer(line: string): void {
    if (line === '') {
      this.#endTrailers();
      return;
    }
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (!this.#hasTrailers || colon < 1 || this.trailers.has(name))
      throw malformed('it ends in headers that were not announced');
    if (name === 'x-amz-trailer-signature') {
      this.#trailerSignature = value;
      return;
    }
    this.trailers.set(name, value);
    this.#trailerLines += `${name}:${value}\n`;
  }

  #endTrailers(): void {
    this.#state = 'done';
    if (!this.#hasTrailers) return;
    if (this.#signatures === undefined) return;
    this.#signatures.endTrailers(this.#trailerLines, this.#trailerSignature ?? '');
  }
}

const lineText = (bytes: Buffer): string => {
  const withoutBreak = bytes.subarray(0, bytes.length - (bytes.at(-2) === CR ? 2 : 1));
  return withoutBreak.toString('latin1');
};

const malformed = (what: string): AwsError =>
  new AwsError('InvalidRequest', 400, `The aws-chunked request body is malformed: ${what}.`);

const smallChunk = (): AwsError =>
  new AwsError(
    'InvalidChunkSizeError',
    403,
    `Only the last chunk is allowed to have a size less than ${minChunkBytes} bytes`,
  );
