import { once } from 'node:events';
import http from 'node:http';
import { CliError, exitCodes } from '../exit-codes.ts';

/** The ports whose callbacks the public client has registered; the login compares them exactly. */
export const callbackPorts = [41801, 41802, 41803] as const;

/** Waits for the browser to come back from the login. */
export interface CallbackServer extends AsyncDisposable {
  readonly redirectUri: string;
  /** The code that belongs to this state; throws a {@link CliError} for a refusal or a foreign state. */
  code(state: string): Promise<string>;
}

/** Listens on the first registered port that is free. */
export const openCallbackServer = async (): Promise<CallbackServer> => {
  for (const port of callbackPorts) {
    const server = http.createServer();
    if (await listens(server, port)) return callbackServer(server, port);
  }
  throw new CliError(
    exitCodes.failed,
    `The ports ${callbackPorts.join(', ')} are all taken, and the login returns to no other. Free one of them and try again.`,
  );
};

const listens = async (server: http.Server, port: number): Promise<boolean> => {
  server.listen(port, 'localhost');
  const [outcome] = await Promise.race([
    once(server, 'listening').then(() => [true]),
    once(server, 'error').then(([error]) => [error]),
  ]);
  if (outcome === true) return true;
  if (outcome instanceof Error && 'code' in outcome && outcome.code === 'EADDRINUSE') return false;
  throw outcome;
};

const callbackServer = (server: http.Server, port: number): CallbackServer => ({
  redirectUri: `http://localhost:${port}/callback`,
  code: (state) =>
    new Promise((resolve, reject) => {
      server.on('request', (request, response) => {
        const url = new URL(request.url ?? '/', 'http://localhost');
        if (url.pathname !== '/callback') return void response.writeHead(404).end();
        const outcome = readCallback(url.searchParams, state);
        const text = typeof outcome === 'string' ? 'You are signed in.' : 'Signing in failed.';
        response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
        response.end(`${text} You can close this window and go back to the terminal.\n`);
        return typeof outcome === 'string' ? resolve(outcome) : reject(outcome);
      });
    }),
  async [Symbol.asyncDispose]() {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  },
});

const readCallback = (query: URLSearchParams, state: string): string | CliError => {
  if (query.get('state') !== state) {
    return new CliError(
      exitCodes.signIn,
      'The answer of the login belongs to another sign-in (its state differs). Try again.',
    );
  }
  const code = query.get('code');
  return code ?? new CliError(exitCodes.signIn, `The login refused: ${query.get('error') ?? 'it gave no code'}.`);
};
