import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import type { ContentPart } from '../content.ts';
import { ContentChangedError, noAnswer } from '../errors.ts';
import type { StorageRequest, Transport } from '../transport.ts';

/** A storage that says nothing for this long is taken for gone. */
const silenceMs = 120_000;

/**
 * The transport for Node: writes a part's buffer to the socket as it is, over kept connections. `fetch` copies each body
 * twice. Destroy the agents by `close` to let the process end at once.
 */
export const httpTransport = (maxSockets = 16): Transport & { close(): void } => {
  const agents = {
    'http:': new http.Agent({ keepAlive: true, maxSockets }),
    'https:': new https.Agent({ keepAlive: true, maxSockets }),
  };
  const transport: Transport = async (request) => {
    const { protocol } = new URL(request.url);
    const open = protocol === 'https:' ? https.request : http.request;
    const agent = protocol === 'https:' ? agents['https:'] : agents['http:'];
    const outgoing = open(request.url, optionsOf(request, agent));
    try {
      return await exchange(outgoing, request.part);
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
  headers: { ...headers, 'content-length': part.bytes },
  timeout: silenceMs,
  ...(signal && { signal }),
});

const exchange = async (request: http.ClientRequest, part: ContentPart): ReturnType<Transport> => {
  request.on('timeout', () => request.destroy(new Error(`silent for ${silenceMs / 1000} s`)));
  const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
    request.once('response', resolve).once('error', reject);
  });
  await Promise.race([write(request, part), answered]);
  const response = await answered;
  const body = await text(response);
  return {
    status: response.statusCode ?? 0,
    header: (name) => [response.headers[name.toLowerCase()]].flat()[0],
    text: body,
  };
};

const write = async (request: http.ClientRequest, part: ContentPart): Promise<void> => {
  for await (const chunk of part.chunks()) {
    if (request.destroyed) return;
    if (!request.write(chunk)) await Promise.race([once(request, 'drain'), once(request, 'close')]);
  }
  request.end();
};
