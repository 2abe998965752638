import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withRetries } from '../../client/backoff.ts';
import { ServiceError } from '../../client/index.ts';
import { forEachParallel, Places } from '../../client/parallel.ts';
import { openWorld } from './upload-world.ts';

const me = { principal: 'p', kind: 'person', tenant: 'acme', roles: ['admin'], devices: [] };

describe('answers are read', () => {
  it('and fields that a newer service added are passed over, however deep they lie', async () => {
    const page = { items: [{ principal: 'p', roles: ['admin'], state: 'active', since: 1 }], next: 'new' };
    await using world = await openWorld({ route: () => ({ status: 200, body: page }) });

    expect(await Array.fromAsync(world.client.members())).toEqual([
      { principal: 'p', roles: ['admin'], state: 'active' },
    ]);
  });

  it.each([
    ['something else', { hello: 1 }],
    ['a page', '<html>'],
  ])('and %s is an error that says so', async (_, body) => {
    await using world = await openWorld({ route: () => ({ status: 200, body }) });

    await expect(world.client.me()).rejects.toThrow(/does not understand/);
  });

  it.each([
    [401, 'unauthenticated'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [418, 'bad-request'],
  ])('and a plain %i of the gateway is %s', async (status, code) => {
    await using world = await openWorld({ route: () => ({ status, body: { message: 'no' } }) });

    await expect(world.client.me()).rejects.toMatchObject({ code, status, retryable: false });
  });

  it('page after page, with the cursor that was answered', async () => {
    const queries: (string | null)[] = [];
    await using world = await openWorld({
      route: ({ query }) => {
        queries.push(query.get('cursor'));
        const member = { principal: `p${queries.length}`, roles: ['admin'], state: 'active' };
        return { status: 200, body: { items: [member], ...(queries.length < 3 && { cursor: `c${queries.length}` }) } };
      },
    });

    expect((await Array.fromAsync(world.client.members())).map(({ principal }) => principal)).toEqual([
      'p1',
      'p2',
      'p3',
    ]);
    expect(queries).toEqual([null, 'c1', 'c2']);
  });

  it('after retries with one and the same idempotency key', async () => {
    let seen = 0;
    await using world = await openWorld({
      route: () => ({
        status: 201,
        body: { ...me, state: 'active', createdAt: '2026-03-01T00:00:00Z', createdBy: 'a' },
      }),
      faults: () => (seen++ === 0 ? 'lost-answer' : undefined),
    });

    await world.client.addMember({ email: 'a@example.org', roles: ['viewer'] }).catch(() => undefined);

    const keys = world.service.requests.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toEqual(['id-1', 'id-1']);
  });
});

describe('retries', () => {
  const failing = (retryAfterMs?: number) => async (): Promise<never> => {
    throw new ServiceError('no', { code: 'unavailable', retryable: true, retryAfterMs });
  };

  it('wait a random share of a ceiling that doubles and ends', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), async (share) => {
        const waits: number[] = [];
        const options = {
          sleep: async (ms: number) => void waits.push(ms),
          random: () => share,
          retryable: () => true,
        };

        await expect(withRetries(failing(), { ...options, attempts: 12 })).rejects.toThrow('no');

        expect(waits).toEqual(waits.map((_, index) => Math.min(20_000, 200 * 2 ** index) * share));
        expect(waits).toHaveLength(11);
      }),
      { numRuns: 20 },
    );
  });

  it('do not wait for an hour', async () => {
    const waits: number[] = [];
    const options = { sleep: async (ms: number) => void waits.push(ms), random: () => 0 };

    await expect(withRetries(failing(), { ...options, retryable: () => ({ afterMs: 3_600_000 }) })).rejects.toThrow(
      'no',
    );

    expect(waits).toEqual([]);
  });
});

describe('work side by side', () => {
  it('is never more than its limit, and all of it is done', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.nat({ max: 20 }), async (limit, count) => {
        let running = 0;
        let most = 0;
        const done: number[] = [];
        const items = Array.from({ length: count }, (_, index) => index);
        await forEachParallel(items, limit, async (item) => {
          running += 1;
          most = Math.max(most, running);
          await new Promise((resolve) => setImmediate(resolve));
          running -= 1;
          done.push(item);
        });

        expect(done.sort((a, b) => a - b)).toEqual(items);
        expect(most).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 30 },
    );
  });

  it('has ended when its source fails', async () => {
    let ended = 0;
    async function* source() {
      yield 1;
      yield 2;
      throw new Error('no more');
    }

    const work = forEachParallel(source(), 5, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      ended += 1;
    });

    await expect(work).rejects.toThrow('no more');
    expect(ended).toBe(2);
  });

  it('takes places in the order of asking, and gives one back only once', async () => {
    const places = new Places(1);
    const order: string[] = [];
    const first = await places.take();
    const second = places.take().then((giveBack) => {
      order.push('second');
      return giveBack;
    });
    const third = places.take().then(() => order.push('third'));

    first();
    first();
    (await second)();
    await third;

    expect(order).toEqual(['second', 'third']);
  });
});
