import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProgressStore } from '../../client/index.ts';
import type { Fault } from './fake-http.ts';
import { storageProblem } from './fake-service.ts';
import { problem } from './fake-uploads.ts';
import { bytesOf, memoryStore, openWorld } from './upload-world.ts';

const content = bytesOf(5000);

/** An upload that was killed once three of its five parts were noted down. */
const killedWorld = async () => {
  const world = await openWorld({}, 1);
  const progress = memoryStore();
  const abort = new AbortController();
  const onProgress = (): void => {
    if (progress.saves >= 4) abort.abort(new Error('killed'));
  };
  await expect(world.upload(content, { progress, signal: abort.signal, onProgress })).rejects.toThrow('killed');
  const [assetId = ''] = world.service.uploads.uploads.keys();
  return { world, progress, assetId };
};

describe('a later try goes on where the one before ended', () => {
  it('and sends only what S3 does not have', async () => {
    const { world, progress, assetId } = await killedWorld();
    await using _ = world;

    const result = await world.upload(content, { progress });

    expect(result.assetId).toBe(assetId);
    expect(world.service.storage.objects.get(assetId)).toEqual(Buffer.from(content));
    expect([...world.service.storage.arrivals.values()].filter((times) => times > 1).length).toBeLessThanOrEqual(1);
    expect(world.events.at(-1)).toMatchObject({ resumedBytes: 3000, sentBytes: 5000, totalBytes: 5000 });
  });

  it('and sends nothing where the one before ended between the completion and the notice of it', async () => {
    await using world = await openWorld({ looksUntilEnd: 5 });
    const progress = memoryStore();
    const abort = new AbortController();
    const onProgress = ({ phase }: { phase: string }): void => {
      if (phase === 'inspecting') abort.abort(new Error('killed'));
    };
    await expect(world.upload(content, { progress, signal: abort.signal, onProgress })).rejects.toThrow('killed');

    expect(await world.upload(content, { progress })).toMatchObject({ state: 'stored' });
    expect([...world.service.storage.arrivals.values()]).toEqual([1, 1, 1, 1, 1]);
    expect(progress.text).toBeUndefined();
  });

  it.each<[string, (place: Awaited<ReturnType<typeof killedWorld>>) => void]>([
    ['S3 has dropped the parts', ({ world, assetId }) => void world.service.storage.multiparts.delete(assetId)],
    [
      'the day of the upload is over',
      ({ world }) => {
        world.service.clock.now += 25 * 3_600_000;
      },
    ],
    ['the deployment is another one', ({ world }) => world.service.uploads.uploads.clear()],
    [
      'S3 has another part than was noted down',
      ({ progress }) => {
        progress.text = progress.text?.replace(/"\\"0+1\\""/, '"\\"00000000000000000000000000000bad\\""');
      },
    ],
  ])('and begins anew where %s', async (_, spoil) => {
    const place = await killedWorld();
    await using world = place.world;
    spoil(place);

    const { assetId, state } = await world.upload(content, { progress: place.progress });

    expect(state).toBe('stored');
    expect(world.service.storage.objects.get(assetId)).toEqual(Buffer.from(content));
    expect(place.progress.text).toBeUndefined();
  });

  it('and begins anew with content that is another one of the same length', async () => {
    const { world, progress, assetId: earlier } = await killedWorld();
    await using _ = world;
    const other = bytesOf(5000, 99);

    const { assetId } = await world.upload(other, { progress });

    expect(world.service.storage.objects.get(assetId)).toEqual(Buffer.from(other));
    expect(world.service.requests.some(({ path }) => path === `/uploads/${earlier}/complete`)).toBe(false);
    expect(world.service.storage.multiparts.has(earlier)).toBe(false);
  });

  it('and begins anew where the upload belongs to somebody else', async () => {
    const place = await killedWorld();
    await using world = await openWorld({
      faults: ({ method, path }) =>
        method === 'GET' && path.endsWith(place.assetId) && world.service.uploads.uploads.size === 0
          ? { answer: problem(403, 'forbidden') }
          : undefined,
    });
    await place.world[Symbol.asyncDispose]();

    expect(await world.upload(content, { progress: place.progress })).toMatchObject({ state: 'stored' });
  });
});

