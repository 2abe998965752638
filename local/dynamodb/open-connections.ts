import { connect, type Socket } from 'node:net';

/** What an HTTP server answered. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/** Connections to an HTTP server on this machine that stay open, each with one request at a time. */
export interface OpenConnections {
  /** Posts a body; rejects where the server is not there or ends a connection before it has answered. */
  post(headers: Readonly<Record<string, string>>, body: Buffer | string): Promise<HttpAnswer>;
  close(): void;
}

const mostConnections = 32;

/**
 * Every row that is read or written passes here, and a request of Node's own client costs three times as much. It reads the
 * answers that Dynoxide gives and no others: with a status line and a `content-length`.
 */
export const openConnections = (host: string, port: number): OpenConnections => {
  const free: Connection[] = [];
  const all = new Set<Connection>();
  const waiting: ((connection: Connection) => void)[] = [];
  const open = (): Connection => {
    const connection = new Connection(connect({ host, port, noDelay: true }), () => {
      all.delete(connection);
      const index = free.indexOf(connection);
      if (index !== -1) free.splice(index, 1);
      if (waiting.length > 0) waiting.shift()?.(open());
    });
    all.add(connection);
    return connection;
  };
  const take = (): Connection | Promise<Connection> =>
    free.pop() ?? (all.size < mostConnections ? open() : new Promise((resolve) => waiting.push(resolve)));
  const give = (connection: Connection): void => {
    if (!all.has(connection)) return;
    const next = waiting.shift();
    if (next === undefined) free.push(connection);
    else next(connection);
  };
  return {
    async post(headers, body) {
      const connection = await take();
      try {
        return await connection.send(requestBytes(host, port, headers, body));
      } finally {
        give(connection);
      }
    },
    close() {
      for (const connection of all) connection.end();
    },
  };
};

const requestBytes = (
  host: string,
  port: number,
  headers: Readonly<Record<string, string>>,
  body: Buffer | string,
): Buffer => {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `POST / HTTP/1.1\r\nhost: ${host}:${port}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${lines.join('')}\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), typeof body === 'string' ? Buffer.from(body) : body]);
};

interface Waiting {
  readonly resolve: (answer: HttpAnswer) => void;
  readonly reject: (error: Error) => void;
}

class Connection {
  readonly #socket: Socket;
  #received: Buffer[] = [];
  #receivedBytes = 0;
  /** Length of head and body together, once the head is there. */
  #expectedBytes = Number.POSITIVE_INFINITY;
  #waiting: Waiting | undefined;

  constructor(socket: Socket, onClosed: () => void) {
    this.#socket = socket;
    let failure: Error | undefined;
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', (error) => {
      failure = error;
    });
    socket.on('close', () => {
      onClosed();
      this.#waiting?.reject(failure ?? new Error('the connection was closed before the answer was there'));
    });
  }

  send(request: Buffer): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      this.#received = [];
      this.#receivedBytes = 0;
      this.#expectedBytes = Number.POSITIVE_INFINITY;
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  end(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received.push(chunk);
    this.#receivedBytes += chunk.length;
    if (this.#expectedBytes === Number.POSITIVE_INFINITY) this.#readHead();
    if (this.#receivedBytes < this.#expectedBytes) return;
    const answer = this.#whole();
    const status = Number(answer.toString('latin1', 9, 12));
    const body = answer.subarray(answer.indexOf('\r\n\r\n') + 4);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve({ status, body });
  }

  #readHead(): void {
    const received = this.#whole();
    const end = received.indexOf('\r\n\r\n');
    if (end === -1) return;
    const length = /\r\ncontent-length: *(\d+)/i.exec(received.toString('latin1', 0, end))?.[1];
    if (length === undefined) this.#socket.destroy(new Error('the answer does not tell its length'));
    else this.#expectedBytes = end + 4 + Number(length);
  }

  #whole(): Buffer {
    const [first] = this.#received;
    const whole = this.#received.length === 1 && first !== undefined ? first : Buffer.concat(this.#received);
    this.#received = [whole];
    return whole;
  }
}
