import type { BackoffSource } from '../../client/backoff.ts';
import type { UploadState } from '../../core/schemas/upload.ts';
import type { FakeAnswer, FakeRequest, FakeServer, FaultPlan } from './fake-http.ts';
import { startFakeServer } from './fake-http.ts';
import { FakeStorage, StorageRefusal } from './fake-storage.ts';
import type { FakeUploadsOptions } from './fake-uploads.ts';
import { FakeUploads, problem } from './fake-uploads.ts';

export type Route = (request: FakeRequest) => FakeAnswer | undefined;

export interface FakeServiceOptions extends Partial<Omit<FakeUploadsOptions, 'now' | 'url'>> {
  readonly faults?: FaultPlan;
  /** Answers what uploads and storage do not. */
  readonly route?: Route;
  readonly discards?: boolean;
}

/** A service with its storage in this process, with a clock of its own. */
export interface FakeService extends AsyncDisposable {
  readonly url: string;
  readonly storage: FakeStorage;
  readonly uploads: FakeUploads;
  readonly requests: { method: string; path: string; headers: FakeRequest['headers'] }[];
  readonly openSockets: FakeServer['openSockets'];
  readonly clock: { now: number };
  /** Waits that pass at once and move the clock. */
  readonly backoff: BackoffSource & { readonly waits: number[] };
}

const stored = ({ assetId }: { assetId: string }): UploadState => ({ assetId, state: 'stored' });

export const startFakeService = async (options: FakeServiceOptions = {}): Promise<FakeService> => {
  const clock = { now: Date.parse('2026-03-01T00:00:00Z') };
  const storage = new FakeStorage({ discards: options.discards ?? false });
  const uploads = new FakeUploads(storage, {
    now: () => clock.now,
    url: () => server.url,
    partBytes: 1000,
    end: stored,
    looksUntilEnd: 1,
    runningCompletions: 0,
    ...options,
  });
  const requests: FakeService['requests'] = [];
  const respond = (request: FakeRequest): FakeAnswer => {
    requests.push({ method: request.method, path: request.path, headers: request.headers });
    return (
      storageAnswer(request, storage, clock) ??
      uploadAnswer(request, uploads) ??
      options.route?.(request) ??
      problem(404, 'not-found', 'No route has this path.')
    );
  };
  const server = await startFakeServer(respond, options.faults ?? (() => undefined));
  const waits: number[] = [];
  const backoff = {
    waits,
    random: () => 0.5,
    sleep: async (ms: number, signal?: AbortSignal) => {
      waits.push(ms);
      clock.now += ms;
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
    },
  };
  const { url, openSockets } = server;
  return {
    url,
    storage,
    uploads,
    requests,
    openSockets,
    clock,
    backoff,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
};

const storageAnswer = (
  { method, path, query, headers, body }: FakeRequest,
  storage: FakeStorage,
  clock: { now: number },
): FakeAnswer | undefined => {
  const key = /^\/storage\/(\w+)$/.exec(path)?.[1];
  if (key === undefined || method !== 'PUT') return undefined;
  try {
    if (clock.now >= Number(query.get('expires'))) throw new StorageRefusal(403, 'AccessDenied', 'Request has expired');
    const partNumber = query.get('partNumber');
    if (partNumber === null) {
      const { etag } = storage.put(key, body, String(headers['x-amz-checksum-sha256']));
      return { status: 200, headers: { etag } };
    }
    const part = storage.putPart(key, Number(partNumber), body);
    return { status: 200, headers: { etag: part.etag, 'x-amz-checksum-crc32': part.crc32 } };
  } catch (error) {
    if (error instanceof StorageRefusal) return storageProblem(error.status, error.code, error.message);
    throw error;
  }
};

/** A refusal of S3. */
export const storageProblem = (status: number, code: string, message = code): FakeAnswer => ({
  status,
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
});

const uploadAnswer = (request: FakeRequest, uploads: FakeUploads): FakeAnswer | undefined => {
  const { method, path } = request;
  if (path === '/uploads') return uploads.begin(request);
  const [, assetId = '', action] = /^\/uploads\/(\w+)(?:\/(\w+))?$/.exec(path) ?? [];
  if (assetId === '') return undefined;
  if (action === 'parts') return uploads.sign(assetId, request);
  if (action === 'complete') return uploads.complete(assetId, request);
  return method === 'DELETE' ? uploads.abort(assetId) : uploads.state(assetId);
};