/** A small generator of chances, so that a failing run can be repeated from its seed. */
const chances = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

const partFault = (chance: number): Fault => {
  if (chance < 0.3) return { answer: storageProblem(503, 'SlowDown') };
  if (chance < 0.5) return { breakAfterBytes: 1 };
  if (chance < 0.6) return { answer: storageProblem(403, 'AccessDenied') };
  return 'lost-answer';
};

const apiFault = (chance: number): Fault => {
  if (chance < 0.4) return { answer: problem(503, 'unavailable') };
  return chance < 0.7 ? 'lost-answer' : 'cut-answer';
};

describe('whatever fails and whenever it is killed', () => {
  const runs = fc.record({
    seed: fc.nat(),
    bytes: fc.integer({ min: 1, max: 6000 }),
    partBytes: fc.integer({ min: 100, max: 2000 }),
    parallel: fc.integer({ min: 1, max: 4 }),
    faultRate: fc.double({ min: 0, max: 0.3, noNaN: true }),
    kills: fc.array(fc.integer({ min: 1, max: 25 }), { maxLength: 3 }),
  });

  it('S3 ends with exactly the file, and no part is sent more often than faults and kills explain', async () => {
    await fc.assert(
      fc.asyncProperty(runs, async ({ seed, bytes, partBytes, parallel, faultRate, kills }) => {
        const chance = chances(seed);
        const faulted = new Map<string, number>();
        let untilKill = Infinity;
        let kill = (): void => {};
        const faults = ({ path, query }: { path: string; query: URLSearchParams }): Fault | undefined => {
          untilKill -= 1;
          if (untilKill === 0) kill();
          if (chance() >= faultRate) return undefined;
          if (!path.startsWith('/storage')) return apiFault(chance());
          const name = query.has('partNumber') ? `${path.slice(9)}#${query.get('partNumber')}` : path.slice(9);
          faulted.set(name, (faulted.get(name) ?? 0) + 1);
          return partFault(chance());
        };
        await using world = await openWorld({ partBytes, faults }, parallel);
        const file = bytesOf(bytes, seed);
        const progress = memoryStore();
        let tries = 0;
        const upload = async (killAt: number): Promise<string | undefined> => {
          const abort = new AbortController();
          tries += 1;
          untilKill = killAt;
          let isDead = false;
          kill = () => {
            isDead = true;
            abort.abort(new Error('killed'));
          };
          const store: ProgressStore = {
            load: () => progress.load(),
            save: async (state) => void (isDead || (await progress.save(state))),
            remove: async () => void (isDead || (await progress.remove())),
          };
          try {
            return (await world.upload(file, { progress: store, signal: abort.signal })).assetId;
          } catch {
            return undefined;
          }
        };
        let assetId: string | undefined;
        for (const killAt of kills) assetId ??= await upload(killAt);
        for (let more = 0; more < 10; more += 1) assetId ??= await upload(Infinity);

        expect(world.service.storage.objects.get(assetId ?? '')).toEqual(Buffer.from(file));
        for (const [name, times] of world.service.storage.arrivals) {
          expect(times).toBeLessThanOrEqual(tries + (faulted.get(name) ?? 0));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('re-sends at most the parts in flight after a kill', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 22 }), fc.integer({ min: 1, max: 4 }), async (killAt, parallel) => {
        let requests = 0;
        let kill = (): void => {};
        const faults = (): undefined => {
          requests += 1;
          if (requests === killAt) kill();
        };
        await using world = await openWorld({ partBytes: 300, faults }, parallel);
        const abort = new AbortController();
        const progress = memoryStore();
        const { save } = progress;
        let isDead = false;
        kill = () => {
          isDead = true;
          abort.abort(new Error('killed'));
        };
        progress.save = async (state) => void (isDead || (await save.call(progress, state)));
        await world.upload(content, { progress, signal: abort.signal }).catch(() => undefined);
        isDead = false;

        const { assetId } = await world.upload(content, { progress });

        const again = [...world.service.storage.arrivals].filter(
          ([name, times]) => name.startsWith(assetId) && times > 1,
        );
        expect(again.length).toBeLessThanOrEqual(parallel);
        expect(world.service.storage.objects.get(assetId)).toEqual(Buffer.from(content));
      }),
      { numRuns: 60 },
    );
  });
});
