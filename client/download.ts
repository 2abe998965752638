import { ContentLink } from '../core/schemas/asset.ts';
import { withRetries } from './backoff.ts';
import type { Connection } from './connection.ts';
import { callApi, eitherSignal, retryVerdict } from './connection.ts';
import { noAnswer, ServiceError } from './errors.ts';
import { createSha256 } from './sha256.ts';
import { StorageError, storageRefusal } from './transport.ts';

/** Content on its way: what it is, and its bytes, which fail at their end if they are not what was stored. */
export interface Download {
  readonly link: ContentLink;
  /** To be read once. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/**
 * Finds the content of one version; its bytes come as they are asked for. A connection that breaks is taken up again where it ended,
 * at the same version.
 */
export const download = async (
  connection: Connection,
  assetId: string,
  options: { versionId?: string; signal?: AbortSignal },
): Promise<Download> => {
  const signal = eitherSignal(connection.signal, options.signal);
  const link = await askLink(connection, assetId, options.versionId, signal);
  return { link, bytes: verified(new ContentReader(connection, link, signal), link) };
};

const askLink = async (
  connection: Connection,
  assetId: string,
  versionId: string | undefined,
  signal: AbortSignal | undefined,
): Promise<ContentLink> => {
  const path = `/assets/${assetId}/content`;
  const query = { versionId };
  return (await callApi(connection, { method: 'GET', path, query, answer: ContentLink, signal })).value;
};

/** Reads the bytes of one version, over as many connections as it takes. */
class ContentReader {
  readonly #connection: Connection;
  readonly #signal: AbortSignal | undefined;
  readonly #link: ContentLink;
  #url: string;
  #received = 0;
  #body: AsyncIterator<Uint8Array> | undefined;

  constructor(connection: Connection, link: ContentLink, signal: AbortSignal | undefined) {
    this.#connection = connection;
    this.#signal = signal;
    this.#link = link;
    this.#url = link.url;
  }

  /** The next bytes; undefined at the end. */
  async next(): Promise<Uint8Array | undefined> {
    return await this.#retried(async () => {
      this.#body ??= await this.#request();
      const { done, value } = await this.#step(this.#body);
      if (done) return undefined;
      this.#received += value.length;
      return value;
    });
  }

  async close(): Promise<void> {
    await this.#body?.return?.();
  }

  async #step(body: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
    try {
      return await body.next();
    } catch (error) {
      this.#body = undefined;
      this.#signal?.throwIfAborted();
      throw noAnswer(this.#url, error);
    }
  }

  async #request(): Promise<AsyncIterator<Uint8Array>> {
    const headers: Record<string, string> = this.#received === 0 ? {} : { range: `bytes=${this.#received}-` };
    const response = await this.#fetch(headers);
    const expected = this.#received === 0 ? 200 : 206;
    if (response.status === expected) return chunksOf(response);
    const text = await response.text();
    const refusal = storageRefusal({
      status: response.status,
      text,
      header: (name) => response.headers.get(name) ?? '',
    });
    if (refusal.isExpired) await this.#renewLink();
    throw refusal;
  }

  async #fetch(headers: Record<string, string>): Promise<Response> {
    try {
      return await this.#connection.fetch(this.#url, { headers, signal: this.#signal ?? null });
    } catch (error) {
      this.#signal?.throwIfAborted();
      throw noAnswer(this.#url, error);
    }
  }

  async #renewLink(): Promise<void> {
    const { assetId, versionId } = this.#link;
    this.#url = (await askLink(this.#connection, assetId, versionId, this.#signal)).url;
  }

  #retried<T>(call: () => Promise<T>): Promise<T> {
    return withRetries(call, {
      ...this.#connection.backoff,
      signal: this.#signal,
      retryable: (error) => (error instanceof StorageError && error.isExpired) || retryVerdict(error),
    });
  }
}

async function* chunksOf(response: Response): AsyncGenerator<Uint8Array> {
  for await (const chunk of response.body ?? []) yield chunk;
}

async function* verified(reader: ContentReader, link: ContentLink): AsyncIterable<Uint8Array> {
  const hash = createSha256();
  let received = 0;
  try {
    for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) {
      hash.update(chunk);
      received += chunk.length;
      yield chunk;
    }
  } finally {
    await reader.close();
  }
  const complete = link.bytes === undefined || received === link.bytes;
  if (complete && (link.sha256 === undefined || link.sha256 === hash.digestBase64())) return;
  throw new ServiceError(
    `The content of ${link.assetId} arrived with ${received} bytes and is not what was stored. Download it again.`,
    { code: 'storage', retryable: true },
  );
}
