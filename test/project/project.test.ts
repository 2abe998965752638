import { describe, expect, it } from 'vitest';
import { project } from '../../lambdas/project/project.ts';
import { assetRow, memberRow, record, shardId } from './events.ts';
import { bytesIn, createProjectWorld } from './project-world.ts';

describe('a batch of the catalog’s stream', () => {
  it('is counted in one transaction that moves the position to its last record', async () => {
    const { call, written, projected } = createProjectWorld();

    const answer = await call(record(5, { row: assetRow('A', 10) }), record(6, { row: assetRow('B', 20) }));

    expect(answer).toEqual({ state: {}, batchItemFailures: [] });
    expect(written).toMatchObject([{ from: undefined, to: '6' }]);
    expect(bytesIn(written)).toBe(30);
    expect(projected).toEqual([{ shardId, records: 2, counters: 3, journalled: 0, lagMs: 5_000 }]);
  });

  it('that came before counts nothing', async () => {
    const { call, written } = createProjectWorld();
    await call(record(5, { row: assetRow('A', 10) }));

    await call(record(5, { row: assetRow('A', 10) }), record(6, { row: assetRow('B', 20) }));

    expect(bytesIn(written)).toBe(30);
    expect(written.at(-1)).toMatchObject({ from: '5', to: '6' });
  });

  it('reads the position once per container, and again where somebody else moved it', async () => {
    const { call, written, state, deps } = createProjectWorld();
    await call(record(5, { row: assetRow('A', 10) }));
    await call(record(6, { row: assetRow('B', 10) }));
    deps.positions.set(shardId, '3');

    await call(record(6, { row: assetRow('B', 10) }), record(7, { row: assetRow('C', 10) }));

    expect(state.positionReads).toBe(1);
    expect(bytesIn(written)).toBe(30);
  });

  it('waits for counters that another shard is changing, and gives up after some tries', async () => {
    const { call, written, state } = createProjectWorld();
    state.answers.push({ kind: 'busy' }, { kind: 'busy' });

    await call(record(5, { row: assetRow('A', 10) }));
    state.answers.push(...Array.from({ length: 8 }, () => ({ kind: 'busy' }) as const));
    const tooBusy = call(record(6, { row: assetRow('B', 10) }));

    await expect(tooBusy).rejects.toMatchObject({ code: 'unavailable' });
    expect(bytesIn(written)).toBe(10);
  });

  it('ends a window with an empty answer and without touching anything', async () => {
    const { call, projected, state } = createProjectWorld();

    const answer = await call();

    expect(answer).toEqual({ state: {}, batchItemFailures: [] });
    expect([projected, state.positionReads]).toEqual([[], 0]);
  });

  it('writes nothing where no record concerns it', async () => {
    const { call, written, state } = createProjectWorld();

    await call(record(5, { row: { pk: 't1#stats', sk: 'x', kind: 'count', tenant: 't1' } }));

    expect([written, state.positionReads]).toEqual([[], 0]);
  });

  it.each([
    [{}],
    [{ Records: [record(1, {})], eventSourceARN: 'arn:aws:dynamodb:r:1:table/t/stream/s' }],
    [
      {
        Records: [{ dynamodb: { SequenceNumber: 'x' } }],
        shardId,
        eventSourceARN: 'arn:aws:dynamodb:r:1:table/t/stream/s',
      },
    ],
    [{ Records: [], shardId, eventSourceARN: 'arn:aws:sqs:r:1:q' }],
    ['nothing'],
  ])('that is none fails as a whole: %j', async (event) => {
    await expect(project(event, createProjectWorld().deps)).rejects.toThrow('not called with a batch');
  });
});

describe('a record that nobody can understand', () => {
  const spoilt = { ...assetRow('X', 1), summary: { bytes: 'many' } };

  it('is reported and does not hold up the others', async () => {
    const { call, refused, written } = createProjectWorld();

    const answer = await call(
      record(5, { row: spoilt }),
      record(6, { row: { kind: 'asset' } }),
      record(7, { row: { ...memberRow('a', []), when: new Set([1]) } }),
      record(8, { row: assetRow('A', 10) }),
    );

    expect(answer.batchItemFailures).toEqual([]);
    expect(refused).toEqual(['5', '6', '7']);
    expect(bytesIn(written)).toBe(10);
  });
});

describe('rows that people write', () => {
  const key = 'journal/t1/member/principal~asha~~member~t1';

  it('are journalled with their latest state', async () => {
    const { call, objects } = createProjectWorld();

    await call(record(5, { row: memberRow('asha', ['viewer']) }), record(6, { row: memberRow('asha', ['admin']) }));

    expect(objects.get(key)).toEqual({
      v: 1,
      tenant: 't1',
      kind: 'member',
      key: { pk: 'principal#asha', sk: 'member#t1' },
      order: { stream: '2026-01-01T00:00:00.000', sequence: '6' },
      at: '2026-01-01T00:00:00.000Z',
      row: memberRow('asha', ['admin']),
    });
  });

  it('leave a mark when they are removed', async () => {
    const { call, objects } = createProjectWorld();

    await call(record(5, { row: memberRow('asha', ['viewer']) }));
    await call(record(6, { before: memberRow('asha', ['viewer']) }));

    expect(objects.get(key)?.row).toBeUndefined();
    expect(objects.get(key)?.order.sequence).toBe('6');
  });

  it('that come late overwrite nothing', async () => {
    const { call, objects } = createProjectWorld();

    await call(record(6, { row: memberRow('asha', ['admin']) }));
    await call(record(5, { row: memberRow('asha', ['viewer']) }));

    expect(objects.get(key)?.row?.['roles']).toEqual(['admin']);
  });

  it('come again from the first whose object failed, and nothing after it is counted before', async () => {
    const { call, written, state } = createProjectWorld();
    state.failingKeys.add(key);
    const records = [
      record(5, { row: assetRow('A', 10) }),
      record(6, { row: memberRow('asha', ['viewer']) }),
      record(7, { row: assetRow('B', 20) }),
      record(8, { row: memberRow('asha', ['admin']) }),
    ];

    const failed = await call(...records);
    const counted = bytesIn(written);
    state.failingKeys.clear();
    const done = await call(...records.slice(1));

    expect(failed.batchItemFailures).toEqual([{ itemIdentifier: '6' }]);
    expect(counted).toBe(10);
    expect(done.batchItemFailures).toEqual([]);
    expect(bytesIn(written)).toBe(30);
  });
});
