import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** A request exactly as it is to go over the wire. */
export interface RawRequest {
  /** Only its host and port are used. */
  readonly origin: string;
  readonly method: string;
  /** Path and query, byte by byte. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Values of headers that are sent a second time. */
  readonly again?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

export interface RawAnswer {
  readonly status: number;
  readonly body: string;
}

/** Sends requests without tidying them up, as `fetch` would. */
export interface RawSender extends Disposable {
  send(raw: RawRequest): Promise<RawAnswer>;
}

export const rawSender = (): RawSender => {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  return {
    send: ({ origin, method, target, headers: once, again = {}, body }) =>
      new Promise((resolve, reject) => {
        const { hostname, port } = new URL(origin);
        const doubled = Object.entries(again).map(([name, value]) => [name, [once[name] ?? '', value]]);
        const headers = { ...once, ...Object.fromEntries(doubled) };
        const sent = request({ agent, hostname, port, method, path: target, headers }, (answer) => {
          text(answer).then((answered) => resolve({ status: answer.statusCode ?? 0, body: answered }), reject);
        });
        // A refusal may come before the body is read; the connection is then cut, which is a refusal too.
        sent.on('error', (error) =>
          'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
            ? resolve({ status: 0, body: '' })
            : reject(error),
        );
        sent.end(body);
      }),
    [Symbol.dispose]: () => agent.destroy(),
  };
};
