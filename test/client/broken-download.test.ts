import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Mediakeep } from '../../client/index.ts';
import { bytesOf } from './upload-world.ts';

const assetId = '01JZ8K2M4N6P8Q0R2S4T6V0000';
const content = Buffer.from(bytesOf(300_000));
const sha256 = createHash('sha256').update(content).digest('base64');

describe('a connection that breaks in the middle of a download', () => {
  it('is taken up again where it ended', async () => {
    const ranges: (string | undefined)[] = [];
    const server = http.createServer((request, response): void => {
      if (request.url?.startsWith('/assets')) {
        const { port } = server.address() as AddressInfo;
        const link = {
          assetId,
          versionId: 'v1',
          url: `http://127.0.0.1:${port}/vault`,
          expiresAt: '2026-03-01T00:00:00Z',
        };
        return void response.end(
          JSON.stringify({ ...link, filename: 'a', contentType: 'audio/wav', bytes: content.length, sha256 }),
        );
      }
      ranges.push(request.headers.range);
      const start = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0);
      response.writeHead(start === 0 ? 200 : 206, { 'content-length': content.length - start });
      const isLast = ranges.length === 3;
      response.write(content.subarray(start, isLast ? undefined : start + 100_000), () => {
        if (isLast) response.end();
        else setImmediate(() => request.socket.destroy());
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const backoff = { sleep: async () => {}, random: () => 0 };
    const client = new Mediakeep({ api: `http://127.0.0.1:${port}`, token: () => 't', backoff });

    const chunks: Uint8Array[] = [];
    for await (const chunk of (await client.get(assetId)).bytes) chunks.push(chunk);
    server.closeAllConnections();
    server.close();

    expect(Buffer.concat(chunks)).toEqual(content);
    expect(ranges).toEqual([undefined, 'bytes=100000-', 'bytes=200000-']);
  });
});
