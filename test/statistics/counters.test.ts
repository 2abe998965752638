import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AssetRow } from '../../core/catalog/asset-row.ts';
import { type AssetChange, addCounts, countsOfChange, nameOf } from '../../core/statistics/change.ts';
import { type Count, countsOf, plainContentType } from '../../core/statistics/count.ts';
import { partsOf } from '../../core/statistics/parts.ts';
import { type CountRow, countDifferences, recount } from '../../core/statistics/recount.ts';
import { history, rowsAfter } from './rows.ts';

/** A table of counters with one shard's position: parts change it all or nothing. */
class FakeTable {
  position: string | undefined;
  readonly counters = new Map<string, Count>();

  commit({ from, to, counts }: ReturnType<typeof partsOf>[number]): boolean {
    if (from !== this.position) return false;
    addCounts(this.counters, counts);
    this.position = to;
    return true;
  }

  rows(): CountRow[] {
    return [...this.counters.values()].map(({ key, tenant, add }) => ({
      ...key,
      kind: 'count',
      tenant,
      updatedAt: '',
      ...add,
    }));
  }

  totals(): CountRow[] {
    return this.rows().filter(({ pk }) => !pk.endsWith('#growth'));
  }
}

/** Hands over a batch; `crashAfter` parts the function is cut off. */
const handOver = (
  table: FakeTable,
  batch: readonly AssetChange[],
  { stale, crashAfter, maxCounters }: { stale?: string | undefined; crashAfter: number; maxCounters: number },
): void => {
  let position = stale ?? table.position;
  for (let committed = 0; committed < crashAfter; ) {
    const [part] = partsOf(batch, position, maxCounters);
    if (part === undefined) return;
    if (table.commit(part)) committed++;
    position = table.position;
  }
};

describe('counters', () => {
  it('say what a recount of the rows says, however batches are cut, repeated and cut off', () => {
    fc.assert(
      fc.property(
        history,
        fc.array(fc.record({ size: fc.integer({ min: 1, max: 9 }), again: fc.nat(9), crashAfter: fc.nat(3) })),
        fc.integer({ min: 4, max: 90 }),
        (changes, cuts, maxCounters) => {
          const table = new FakeTable();
          let from = 0;
          for (const { size, again, crashAfter } of cuts) {
            const begin = Math.max(0, from - again);
            handOver(table, changes.slice(begin, from + size), {
              crashAfter,
              maxCounters,
              stale: changes[begin - 1]?.sequence,
            });
            // Lambda goes on only after a batch that was done; one that was cut off comes again.
            handOver(table, changes.slice(from, from + size), { crashAfter: 99, maxCounters });
            from += size;
          }
          handOver(table, changes.slice(from), { crashAfter: 99, maxCounters });
          handOver(table, changes, { crashAfter: 99, maxCounters });

          expect(countDifferences(recount(rowsAfter(changes)).tally(), table.totals())).toEqual([]);
        },
      ),
    );
  });

  it('grow by what the days say, neither side cancelling the other', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 9 }), (changes, size) => {
        const [whole, cut] = [new FakeTable(), new FakeTable()];
        handOver(whole, changes, { crashAfter: 99, maxCounters: 90 });
        for (let from = 0; from < changes.length; from += size)
          handOver(cut, changes.slice(from, from + size), { crashAfter: 99, maxCounters: 90 });
        const growth = (table: FakeTable) => table.rows().filter(({ pk }) => pk.endsWith('#growth'));
        const sum = (rows: readonly CountRow[], name: string): number =>
          rows.reduce((total, row) => total + Number(row[name] ?? 0), 0);
        const kept = (name: string): number =>
          sum(
            whole.rows().filter(({ pk }) => pk.endsWith('#stats')),
            name,
          );

        expect(growth(cut)).toEqual(growth(whole));
        expect(sum(growth(whole), 'addedBytes') - sum(growth(whole), 'removedBytes')).toBe(
          kept('bytes') + kept('noncurrentBytes'),
        );
        expect(sum(growth(whole), 'addedAssets') - sum(growth(whole), 'removedAssets')).toBe(kept('assets'));
      }),
    );
  });

  it('never exceed what one transaction takes, whole changes apart', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 12 }), (changes, maxCounters) => {
        const largest = Math.max(0, ...changes.map((change) => countsOfChange(change).length));

        for (const { counts } of partsOf(changes, undefined, maxCounters))
          expect(counts.length).toBeLessThanOrEqual(Math.max(maxCounters, largest));
      }),
    );
  });

  it('compare sequence numbers as numbers, not as text', () => {
    const [change] = fc.sample(history, { seed: 7, numRuns: 50 }).flat();
    const short = { ...change, sequence: '999', at: 0 };

    expect(partsOf([short], '1000')).toEqual([]);
    expect(partsOf([{ ...short, sequence: '000000000000000000001001' }], '1000')).toHaveLength(1);
  });
});

