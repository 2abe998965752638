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

/** The presigned URLs of an upload's parts, renewed when they have ended. */
export class PartUrls {
  readonly #urls = new Map<number, string>();
  #expiresAtMs: number;
  #renewal: Promise<void> | undefined;
  readonly #connection: Connection;
  readonly #upload: UploadProgress;

  constructor(
    connection: Connection,
    upload: UploadProgress,
    first: { signed: readonly SignedPart[]; expiresAt: string },
  ) {
    this.#connection = connection;
    this.#upload = upload;
    this.#expiresAtMs = Date.parse(first.expiresAt);
    for (const { partNumber, url } of first.signed) this.#urls.set(partNumber, url);
  }

  /** A URL that still lives; parts that ask at the same time share one renewal. */
  async get(partNumber: number, signal?: AbortSignal): Promise<string> {
    for (let round = 0; round < 10; round += 1) {
      const url = this.#urls.get(partNumber);
      if (url !== undefined && this.#expiresAtMs - marginMs > this.#connection.now()) return url;
      this.#renewal ??= this.#renew(partNumber, signal).finally(() => {
        this.#renewal = undefined;
      });
      await this.#renewal;
      const renewed = this.#urls.get(partNumber);
      if (renewed !== undefined) return renewed;
    }
    throw new ServiceError(`The service gives no URL for part ${partNumber}.`, { code: 'internal', retryable: false });
  }

  /** S3 did not take this URL, whatever its time says. */
  forget(partNumber: number): void {
    this.#urls.delete(partNumber);
  }

  async #renew(from: number, signal: AbortSignal | undefined): Promise<void> {
    const count = Math.ceil(this.#upload.bytes / this.#upload.partBytes);
    const partNumbers = Array.from({ length: Math.min(batch, count - from + 1) }, (_, index) => from + index);
    const { value } = await callApi(this.#connection, {
      method: 'POST',
      path: `/uploads/${this.#upload.assetId}/parts`,
      body: { token: this.#upload.token, partNumbers },
      answer: SignedParts,
      signal,
    });
    this.#urls.clear();
    this.#expiresAtMs = Date.parse(value.expiresAt);
    for (const { partNumber, url } of value.parts) this.#urls.set(partNumber, url);
  }
}
