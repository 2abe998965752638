import { describe, expect, it } from 'vitest';
import { restoredRow } from '../../core/restore/restored-row.ts';
import { assetRow, record } from './events.ts';
import { bytesIn, createProjectWorld } from './project-world.ts';

describe('word of a restored object', () => {
  const told = (sequence: number, object: 'asset:A' | 'asset:B' | 'pack:P') =>
    record(sequence, { row: restoredRow({ tenant: 't1', object }, 1_767_225_600_000) });

  it('wakes the jobs that wait for it, once a batch, and counts nothing', async () => {
    const { call, woken, written } = createProjectWorld();

    const answer = await call(told(5, 'asset:A'), told(6, 'asset:B'), told(7, 'pack:P'), told(8, 'asset:A'));

    expect(answer.batchItemFailures).toEqual([]);
    expect([...woken].sort()).toEqual(['callback of asset:A', 'callback of pack:P']);
    expect(written).toEqual([]);
  });

  it('tells nothing any more when it runs out, and is refused where it names nothing', async () => {
    const { call, woken, refused } = createProjectWorld();
    const row = restoredRow({ tenant: 't1', object: 'asset:A' }, 0);

    await call(record(5, { before: row }), record(6, { row: { ...row, object: 'case:A' } }));

    expect([woken, refused]).toEqual([[], ['6']]);
  });

  it('is not needed by assets that no job waits for', async () => {
    const { call, woken } = createProjectWorld();

    await call(record(5, { row: assetRow('A', 10) }));

    expect(woken).toEqual([]);
  });

  it('comes again where nobody could be woken, without a counter that waits for it', async () => {
    const { call, woken, written, state } = createProjectWorld();
    state.wakeFails = true;
    const records = [told(5, 'asset:A'), record(6, { row: assetRow('A', 10) })];

    const failed = await call(...records);
    const counted = bytesIn(written);
    state.wakeFails = false;
    const done = await call(...records);

    expect(failed.batchItemFailures).toEqual([{ itemIdentifier: '5' }]);
    expect(counted).toBe(10);
    expect(done.batchItemFailures).toEqual([]);
    expect([woken, bytesIn(written)]).toEqual([['callback of asset:A'], 10]);
  });

  it('is let go after a quarter of an hour, so that the shard goes on, and told', async () => {
    const { call, state, givenUp } = createProjectWorld();
    state.wakeFails = true;
    state.now += 16 * 60_000;

    const answer = await call(told(5, 'asset:A'));

    expect(answer.batchItemFailures).toEqual([]);
    expect(givenUp).toEqual(['5']);
  });
});
