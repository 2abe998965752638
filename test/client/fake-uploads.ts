import { maxSinglePutBytes } from '../../core/part-plan.ts';
import type { UploadState } from '../../core/schemas/upload.ts';
import { BeginUpload, CompleteUpload, SignParts } from '../../core/schemas/upload.ts';
import type { FakeAnswer, FakeRequest } from './fake-http.ts';
import type { FakeStorage } from './fake-storage.ts';
import { StorageRefusal } from './fake-storage.ts';

/** One upload as the service remembers it. */
export interface FakeUpload {
  readonly assetId: string;
  readonly facts: BeginUpload;
  readonly bytes: number;
  readonly createdAt: number;
  sha256: string | undefined;
  /** How often its state was asked for after it landed. */
  looks: number;
}

export interface FakeUploadsOptions {
  readonly now: () => number;
  readonly url: () => string;
  /** Bytes of a part; content up to it comes in one PUT. */
  readonly partBytes: number;
  /** How an upload ends, after how many looks at it. */
  readonly end: (upload: FakeUpload) => UploadState;
  readonly looksUntilEnd: number;
  /** Complete answers 202 that many times before S3 is done. */
  readonly runningCompletions: number;
}

export const urlTtlMs = 900_000;
const uploadTtlMs = 24 * 3_600_000;
const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A valid asset id for a number. */
export const assetIdOf = (number: number): string => {
  const digits = [5, 10, 15].map((shift) => crockford[(number >> shift) & 31] ?? '0').reverse();
  return `01JZ8K2M4N6P8Q0R2S4T6V${digits.join('')}${crockford[number & 31]}`;
};

/** `POST /uploads` and all that follows, over a storage. */
export class FakeUploads {
  readonly uploads = new Map<string, FakeUpload>();
  readonly #storage: FakeStorage;
  readonly #options: FakeUploadsOptions;
  readonly #byKey = new Map<string, { assetId: string; body: string }>();
  #running = 0;

  constructor(storage: FakeStorage, options: FakeUploadsOptions) {
    this.#storage = storage;
    this.#options = options;
    this.#running = options.runningCompletions;
  }

  begin({ body, headers }: FakeRequest): FakeAnswer {
    const facts = BeginUpload.parse(JSON.parse(body.toString()));
    const key = headers['idempotency-key'];
    const earlier = key === undefined ? undefined : this.#byKey.get(String(key));
    if (earlier !== undefined && earlier.body !== body.toString()) return problem(422, 'idempotency-mismatch');
    const assetId = earlier?.assetId ?? assetIdOf(this.uploads.size);
    const upload = this.uploads.get(assetId) ?? {
      assetId,
      facts,
      bytes: facts.bytes ?? 0,
      createdAt: this.#options.now(),
      sha256: facts.sha256,
      looks: 0,
    };
    if (key !== undefined) this.#byKey.set(String(key), { assetId, body: body.toString() });
    this.uploads.set(assetId, upload);
    return { status: 201, body: this.#plan(upload, earlier !== undefined) };
  }

  sign(assetId: string, { body }: FakeRequest): FakeAnswer {
    const { partNumbers } = SignParts.parse(JSON.parse(body.toString()));
    const upload = this.uploads.get(assetId);
    if (upload === undefined) return problem(404, 'not-found');
    if (this.#isOver(upload)) return problem(410, 'gone');
    return { status: 200, body: { assetId, expiresAt: this.#urlEnd(), parts: this.#parts(upload, partNumbers) } };
  }

  complete(assetId: string, { body }: FakeRequest): FakeAnswer {
    const { parts, crc32, sha256 } = CompleteUpload.parse(JSON.parse(body.toString()));
    const upload = this.uploads.get(assetId);
    if (upload === undefined) return problem(404, 'not-found');
    if (this.#isOver(upload)) return problem(410, 'gone');
    if (this.#running > 0) {
      this.#running -= 1;
      return { status: 202, body: { assetId, state: 'expected' } };
    }
    upload.sha256 ??= sha256;
    try {
      this.#storage.complete(assetId, parts, crc32);
    } catch (error) {
      if (!(error instanceof StorageRefusal)) throw error;
      if (error.code !== 'NoSuchUpload') return problem(422, 'unprocessable', error.code);
      const state = this.#stateOf(upload);
      return state === undefined ? problem(410, 'gone') : { status: 200, body: state };
    }
    return { status: 200, body: { assetId, state: 'landed' } };
  }

  state(assetId: string): FakeAnswer {
    const upload = this.uploads.get(assetId);
    if (upload === undefined) return problem(404, 'not-found');
    const state = this.#stateOf(upload);
    if (state !== undefined) return { status: 200, body: state };
    return this.#isOver(upload) ? problem(410, 'gone') : { status: 200, body: { assetId, state: 'expected' } };
  }

  abort(assetId: string): FakeAnswer {
    this.#storage.multiparts.delete(assetId);
    return { status: 204 };
  }

  #stateOf(upload: FakeUpload): UploadState | undefined {
    if (!this.#storage.objects.has(upload.assetId)) return undefined;
    upload.looks += 1;
    if (upload.looks <= this.#options.looksUntilEnd) return { assetId: upload.assetId, state: 'landed' };
    return this.#options.end(upload);
  }

  #isOver({ createdAt }: FakeUpload): boolean {
    return this.#options.now() >= createdAt + uploadTtlMs;
  }

  #urlEnd(): string {
    return new Date(this.#options.now() + urlTtlMs).toISOString();
  }

  #plan(upload: FakeUpload, again: boolean): unknown {
    const { assetId, bytes, sha256 } = upload;
    const tokenExpiresAt = new Date(upload.createdAt + uploadTtlMs).toISOString();
    const begun = { assetId, token: tokenOf(assetId), tokenExpiresAt, expiresAt: this.#urlEnd() };
    if (bytes <= Math.min(this.#options.partBytes, maxSinglePutBytes)) {
      const headers = { 'content-type': upload.facts.contentType, 'x-amz-checksum-sha256': sha256 };
      return { ...begun, method: 'put', request: { method: 'PUT', url: this.#url(assetId), headers, bytes } };
    }
    if (!again) this.#storage.multiparts.set(assetId, new Map());
    const count = Math.ceil(bytes / this.#options.partBytes);
    const numbers = Array.from({ length: count }, (_, index) => index + 1);
    const { partBytes } = this.#options;
    return { ...begun, method: 'multipart', partBytes, parts: this.#parts(upload, numbers) };
  }

  #parts({ assetId, bytes }: FakeUpload, numbers: readonly number[]): unknown {
    const { partBytes } = this.#options;
    return numbers.map((partNumber) => ({
      partNumber,
      url: `${this.#url(assetId)}&partNumber=${partNumber}`,
      bytes: Math.min(partBytes, bytes - (partNumber - 1) * partBytes),
    }));
  }

  #url(assetId: string): string {
    return `${this.#options.url()}/storage/${assetId}?expires=${this.#options.now() + urlTtlMs}&X-Amz-Signature=secret`;
  }
}

export const tokenOf = (assetId: string): string => `${assetId}.${'s'.repeat(43)}`;

/** An answer of RFC 9457. */
export const problem = (status: number, code: string, detail = `fake ${code}`, extra: object = {}): FakeAnswer => ({
  status,
  headers: { 'content-type': 'application/problem+json' },
  body: {
    type: `urn:mediakeep:error:${code}`,
    title: code,
    status,
    detail,
    code,
    retryable: status >= 500 || status === 429 || status === 409,
    requestId: 'fake-request',
    ...extra,
  },
});
