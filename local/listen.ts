import { once } from 'node:events';
import type { Server } from 'node:http';

/** Listens on loopback and answers the port; a port that is taken is an error that says what to do. */
export const listenOn = async (server: Server, port: number, what: string): Promise<number> => {
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') throw portTaken(port, what, error);
    throw error;
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error(`${what} does not listen on a port.`);
  return address.port;
};

const portTaken = (port: number, what: string, cause: Error): Error =>
  new Error(
    `${what} cannot listen on port ${port}: it is taken, perhaps by a platform that runs already (\`mediakeep local status\`). ` +
      'Stop that, or choose another with --port, for example --port 41820; --port 0 takes any that is free.',
    { cause },
  );

/** Stops listening and cuts the connections that are left. */
export const stopListening = async (server: Server): Promise<void> => {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
};
