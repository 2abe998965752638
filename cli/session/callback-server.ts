import { once } from 'node:events';
import http from 'node:http';
import { CliError, exitCodes } from '../exit-codes.ts';

/** The ports whose callbacks the public client has registered; the login compares them exactly. */
export const callbackPorts = [41801, 41802, 41803] as const;

/** Waits for the browser to come back from the login. */
export interface CallbackServer extends AsyncDisposable {
  readonly port: number;
  readonly redirectUri: string;
  /** The code that belongs to this state; throws a {@link CliError} for a refusal, and the signal's reason. */
  code(state: string, signal: AbortSignal): Promise<string>;
}

/** Listens on the first registered port that is free. */
export const openCallbackServer = async (ports: readonly number[] = callbackPorts): Promise<CallbackServer> => {
  for (const port of ports) {
    const server = http.createServer();
    if (await listens(server, port)) return callbackServer(server);
  }
  throw new CliError(
    exitCodes.failed,
    `The ports ${ports.join(', ')} are all taken, and the login returns to no other. Free one of them and try again.`,
  );
};

const listens = async (server: http.Server, port: number): Promise<boolean> => {
  server.listen(port, 'localhost');
  try {
    await once(server, 'listening');
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return false;
    throw error;
  }
};

const callbackServer = (server: http.Server): CallbackServer => {
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return {
    port,
    redirectUri: `http://localhost:${port}/callback`,
    code: (state, signal) =>
      new Promise((resolve, reject) => {
        const abort = (): void => reject(signal.reason);
        if (signal.aborted) return abort();
        signal.addEventListener('abort', abort, { once: true });
        server.on('request', (request, response) => {
          const query = callbackQuery(request.url, state);
          if (query === undefined)
            return answer(response, 404, 'This address only takes the login that the terminal began.');
          const code = query.get('code');
          if (code !== null) {
            resolve(code);
            return answer(response, 200, 'You are signed in. You can close this window and go back to the terminal.');
          }
          reject(new CliError(exitCodes.signIn, `The login refused: ${query.get('error') ?? 'it gave no code'}.`));
          return answer(response, 200, 'Signing in failed; the terminal says why.');
        });
      }),
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      await closed;
    },
  };
};

/** Any page can call this address; only who knows the state speaks for the login, nobody else can end it. */
const callbackQuery = (path: string | undefined, state: string): URLSearchParams | undefined => {
  const url = new URL(path ?? '/', 'http://localhost');
  return url.pathname === '/callback' && url.searchParams.get('state') === state ? url.searchParams : undefined;
};

const answer = (response: http.ServerResponse, status: number, text: string): void => {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  response.end(`${text}\n`);
};
