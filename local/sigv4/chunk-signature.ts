import { createHash, hash } from 'node:crypto';
import { signatureDoesNotMatch } from './signature-errors.ts';
import type { VerifiedSignature } from './signed-request.ts';
import { signaturesEqual, signText } from './signing-key.ts';

const emptyHash = hash('sha256', '', 'hex');

/** The chain of signatures over the chunks of a streaming body: each covers its chunk and the signature before it. */
export class ChunkSignatures {
  readonly #request: VerifiedSignature;
  #previous: string;
  #digest = createHash('sha256');

  constructor(request: VerifiedSignature) {
    this.#request = request;
    this.#previous = request.signature;
  }

  /** Takes bytes of the current chunk. */
  update(bytes: Uint8Array): void {
    this.#digest.update(bytes);
  }

  /** Ends the current chunk and compares its signature. */
  endChunk(given: string): void {
    const digest = this.#digest.digest('hex');
    this.#digest = createHash('sha256');
    this.#check('AWS4-HMAC-SHA256-PAYLOAD', `${emptyHash}\n${digest}`, given);
  }

  /** Compares the signature of the trailers, each a line `name:value\n`. */
  endTrailers(lines: string, given: string): void {
    this.#check('AWS4-HMAC-SHA256-TRAILER', hash('sha256', lines, 'hex'), given);
  }

  #check(algorithm: string, end: string, given: string): void {
    const { accessKeyId, date, scope, signingKey } = this.#request;
    const text = `${algorithm}\n${date}\n${scope}\n${this.#previous}\n${end}`;
    const expected = signText(signingKey, text);
    if (!signaturesEqual(expected, given)) {
      throw signatureDoesNotMatch({ AWSAccessKeyId: accessKeyId, StringToSign: text, SignatureProvided: given });
    }
    this.#previous = expected;
  }
}
