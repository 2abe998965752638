import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { FakeAnswer, FakeRequest, Fault } from './fake-http.ts';
import { storageProblem } from './fake-service.ts';
import { bytesOf, openWorld } from './upload-world.ts';

const assetId = '01JZ8K2M4N6P8Q0R2S4T6V0000';
const content = Buffer.from(bytesOf(200_000));
const sha256 = createHash('sha256').update(content).digest('base64');

/** A service that has one asset, and breaks its content off where the test says. */
const openDownload = async (
  options: { served?: Buffer; breaks?: number[]; faults?: (request: { path: string }) => Fault | undefined } = {},
) => {
  const { served = content, breaks = [] } = options;
  const ranges: (string | undefined)[] = [];
  const world = await openWorld({
    ...(options.faults && { faults: options.faults }),
    route: ({ path, headers }: FakeRequest): FakeAnswer | undefined => {
      if (path === `/assets/${assetId}/content`) {
        const link = {
          assetId,
          versionId: 'v1',
          filename: 'talk.wav',
          contentType: 'audio/wav',
          bytes: content.length,
          sha256,
        };
        return { status: 200, body: { ...link, url: `${world.service.url}/vault`, expiresAt: '2026-03-01T00:05:00Z' } };
      }
      if (path !== '/vault') return undefined;
      ranges.push(headers.range);
      const start = Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
      return { status: headers.range ? 206 : 200, body: served.subarray(start, breaks.shift()) };
    },
  });
  const read = async (): Promise<Buffer> => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of (await world.client.get(assetId)).bytes) chunks.push(chunk);
    return Buffer.concat(chunks);
  };
  return { world, read, ranges };
};

describe('content is fetched', () => {
  it('and is what was stored', async () => {
    const { world, read } = await openDownload();
    await using _ = world;

    expect(await read()).toEqual(content);
  });

  it('and fails at its end where it is not what was stored', async () => {
    const { world, read } = await openDownload({ served: Buffer.from(bytesOf(200_000, 2)) });
    await using _ = world;

    await expect(read()).rejects.toThrow(/is not what was stored/);
  });

  it('and fails where it is too short', async () => {
    const { world, read } = await openDownload({ breaks: [1000] });
    await using _ = world;

    await expect(read()).rejects.toThrow(/arrived with 1000 bytes/);
  });

  it('with a new link where the first has ended', async () => {
    let refused = false;
    const faults = ({ path }: { path: string }): Fault | undefined => {
      if (path !== '/vault' || refused) return undefined;
      refused = true;
      return { answer: storageProblem(403, 'AccessDenied') };
    };
    const { world, read } = await openDownload({ faults });
    await using _ = world;

    expect(await read()).toEqual(content);
    expect(world.service.requests.filter(({ path }) => path.endsWith('/content'))).toHaveLength(2);
  });
});
