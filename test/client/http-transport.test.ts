import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import net from 'node:net';
import { describe, expect, it } from 'vitest';
import { httpTransport } from '../../client/node/index.ts';

const partOf = (buffer: Buffer) => ({
  bytes: buffer.length,
  async *chunks() {
    yield buffer;
  },
  release: () => {},
});

/** A storage that answers as the test says, and the sockets that it has seen. */
const startStorage = async (respond: http.RequestListener) => {
  const sockets: Socket[] = [];
  const server = http.createServer(respond).on('checkContinue', respond);
  server.on('connection', (socket: Socket) => void sockets.push(socket.on('error', () => {})));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/key`,
    sockets,
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

describe('a connection to storage', () => {
  it('is closed where the answer comes before the end of the body, so that the part is read no more', async () => {
    const refusal = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\n\r\n';
    const closed: Promise<unknown>[] = [];
    const server = net.createServer((socket) => {
      closed.push(once(socket, 'close'));
      socket.once('data', () => void socket.write(refusal)).on('error', () => {});
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/key`;
    const transport = httpTransport();

    const { status } = await transport({ method: 'PUT', url, headers: {}, part: partOf(Buffer.alloc(2 ** 25)) });

    expect(status).toBe(503);
    await Promise.all(closed);
    transport.close();
    server.close();
  });

  it('is used again for the next part', async () => {
    using storage = await startStorage((request, response) => {
      if (request.headers.expect) response.writeContinue();
      request.resume().on('end', () => response.end());
    });
    const transport = httpTransport();
    const part = partOf(Buffer.alloc(3 * 2 ** 20));

    for (let times = 0; times < 3; times += 1) {
      const sent: number[] = [];
      await transport({ method: 'PUT', url: storage.url, headers: {}, part, onSent: (bytes) => sent.push(bytes) });
      expect(sent).toEqual([2 ** 20, 2 * 2 ** 20, 3 * 2 ** 20]);
    }

    expect(storage.sockets).toHaveLength(1);
    transport.close();
  });

  it('is closed by an abort', async () => {
    const abort = new AbortController();
    using storage = await startStorage(() => abort.abort(new Error('enough')));
    const transport = httpTransport();
    const part = partOf(Buffer.alloc(10));

    const sending = transport({ method: 'PUT', url: storage.url, headers: {}, part, signal: abort.signal });

    await expect(sending).rejects.toThrow('enough');
    const [socket] = storage.sockets;
    if (socket?.closed === false) await once(socket, 'close');
    transport.close();
  });
});
