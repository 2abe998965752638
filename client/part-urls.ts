import type { SignedPart } from '../core/schemas/upload.ts';
import { SignedParts } from '../core/schemas/upload.ts';
import type { Connection } from './connection.ts';
import { callApi } from './connection.ts';
import { ServiceError } from './errors.ts';
import type { UploadProgress } from './upload-state.ts';

/** How many parts are signed anew at once: what is soon needed, so that few URLs end unused. */
const batch = 100;
/** A URL that ends within this time is not begun with. */
const marginMs = 60_000;
/** On a machine whose clock is ahead every URL seems to have ended; a new one is taken for good at least so long. */
const freshMs = 300_000;

interface SignedUrls {
  readonly parts: readonly SignedPart[];
  /** ISO time. */
  readonly expiresAt: string;
}

/** The presigned URLs of an upload's parts, renewed when they have ended. */
export class PartUrls {
  readonly #urls = new Map<number, { readonly url: string; readonly endsAtMs: number }>();
  readonly #connection: Connection;
  readonly #upload: UploadProgress;
  readonly #count: number;
  #renewal: Promise<void> | undefined;

  constructor(connection: Connection, upload: UploadProgress, first: SignedUrls | undefined) {
    this.#connection = connection;
    this.#upload = upload;
    this.#count = Math.ceil(upload.bytes / upload.partBytes);
    if (first !== undefined) this.#keep(first);
  }

  /** A URL that still lives; parts that ask at the same time share one renewal. */
  async get(partNumber: number, signal?: AbortSignal): Promise<string> {
    for (let round = 0; round < 10; round += 1) {
      const known = this.#urls.get(partNumber);
      if (known !== undefined && known.endsAtMs - marginMs > this.#connection.now()) return known.url;
      this.#renewal ??= this.#renew(partNumber, signal).finally(() => {
        this.#renewal = undefined;
      });
      await this.#renewal;
    }
    throw new ServiceError(`The service gives no URL for part ${partNumber}.`, { code: 'internal', retryable: false });
  }

  /** S3 did not take this URL, whatever its time says. */
  forget(partNumber: number): void {
    this.#urls.delete(partNumber);
  }

  async #renew(from: number, signal: AbortSignal | undefined): Promise<void> {
    const partNumbers = Array.from({ length: Math.min(batch, this.#count - from + 1) }, (_, index) => from + index);
    const { value } = await callApi(this.#connection, {
      method: 'POST',
      path: `/uploads/${this.#upload.assetId}/parts`,
      body: { token: this.#upload.token, partNumbers },
      answer: SignedParts,
      signal,
    });
    this.#keep(value);
  }

  #keep({ parts, expiresAt }: SignedUrls): void {
    const endsAtMs = Math.max(Date.parse(expiresAt), this.#connection.now() + freshMs);
    for (const { partNumber, url } of parts) this.#urls.set(partNumber, { url, endsAtMs });
  }
}