describe('what a row counts', () => {
  const row = (change: Partial<AssetRow> = {}): AssetRow => {
    const [found] = fc.sample(history, { seed: 1, numRuns: 100 }).flatMap(rowsAfter);
    if (found === undefined) throw new Error('No history has a row.');
    const summary = { ...found.summary, state: 'stored' as const, bytes: 10, uploader: 'asha', contentType: 'a/b' };
    const detail = { ...found.detail, storageClass: 'STANDARD' };
    const at = '2026-01-01T00:00:00.000Z';
    const versions = [
      { versionId: 'current', at, marker: false, bytes: 10, storageClass: 'STANDARD' },
      { versionId: 'old', at, marker: false, bytes: 4, storageClass: 'GLACIER' },
    ];
    return { ...found, summary, detail, versions, older: { STANDARD: { versions: 200, bytes: 1_000 } }, ...change };
  };
  const numbers = (counted: readonly Count[]) =>
    Object.fromEntries(counted.map(({ key, add }) => [`${key.pk} ${key.sk}`, add]));

  it('each version lies in its own storage class, those in the pages included', () => {
    const { dataClass } = row().summary;

    expect(numbers(countsOf(row()))).toEqual({
      [`t1#stats class#${dataClass}#STANDARD#a/b`]: { assets: 1, versions: 201, bytes: 10, noncurrentBytes: 1_000 },
      [`t1#stats class#${dataClass}#GLACIER#a/b`]: { versions: 1, noncurrentBytes: 4 },
      't1#usage asha': { assets: 1, bytes: 10 },
    });
  });

  it('a deleted asset keeps its bytes and leaves its uploader', () => {
    const deleted = row({ summary: { ...row().summary, state: 'deleted' }, older: {} });

    expect(numbers(countsOf(deleted))).toEqual({
      [`t1#stats class#${row().summary.dataClass}#STANDARD#a/b`]: { deleted: 1, versions: 1, noncurrentBytes: 10 },
      [`t1#stats class#${row().summary.dataClass}#GLACIER#a/b`]: { versions: 1, noncurrentBytes: 4 },
    });
  });

  it('a tombstone counts nothing', () => {
    expect(countsOf(row({ summary: { ...row().summary, state: 'gone' } }))).toEqual([]);
  });

  it.each([
    ['text/plain; charset=utf-8', 'text/plain'],
    ['Audio/WAV', 'audio/wav'],
    ['', 'application/octet-stream'],
  ])('%j counts as %s', (found, counted) => {
    expect(plainContentType(found)).toBe(counted);
  });
});

describe('a recount', () => {
  it('tells what has to be added to make a counter right, and which counters nothing stands behind', () => {
    const [row] = fc
      .sample(history, { seed: 1, numRuns: 100 })
      .flatMap(rowsAfter)
      .filter(({ summary }) => summary.state === 'stored');
    const tally = recount(row === undefined ? [] : [row]).tally();
    const right = [...tally.values()].map(
      ({ key, tenant, add }): CountRow => ({ ...key, kind: 'count', tenant, updatedAt: '', ...add }),
    );
    const [first, ...others] = right;
    const wrong = {
      ...first,
      pk: first?.pk ?? '',
      sk: first?.sk ?? '',
      kind: 'count' as const,
      tenant: 't1',
      updatedAt: '',
      assets: 5,
    };
    const stray: CountRow = {
      pk: 't1#stats',
      sk: 'class#none#STANDARD#a/b',
      kind: 'count',
      tenant: 't1',
      updatedAt: '',
      bytes: 3,
    };

    expect(countDifferences(tally, right)).toEqual([]);
    expect(countDifferences(tally, [wrong, ...others, stray])).toEqual([
      { key: { pk: wrong.pk, sk: wrong.sk }, tenant: 't1', add: { assets: Number(first?.['assets'] ?? 0) - 5 } },
      { key: { pk: stray.pk, sk: stray.sk }, tenant: 't1', add: { bytes: -3 } },
    ]);
    expect(new Set(right.map(nameOf)).size).toBe(right.length);
  });
});
