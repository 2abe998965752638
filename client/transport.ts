import { retryAfter } from './answer.ts';
import type { ContentPart } from './content.ts';
import { noAnswer, ServiceError } from './errors.ts';

/** A presigned request with its content. */
export interface StorageRequest {
  readonly method: 'PUT' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly part: ContentPart;
  readonly signal?: AbortSignal | undefined;
  /** Told how many bytes of the part have left, where the transport can know. */
  readonly onSent?: (bytes: number) => void;
}

export interface StorageAnswer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly text: string;
}

/**
 * Sends one presigned request; throws a `network` {@link ServiceError} where no answer comes. Once it has settled it reads
 * the part no more, so that the part's memory can be used again.
 */
export type Transport = (request: StorageRequest) => Promise<StorageAnswer>;

/** S3 refused a presigned request. */
export class StorageError extends ServiceError {
  /** S3's own code, `AccessDenied`, `NoSuchUpload`; empty where the answer names none. */
  readonly storageCode: string;

  constructor(status: number, storageCode: string, details: { message?: string; retryAfterMs?: number | undefined }) {
    const reason = details.message ? `: ${details.message}` : '';
    super(`Storage refused with ${status} ${storageCode}${reason}`, {
      code: 'storage',
      status,
      retryable: isTransient(status, storageCode),
      retryAfterMs: details.retryAfterMs,
    });
    this.name = 'StorageError';
    this.storageCode = storageCode;
  }

  /** The URL has ended, or the credentials that signed it have. */
  get isExpired(): boolean {
    return this.status === 403 || this.storageCode === 'ExpiredToken';
  }
}

/** Sends through the transport; throws {@link StorageError} for anything but success. */
export const sendToStorage = async (transport: Transport, request: StorageRequest): Promise<StorageAnswer> => {
  const answer = await transport(request);
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw storageRefusal(answer);
};

/** The error that an answer of S3 other than success is. */
export const storageRefusal = ({ status, text, header }: StorageAnswer): StorageError => {
  const code = /<Code>([\w.]+)<\/Code>/.exec(text)?.[1] ?? '';
  const message = /<Message>([^<]*)<\/Message>/.exec(text)?.[1] ?? '';
  return new StorageError(status, code, { message, retryAfterMs: retryAfter(header('retry-after')) });
};

/** Codes that S3 uses for what passes by itself: bodies that arrived late, cut short or damaged, and concurrent requests. */
const transientCodes = [
  'RequestTimeout',
  'IncompleteBody',
  'BadDigest',
  'SlowDown',
  'ConditionalRequestConflict',
  'OperationAborted',
];

const isTransient = (status: number, code: string): boolean =>
  status >= 500 || status === 429 || status === 408 || transientCodes.includes(code);

/** Browsers set these themselves and forbid others to. */
const ownedByFetch = new Set(['content-length', 'host', 'connection']);

/** The transport for browsers: the platform streams a Blob and knows its length. */
export const fetchTransport =
  (send: typeof fetch = (input, init) => fetch(input, init)): Transport =>
  async ({ method, url, headers, part, signal }) => {
    const body = part.blob ?? new Blob(await collect(part));
    const given = Object.entries(headers).filter(([name]) => !ownedByFetch.has(name.toLowerCase()));
    try {
      const response = await send(url, { method, headers: given, body, signal: signal ?? null });
      const text = await response.text();
      return { status: response.status, header: (name) => response.headers.get(name) ?? undefined, text };
    } catch (error) {
      signal?.throwIfAborted();
      throw noAnswer(url, error);
    }
  };

const collect = async (part: ContentPart): Promise<BlobPart[]> => {
  const chunks: BlobPart[] = [];
  for await (const chunk of part.chunks()) chunks.push(new Uint8Array(chunk));
  return chunks;
};
