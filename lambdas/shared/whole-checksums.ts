import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import type { ContentPart } from '../content.ts';
import { ContentChangedError, noAnswer } from '../errors.ts';
import type { StorageAnswer, StorageRequest, Transport } from '../transport.ts';

/** A storage that says nothing for this long is taken for gone. */
const silenceMs = 120_000;
/** Bodies from here on wait for storage's word that it will take them: a refusal then costs no megabytes. */
const askFirstBytes = 1024 ** 2;
/** A storage that does not know the question gets the body after this time. */
const askPatienceMs = 1_000;
/** So much is handed to the socket at once, which is also how finely progress is told. */
const sliceBytes = 1024 ** 2;

/**
 * The transport for Node: writes a part's buffer to the socket as it is, over kept connections. `fetch` copies each body
 * twice. Destroy the agents by `close` to let the process end at once.
 */
export const httpTransport = (maxSockets = 64): Transport & { close(): void } => {
  const agents = {
    'http:': new http.Agent({ keepAlive: true, maxSockets }),
    'https:': new https.Agent({ keepAlive: true, maxSockets }),
  };
  const transport: Transport = async (request) => {
    const { protocol } = new URL(request.url);
    const open = protocol === 'https:' ? https.request : http.request;
    const agent = protocol === 'https:' ? agents['https:'] : agents['http:'];
    request.signal?.throwIfAborted();
    const outgoing = open(request.url, optionsOf(request, agent));
    try {
      return await exchange(outgoing, request);
    } catch (error) {
      outgoing.destroy();
      request.signal?.throwIfAborted();
      if (error instanceof ContentChangedError) throw error;
      throw noAnswer(request.url, error);
    }
  };
  return Object.assign(transport, { close: () => Object.values(agents).forEach((agent) => void agent.destroy()) });
};

const optionsOf = ({ method, headers, part, signal }: StorageRequest, agent: http.Agent): http.RequestOptions => ({
  method,
  agent,
  headers: {
    ...headers,
    'content-length': part.bytes,
    ...(part.bytes >= askFirstBytes && { expect: '100-continue' }),
  },
  timeout: silenceMs,
  ...(signal && { signal }),
});

const exchange = async (request: http.ClientRequest, { part, onSent }: StorageRequest): Promise<StorageAnswer> => {
  request.on('timeout', () => request.destroy(new Error(`silent for ${silenceMs / 1000} s`)));
  const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
    request.once('response', resolve).on('error', reject);
  });
  await Promise.race([write(request, part, onSent), answered]);
  const response = await answered;
  const body = await text(response);
  // An answer before the end of the body is a refusal; the rest of the body must not be read from the part any more.
  if (!request.writableEnded) request.destroy();
  return {
    status: response.statusCode ?? 0,
    header: (name) => [response.headers[name.toLowerCase()]].flat()[0],
    text: body,
  };
};

const write = async (request: http.ClientRequest, part: ContentPart, onSent?: (bytes: number) => void) => {
  let answered = false;
  request.once('response', () => {
    answered = true;
  });
  if (part.bytes >= askFirstBytes) await firstOf(request, ['continue', 'response', 'close'], askPatienceMs);
  let sentBytes = 0;
  for await (const chunk of part.chunks()) {
    for (let start = 0; start < chunk.length; start += sliceBytes) {
      if (request.destroyed || answered) return;
      const slice = chunk.subarray(start, start + sliceBytes);
      if (!request.write(slice)) await firstOf(request, ['drain', 'close']);
      sentBytes += slice.length;
      onSent?.(sentBytes);
    }
  }
  request.end();
};

/** Resolves at the first of the events, or when the time is over, and leaves no listener behind. */
const firstOf = (request: http.ClientRequest, events: readonly string[], patienceMs?: number): Promise<void> =>
  new Promise((resolve) => {
    const timer = patienceMs === undefined ? undefined : setTimeout(() => done(), patienceMs);
    const done = (): void => {
      clearTimeout(timer);
      for (const event of events) request.off(event, done);
      resolve();
    };
    if (request.destroyed) done();
    else for (const event of events) request.once(event, done);
  });
