import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AwaitedObject } from '../../core/catalog/keys.ts';
import { restoredObjectOf, tellRestored } from '../../lambdas/catalog/restored.ts';
import { lookLate } from '../../lambdas/restore/late-look.ts';
import type { Awaited, AwaitRows } from '../../lambdas/shared/await-rows.ts';

/** Rows in memory, and who was woken. */
const world = () => {
  const rows = new Map<string, Awaited>();
  const callbacks = new Map<string, string>();
  const woken: string[] = [];
  const counted: string[] = [];
  const nameOf = ({ jobId, object }: Pick<Awaited, 'jobId' | 'object'>) => `${jobId} ${object}`;
  const waiting: AwaitRows = {
    add: async (row) => void rows.set(nameOf(row), row),
    remove: async (row) => rows.delete(nameOf(row)),
    left: async (_tenant, jobId, limit) => [...rows.values()].filter((row) => row.jobId === jobId).slice(0, limit),
    jobsWaitingFor: async (_tenant, object) =>
      [...rows.values()].filter((row) => row.object === object).map(({ jobId }) => jobId),
    setCallback: async (_tenant, jobId, callbackId) => void callbacks.set(jobId, callbackId),
    callback: async (_tenant, jobId) => callbacks.get(jobId),
  };
  const deps = {
    rows: waiting,
    count: async (_tenant: string, jobId: string) => void counted.push(jobId),
    wake: async (callbackId: string) => void woken.push(callbackId),
  };
  const expectObject = (jobId: string, object: AwaitedObject) =>
    waiting.add({ tenant: 't1', jobId, object, key: `key of ${object}`, versionId: 'v' });
  return { rows, waiting, deps, woken, counted, callbacks, expectObject };
};

const event = (object: AwaitedObject) => ({ tenant: 't1', object });

describe('a job that waits for restores', () => {
  it('is woken by the last object, whatever order and number the events come in', async () => {
    const objects: AwaitedObject[] = ['asset:a', 'asset:b', 'pack:p'];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...objects), { maxLength: 6 }), async (early) => {
        const { deps, woken, counted, callbacks, expectObject } = world();
        for (const object of objects) await expectObject('job', object);
        callbacks.set('job', 'callback');
        for (const object of early) await tellRestored(event(object), deps);
        const isComplete = objects.every((object) => early.includes(object));

        expect(woken.length > 0).toBe(isComplete);
        for (const object of objects) await tellRestored(event(object), deps);
        expect(new Set(woken)).toEqual(new Set(['callback']));
        expect(counted).toHaveLength(objects.length);
      }),
    );
  });

  it('is not woken where it does not sleep yet: it looks at its rows when it does', async () => {
    const { deps, rows, woken, expectObject } = world();
    await expectObject('job', 'asset:a');
    await tellRestored(event('asset:a'), deps);

    expect([rows.size, woken]).toEqual([0, []]);
  });

  it('hears of an object that another job has asked for too', async () => {
    const { deps, woken, callbacks, expectObject } = world();
    for (const jobId of ['one', 'two']) {
      await expectObject(jobId, 'pack:p');
      callbacks.set(jobId, `callback of ${jobId}`);
    }
    await expectObject('two', 'asset:b');
    await tellRestored(event('pack:p'), deps);

    expect(woken).toEqual(['callback of one']);
  });

  it('finds by a late look what no event has told, and tells how much is missing', async () => {
    const { waiting, rows, expectObject } = world();
    for (const object of ['asset:a', 'asset:b', 'asset:c'] as const) await expectObject('job', object);
    const isThere = async ({ key }: { readonly key: string }) => key !== 'key of asset:c';

    expect(await lookLate({ tenant: 't1', jobId: 'job' }, { rows: waiting, isThere })).toEqual({
      found: 2,
      missing: 1,
    });
    expect([...rows.values()].map(({ object }) => object)).toEqual(['asset:c']);
  });
});

describe('an event of the vault', () => {
  const packId = '01JZ8K2M4N6P8Q0R2S4T6V8W0X';
  const locate = (key: string) =>
    key === 'known' ? { tenant: 't1', assetId: 'a', dataClass: undefined as never } : undefined;

  it.each([
    ['ObjectRestore:Completed', 'known', { tenant: 't1', object: 'asset:a' }],
    ['ObjectRestore:Completed', `packs/t1/transcription/${packId}`, { tenant: 't1', object: `pack:${packId}` }],
    ['ObjectRestore:Completed', 'unknown', undefined],
    ['ObjectRestore:Post', 'known', undefined],
    ['ObjectRestore:Delete', 'known', undefined],
  ])('%s of %s names what is restored', (name, key, object) => {
    expect(restoredObjectOf({ name, key }, locate)).toEqual(object);
  });
});
