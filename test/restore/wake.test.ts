import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AwaitedObject } from '../../core/catalog/keys.ts';
import { restoredObjectOf } from '../../lambdas/catalog/restored.ts';
import { type RestoredTask, tellRestored } from '../../lambdas/project/restored.ts';
import { lookLate } from '../../lambdas/restore/late-look.ts';
import type { Awaited, AwaitRows } from '../../lambdas/shared/await-rows.ts';

/** Rows in memory, and who was woken. */
const world = () => {
  const rows = new Map<string, Awaited>();
  const callbacks = new Map<string, string>();
  const woken: string[] = [];
  const counted: string[] = [];
  const failing = { wakes: 0, removals: 0 };
  const nameOf = ({ jobId, object }: Pick<Awaited, 'jobId' | 'object'>) => `${jobId} ${object}`;
  const waiting: AwaitRows = {
    add: async (row) => void rows.set(nameOf(row), row),
    remove: async (row) => {
      if (failing.removals-- > 0) throw new Error('The table is away.');
      return rows.delete(nameOf(row));
    },
    left: async (_tenant, jobId, limit) => [...rows.values()].filter((row) => row.jobId === jobId).slice(0, limit),
    jobsWaitingFor: async (_tenant, object) =>
      [...rows.values()].filter((row) => row.object === object).map(({ jobId }) => jobId),
    setCallback: async (_tenant, jobId, callbackId) => void callbacks.set(jobId, callbackId),
    callback: async (_tenant, jobId) => callbacks.get(jobId),
  };
  const deps = {
    rows: waiting,
    count: async ({ jobId }: { readonly jobId: string }, add: number) =>
      void counted.push(...Array.from({ length: add }, () => jobId)),
    wake: async (callbackId: string) => {
      if (failing.wakes-- > 0) throw new Error('Lambda is away.');
      woken.push(callbackId);
    },
  };
  const expectObject = (jobId: string, object: AwaitedObject) =>
    waiting.add({ tenant: 't1', jobId, object, key: `key of ${object}`, versionId: 'v' });
  const failures: AwaitedObject[] = [];
  const tell = (...objects: readonly AwaitedObject[]) =>
    tellRestored(objects.map(taskOf), deps, ({ object }) => void failures.push(object));
  return { rows, waiting, failing, failures, tell, woken, counted, callbacks, expectObject };
};

const taskOf = (object: AwaitedObject): RestoredTask => ({ tenant: 't1', object, first: '1', at: 0 });

describe('a job that waits for restores', () => {
  it('is woken by the last object, whatever order and number the events come in', async () => {
    const objects: AwaitedObject[] = ['asset:a', 'asset:b', 'pack:p'];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...objects), { maxLength: 6 }), async (early) => {
        const { tell, woken, counted, callbacks, expectObject } = world();
        for (const object of objects) await expectObject('job', object);
        callbacks.set('job', 'callback');
        for (const object of early) await tell(object);
        const isComplete = objects.every((object) => early.includes(object));

        expect(woken.length > 0).toBe(isComplete);
        for (const object of objects) await tell(object);
        expect(new Set(woken)).toEqual(new Set(['callback']));
        expect(counted).toHaveLength(objects.length - 1);
      }),
    );
  });

  it('is not woken where it does not sleep yet: it looks at its rows when it does', async () => {
    const { tell, rows, woken, expectObject } = world();
    await expectObject('job', 'asset:a');
    await tell('asset:a');

    expect([rows.size, woken]).toEqual([0, []]);
  });

  it('hears of an object that another job has asked for too', async () => {
    const { tell, woken, callbacks, expectObject } = world();
    for (const jobId of ['one', 'two']) {
      await expectObject(jobId, 'pack:p');
      callbacks.set(jobId, `callback of ${jobId}`);
    }
    await expectObject('two', 'asset:b');
    await tell('pack:p');

    expect(woken).toEqual(['callback of one']);
  });

  it('is told once of all the objects of a batch, and reports them itself', async () => {
    const { tell, rows, woken, counted, callbacks, expectObject } = world();
    callbacks.set('job', 'callback');
    for (const object of ['asset:a', 'asset:b', 'pack:p'] as const) await expectObject('job', object);
    await tell('asset:a', 'asset:b', 'asset:stranger', 'pack:p');

    expect([rows.size, woken, counted]).toEqual([0, ['callback'], []]);
  });

  it('shows what is there while it sleeps', async () => {
    const { tell, counted, callbacks, expectObject } = world();
    callbacks.set('job', 'callback');
    for (const object of ['asset:a', 'asset:b', 'pack:p'] as const) await expectObject('job', object);
    await tell('asset:a', 'pack:p');

    expect(counted).toEqual(['job', 'job']);
  });

  it.each(['wakes', 'removals'] as const)('is woken by the next try where %s fail', async (step) => {
    const { tell, rows, failing, failures, woken, callbacks, expectObject } = world();
    callbacks.set('job', 'callback');
    await expectObject('job', 'asset:a');
    failing[step] = 1;
    await tell('asset:a');
    const failed = [...failures];
    await tell('asset:a');

    expect(failed).toEqual(['asset:a']);
    expect([failures.length, rows.size, new Set(woken)]).toEqual([1, 0, new Set(['callback'])]);
  });

  it('that goes to sleep while it is told is woken all the same', async () => {
    const { tell, waiting, woken, callbacks, expectObject } = world();
    await expectObject('job', 'asset:a');
    const { remove } = waiting;
    waiting.remove = async (row) => {
      callbacks.set('job', 'callback');
      return remove(row);
    };
    await tell('asset:a');

    expect(woken).toEqual(['callback']);
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
    expect(restoredObjectOf({ name, key, at: undefined }, locate)).toEqual(object);
  });
});
