import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request with its body read. */
export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What goes wrong with a request. */
export type Fault =
  /** Answered so, and nothing done. */
  | { readonly answer: FakeAnswer }
  /** The connection breaks after so many bytes of the body, and nothing is done. */
  | { readonly breakAfterBytes: number }
  /** The request is done and the answer never arrives. */
  | 'lost-answer'
  /** The answer breaks off in its middle. */
  | 'cut-answer';

export type FaultPlan = (request: Omit<FakeRequest, 'body'>) => Fault | undefined;
export type Respond = (request: FakeRequest) => FakeAnswer;

export interface FakeServer extends AsyncDisposable {
  readonly url: string;
  readonly openSockets: () => number;
}

/** An HTTP server whose every request may fail by plan. */
export const startFakeServer = async (respond: Respond, faults: FaultPlan): Promise<FakeServer> => {
  const sockets = new Set<unknown>();
  const handle = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://fake');
    const head = { method: request.method ?? '', path: pathname, query: searchParams, headers: request.headers };
    const fault = faults(head);
    const limit = typeof fault === 'object' && 'breakAfterBytes' in fault ? fault.breakAfterBytes : undefined;
    if (limit === undefined && request.headers.expect !== undefined && !isAnswer(fault)) response.writeContinue();
    if (limit !== undefined && request.headers.expect !== undefined && limit > 0) response.writeContinue();
    if (isAnswer(fault)) return send(response, fault.answer);
    const body = await read(request, limit);
    if (body === undefined) return void request.socket.destroy();
    const answer = respond({ ...head, body });
    if (fault === 'lost-answer') return void request.socket.destroy();
    if (fault === 'cut-answer') {
      response.writeHead(answer.status, { 'content-length': 1000 });
      response.write('{"items":[');
      return void setImmediate(() => request.socket.destroy());
    }
    send(response, answer);
  };
  const server = http.createServer();
  const listener = (request: http.IncomingMessage, response: http.ServerResponse): void =>
    void handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) send(response, { status: 599, body: String(error) });
    });
  server.on('request', listener).on('checkContinue', listener);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    openSockets: () => sockets.size,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const isAnswer = (fault: Fault | undefined): fault is { answer: FakeAnswer } =>
  typeof fault === 'object' && 'answer' in fault;

/** The body; undefined where the connection is to break. */
const read = async (request: http.IncomingMessage, limit: number | undefined): Promise<Buffer | undefined> => {
  if (limit === 0) return undefined;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    chunks.push(chunk);
    length += chunk.length;
    if (limit !== undefined && length >= limit) return undefined;
  }
  return limit === undefined ? Buffer.concat(chunks) : undefined;
};

const send = (response: http.ServerResponse, { status, headers = {}, body }: FakeAnswer): void => {
  const isText = typeof body === 'string' || body instanceof Uint8Array;
  const payload = body === undefined ? '' : isText ? body : JSON.stringify(body);
  const length = String(Buffer.byteLength(payload));
  response.writeHead(status, { ...headers, 'content-length': length });
  response.end(payload);
};
