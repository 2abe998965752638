import { describe, expect, it } from 'vitest';
import { holdIdOf, holdRow } from '../../core/retention/hold-row.ts';
import { assetRow, record } from './events.ts';
import { createProjectWorld } from './project-world.ts';

const ulid = '01JZ8K2M4N6P8Q0R2S4T6V8W0X';

const holdOn = (scope: 'asset' | 'case' | 'subject', scopeId: string, state: 'in-force' | 'released' | 'ended') => {
  const said = { reason: 'why', placedAt: '2026-01-01T00:00:00.000Z', placedBy: 'root' };
  return holdRow('t1', { holdId: holdIdOf(scope, scopeId, ulid), scope, scopeId, state, ...said }, 1);
};

const stored = (assetId: string, summary: object = {}, detail: object = {}) => {
  const row = assetRow(assetId, 1) as { summary: object; detail: object };
  return { ...row, summary: { ...row.summary, ...summary }, detail: { ...row.detail, ...detail } };
};

describe('what comes under a hold', () => {
  it.each(['in-force', 'released'] as const)('is held at once, by one job of a batch: %s', async (state) => {
    const { call, holds, asked, started } = createProjectWorld();
    holds.push(holdOn('case', 'C-17', state));
    const ofCase = { case: 'C-17', subject: 's-1' };

    const answer = await call(
      record(5, { row: stored('B', ofCase) }),
      record(6, { row: stored('A', ofCase) }),
      record(7, { row: stored('C', { case: 'C-18' }) }),
      record(8, { row: stored('D') }),
    );

    expect(answer.batchItemFailures).toEqual([]);
    expect(started).toMatchObject([
      { tenant: 't1', job: 'hold', input: { action: 'keep', holdId: `case~C-17~${ulid}`, assets: ['A', 'B'] } },
    ]);
    expect(asked).toEqual(['case C-17', 'case C-18']);
  });

  it('is a new version of a held asset too, and what is undeleted', async () => {
    const { call, holds, started } = createProjectWorld();
    holds.push(holdOn('asset', 'A', 'in-force'), holdOn('subject', 's-1', 'in-force'));

    await call(
      record(5, { before: stored('A'), row: stored('A', {}, { currentVersionId: 'v2' }) }),
      record(6, {
        before: stored('B', { state: 'gone' }, { currentVersionId: 'v0' }),
        row: stored('B', { subject: 's-1' }),
      }),
    );

    expect(started.map(({ input }) => input['assets']).toSorted()).toEqual([['A'], ['B']]);
  });

  it('is neither what was there, nor held already, nor gone, nor under a hold that has ended', async () => {
    const { call, holds, started } = createProjectWorld();
    holds.push(holdOn('case', 'C-17', 'in-force'), holdOn('case', 'C-18', 'ended'));
    const ofCase = { case: 'C-17' };

    await call(
      record(5, { before: stored('A', ofCase), row: stored('A', { ...ofCase, state: 'deleted' }) }),
      record(6, { row: stored('B', ofCase, { legalHold: true }) }),
      record(7, { before: stored('C', ofCase), row: stored('C', { ...ofCase, state: 'gone' }) }),
      record(8, { row: stored('D', { case: 'C-18' }) }),
      record(9, { before: stored('E', ofCase) }),
    );

    expect(started).toEqual([]);
  });

  it('comes again where its job could not be started, under the same name, and for a quarter of an hour at most', async () => {
    const { call, holds, started, state } = createProjectWorld();
    holds.push(holdOn('case', 'C-17', 'in-force'));
    const records = [record(5, { row: stored('D') }), record(6, { row: stored('A', { case: 'C-17' }) })];
    state.startFails = true;

    const failed = await call(...records);
    state.startFails = false;
    await call(...records);
    await call(...records.slice(1));
    state.startFails = true;
    state.now += 16 * 60_000;
    const late = await call(...records);

    expect(failed.batchItemFailures).toEqual([{ itemIdentifier: '6' }]);
    expect(new Set(started.map(({ jobId }) => jobId)).size).toBe(1);
    expect(started[0]?.jobId).toMatch(/^arrived-01JZ8K2M4N6P8Q0R2S4T6V8W0X-[0-9a-f]{16}$/);
    expect(late.batchItemFailures).toEqual([]);
  });
});
