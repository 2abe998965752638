import { describe, expect, it } from 'vitest';
import { erasuresOf, parseErasure } from '../../core/recovery/erasures.ts';
import { isPutWhereGone, isWrittenBack, rowChange, whereGone } from '../../core/recovery/row-change.ts';
import { hasAsset, hasRow, parseScope, scopeText } from '../../core/recovery/scope.ts';

const member = { pk: 'principal#u1', sk: 'member#acme', kind: 'member', tenant: 'acme', roles: ['admin'], revision: 3 };

describe('a row that people wrote', () => {
  it('is put where it is gone, on the condition that it still is', () => {
    expect(rowChange(member, undefined)).toEqual({ kind: 'put', row: member, expected: 'absent' });
  });

  it('stays where only its revision has grown', () => {
    expect(rowChange(member, { ...member, revision: 9 })).toEqual({ kind: 'same' });
  });

  it('is put over a changed one under a later revision, so that no cache takes it for an old one', () => {
    const change = rowChange(member, { ...member, roles: ['viewer'], revision: 9 });

    expect(change).toEqual({ kind: 'put', row: { ...member, revision: 10 }, expected: { revision: 9 } });
  });

  it('is none of those that follow from the vault, pass away, or belong to a job', () => {
    expect(isWrittenBack(member)).toBe(true);
    expect(isWrittenBack({ ...member, kind: 'asset' })).toBe(false);
    expect(isWrittenBack({ ...member, kind: 'job' })).toBe(false);
    expect(isWrittenBack({ ...member, expiresAt: 1 })).toBe(false);
  });
});

describe('a row that functions wrote and nothing else tells', () => {
  const today = '2026-03-02';
  const row = (kind: string, more: object = {}) => ({ pk: 'acme#x', sk: 's', kind, tenant: 'acme', ...more });

  it.each([
    ['how far packing is', row('packing')],
    ['how far the sweep is', row('sweep', { tenant: '-' })],
    ['a job that has ended', row('job', { summary: { state: 'failed' } })],
    ['what came and went on a day before', row('count', { pk: 'acme#growth', sk: '2026-03-01#raw-text' })],
  ])('is put where it is gone, and only there: %s', (_, then) => {
    expect(isPutWhereGone(then, today)).toBe(true);
    expect(whereGone(then, undefined)).toEqual({ kind: 'put', row: then, expected: 'absent' });
    expect(whereGone(then, {})).toEqual({ kind: 'same' });
  });

  it.each([
    ['a job under way', row('job', { summary: { state: 'running' } })],
    ['the counter of this day', row('count', { pk: 'acme#growth', sk: '2026-03-02#raw-text' })],
    ['a counter that follows from the assets', row('count', { pk: 'acme#stats', sk: 'class#a' })],
    ['what passes away', row('sweep', { expiresAt: 1 })],
  ])('is none of these: %s', (_, then) => {
    expect(isPutWhereGone(then, today)).toBe(false);
  });
});

describe('a scope', () => {
  const asset = (tenant: string, dataClass: string, of?: string) =>
    ({ tenant, summary: { assetId: 'x', dataClass, ...(of && { case: of }) } }) as Parameters<typeof hasAsset>[1];

  it.each(['all', 'tenant:acme', 'class:raw-audio', 'case:acme/K-12'])('%s is read and written alike', (text) => {
    const scope = parseScope(text);

    expect(scope && scopeText(scope)).toBe(text);
  });

  it.each(['', 'everything', 'tenant:', 'tenant:a/b', 'class:x/y', 'case:acme', 'tenant:t1#x'])(
    '`%s` is none',
    (text) => {
      expect(parseScope(text)).toBeUndefined();
    },
  );

  it('takes the assets that it names and no others', () => {
    expect(hasAsset({ kind: 'tenant', tenant: 't1' }, asset('t10', 'raw-audio'))).toBe(false);
    expect(hasAsset({ kind: 'class', dataClass: 'raw-audio' }, asset('t1', 'raw-audio'))).toBe(true);
    expect(hasAsset({ kind: 'case', tenant: 't1', case: 'K' }, asset('t1', 'raw-audio', 'K'))).toBe(true);
    expect(hasAsset({ kind: 'case', tenant: 't1', case: 'K' }, asset('t2', 'raw-audio', 'K'))).toBe(false);
  });

  it('of a class takes no rows of people, of a case only its own', () => {
    expect(hasRow({ kind: 'class', dataClass: 'raw-audio' }, member)).toBe(false);
    expect(hasRow({ kind: 'case', tenant: 'acme', case: 'K' }, member)).toBe(false);
    expect(hasRow({ kind: 'case', tenant: 'acme', case: 'K' }, { tenant: 'acme', pk: 'acme#case#K' })).toBe(true);
    expect(hasRow({ kind: 'tenant', tenant: 'acme' }, member)).toBe(true);
  });
});

describe('the erasure journal', () => {
  const erasedAt = '2026-01-01T00:00:00.000Z';

  it('knows erased subjects and assets of their own tenant only', () => {
    const erasures = erasuresOf([
      { v: 1, tenant: 't1', subject: 's1', erasedAt },
      { v: 1, tenant: 't1', assets: ['a9'], erasedAt },
    ]);
    const row = (tenant: string, assetId: string, subject?: string) =>
      ({ tenant, summary: { assetId, ...(subject && { subject }) } }) as Parameters<typeof erasures.has>[0];

    expect(erasures.has(row('t1', 'a1', 's1'))).toBe(true);
    expect(erasures.has(row('t2', 'a1', 's1'))).toBe(false);
    expect(erasures.has(row('t1', 'a9'))).toBe(true);
    expect(erasures.has(row('t1', 'a1'))).toBe(false);
  });

  it('takes nothing for an entry that names nobody', () => {
    expect(parseErasure(JSON.stringify({ v: 1, tenant: 't1', erasedAt }))).toBeUndefined();
    expect(parseErasure('{')).toBeUndefined();
    expect(parseErasure(JSON.stringify({ v: 1, tenant: 't1', subject: 's', erasedAt }))).toMatchObject({
      subject: 's',
    });
  });
});
