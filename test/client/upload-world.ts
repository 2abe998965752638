import type {
  Content,
  ProgressStore,
  UploadEvent,
  UploadFacts,
  UploadOptions,
  UploadProgress,
} from '../../client/index.ts';
import { Mediakeep } from '../../client/index.ts';
import { httpTransport } from '../../client/node/index.ts';
import type { Fault } from './fake-http.ts';
import type { FakeServiceOptions } from './fake-service.ts';
import { startFakeService } from './fake-service.ts';

export const facts: UploadFacts = { class: 'raw-audio', filename: 'talk.wav', contentType: 'audio/wav' };

/** Bytes that differ from place to place. */
export const bytesOf = (length: number, seed = 1): Uint8Array => {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) bytes[index] = index * 31 + (index >> 8) * 7 + seed;
  return bytes;
};

/** Progress in memory, through the text that a file would hold. */
export const memoryStore = (): ProgressStore & { text: string | undefined; saves: number } => ({
  text: undefined,
  saves: 0,
  async load() {
    return this.text === undefined ? undefined : (JSON.parse(this.text) as UploadProgress);
  },
  async save(progress) {
    this.saves += 1;
    this.text = JSON.stringify(progress);
  },
  async remove() {
    this.text = undefined;
  },
});

/** A client of a fake service. */
export const openWorld = async (options: FakeServiceOptions = {}, parallel = 2) => {
  const service = await startFakeService(options);
  const transport = httpTransport();
  let ids = 0;
  const newClient = (signal?: AbortSignal): Mediakeep =>
    new Mediakeep({
      api: service.url,
      token: () => 'token',
      transport,
      backoff: service.backoff,
      now: () => service.clock.now,
      newId: () => `id-${++ids}`,
      parallel,
      ...(signal && { signal }),
    });
  const events: UploadEvent[] = [];
  const client = newClient();
  return {
    service,
    client,
    newClient,
    events,
    upload: (content: Content, more: UploadOptions = {}) =>
      client.upload(content, facts, { onProgress: (event) => events.push(event), ...more }),
    async [Symbol.asyncDispose]() {
      transport.close();
      await service[Symbol.asyncDispose]();
    },
  };
};

/** Lets one fault happen at the n-th request that fits, and none after it. */
export const once = (method: string, path: RegExp, fault: Fault, nth = 1) => {
  let seen = 0;
  return (request: { method: string; path: string }): Fault | undefined => {
    if (request.method !== method || !path.test(request.path)) return undefined;
    seen += 1;
    return seen === nth ? fault : undefined;
  };
};
