import { describe, expect, it } from 'vitest';
import type { Fault } from './fake-http.ts';
import { storageProblem } from './fake-service.ts';
import { problem } from './fake-uploads.ts';
import { bytesOf, memoryStore, once, openWorld } from './upload-world.ts';

const small = bytesOf(900);
const large = bytesOf(4500);

describe('a fault is survived', () => {
  const put = /^\/storage/;
  // A begin of so little leaves nothing behind and is repeated without a key: each answer is another upload. Last, how
  // many are begun for small and large content where that is not one.
  const faults: [string, string, RegExp, Fault, number, (readonly [number, number])?][] = [
    ['503 at begin', 'POST', /^\/uploads$/, { answer: problem(503, 'unavailable') }, 1],
    ['a page instead of an error', 'POST', /^\/uploads$/, { answer: { status: 502, body: '<html>' } }, 1],
    ['a lost answer of begin', 'POST', /^\/uploads$/, 'lost-answer', 1, [2, 2]],
    ['an answer of begin that is cut', 'POST', /^\/uploads$/, 'cut-answer', 1, [2, 2]],
    ['503 SlowDown', 'PUT', put, { answer: storageProblem(503, 'SlowDown') }, 1],
    ['500 at the last part', 'PUT', put, { answer: storageProblem(500, 'InternalError') }, 5],
    ['a body that arrives too slowly', 'PUT', put, { answer: storageProblem(400, 'RequestTimeout') }, 1],
    ['a concurrent request', 'PUT', put, { answer: storageProblem(409, 'ConditionalRequestConflict') }, 1],
    ['an expired URL', 'PUT', put, { answer: storageProblem(403, 'AccessDenied') }, 1, [2, 1]],
    ['keys that ended', 'PUT', put, { answer: storageProblem(400, 'ExpiredToken') }, 1, [2, 1]],
    ['a connection that breaks at the beginning', 'PUT', put, { breakAfterBytes: 0 }, 1],
    ['a connection that breaks in the middle', 'PUT', put, { breakAfterBytes: 300 }, 1],
    ['a lost answer of storage', 'PUT', put, 'lost-answer', 1],
    ['a lost answer of complete', 'POST', /complete$/, 'lost-answer', 1],
    ['a conflict at complete', 'POST', /complete$/, { answer: problem(409, 'conflict') }, 1],
    ['a gateway that gave up on complete', 'POST', /complete$/, { answer: { status: 504 } }, 1],
    ['a state that is not told', 'GET', /^\/uploads/, { answer: problem(500, 'internal') }, 1],
  ];

  it.each(faults)('%s', async (_, method, path, fault, nth, begun = [1, 1]) => {
    for (const content of [small, large]) {
      await using world = await openWorld({ faults: once(method, path, fault, nth) });

      const { assetId } = await world.upload(content);

      expect(world.service.storage.objects.get(assetId)).toEqual(Buffer.from(content));
      expect(world.service.storage.objects.size).toBe(1);
      expect(world.service.uploads.uploads.size).toBe(begun[content === small ? 0 : 1]);
      for (const times of world.service.storage.arrivals.values()) expect(times).toBeLessThanOrEqual(2);
    }
  });

  it('begins what goes in parts again by the same key', async () => {
    const keys: unknown[] = [];
    await using world = await openWorld({
      faults: ({ method, headers }) => {
        if (method !== 'POST') return undefined;
        keys.push(headers['idempotency-key']);
        return keys.length === 1 ? { answer: problem(503, 'unavailable') } : { answer: problem(403, 'forbidden') };
      },
    });

    await expect(world.upload(new Uint8Array(16 * 1024 ** 2 + 1))).rejects.toMatchObject({ code: 'forbidden' });

    expect(keys).toEqual([expect.any(String), keys[0]]);
  });

  it('finds the content that came although its answer was lost and its URL has expired since', async () => {
    const faults = [
      once('PUT', put, 'lost-answer', 1),
      once('PUT', put, { answer: storageProblem(403, 'AccessDenied') }, 2),
    ];
    await using world = await openWorld({
      faults: (request) => faults.map((fault) => fault(request)).find((fault) => fault !== undefined),
    });

    const { assetId } = await world.upload(small);

    expect([...world.service.storage.objects.keys()]).toEqual([assetId]);
    expect(world.service.uploads.uploads.size).toBe(1);
  });

  it('waits as long as a 429 says, and a little longer', async () => {
    const answer = { ...problem(429, 'rate-limited'), headers: { 'retry-after': '7' } };
    await using world = await openWorld({ faults: once('POST', /^\/uploads$/, { answer }) });

    await world.upload(small);

    expect(world.service.backoff.waits[0]).toBe(7000 + 100);
  });

  it('asks S3 again for a completion that never ends', async () => {
    await using world = await openWorld({ runningCompletions: 2 });

    const { assetId } = await world.upload(large);

    expect(world.service.storage.objects.get(assetId)).toEqual(Buffer.from(large));
    expect(world.service.requests.filter(({ path }) => path.endsWith('/complete'))).toHaveLength(3);
  });

  it('keeps the progress of what S3 is still putting together', async () => {
    await using world = await openWorld({ runningCompletions: 1 });
    const progress = memoryStore();

    expect(await world.upload(large, { wait: false, progress })).toMatchObject({ state: 'expected' });
    expect(await world.upload(large, { progress })).toMatchObject({ state: 'stored' });
    expect([...world.service.storage.arrivals.values()]).toEqual([1, 1, 1, 1, 1]);
  });

  it('signs all parts anew when their URLs have ended', async () => {
    await using world = await openWorld();
    let moved = false;
    const onProgress = (): void => {
      if (!moved && world.service.storage.arrivals.size === 2) {
        moved = true;
        world.service.clock.now += 20 * 60_000;
      }
    };

    const { assetId } = await world.upload(large, { onProgress });

    expect(world.service.storage.objects.get(assetId)).toEqual(Buffer.from(large));
    expect(world.service.requests.filter(({ path }) => path.endsWith('/parts')).length).toBeGreaterThan(0);
  });

  it('does not try a URL again that storage refused', async () => {
    let refused: string | null = null;
    let refusals = 0;
    await using world = await openWorld({
      faults: ({ query }) => {
        if (query.get('partNumber') !== '2') return undefined;
        refused ??= query.get('expires');
        if (query.get('expires') !== refused) return undefined;
        refusals += 1;
        return { answer: storageProblem(403, 'AccessDenied') };
      },
    });

    const { assetId } = await world.upload(large);

    expect(world.service.storage.objects.get(assetId)).toEqual(Buffer.from(large));
    expect(refusals).toBe(1);
  });

  it('sends a part again that arrived damaged', async () => {
    const damaged = { status: 200, headers: { etag: '"0"', 'x-amz-checksum-crc32': 'AAAAAA==' } };
    await using world = await openWorld({ faults: once('PUT', /^\/storage/, { answer: damaged }, 3) });

    const { assetId } = await world.upload(large);

    expect(world.service.storage.objects.get(assetId)).toEqual(Buffer.from(large));
  });
});
