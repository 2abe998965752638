import { describe, expect, it } from 'vitest';
import { pricesOf } from '../../config/prices.ts';
import { GiB } from '../../core/bytes.ts';
import { classCountKey } from '../../core/catalog/keys.ts';
import type { CountRow } from '../../core/statistics/recount.ts';
import { publishGauges } from '../../lambdas/gauges/publish.ts';

const counter = (
  tenant: string,
  dataClass: string,
  storageClass: string,
  numbers: Record<string, number>,
): CountRow => ({
  ...classCountKey(tenant, { dataClass, storageClass, contentType: 'a/b' }),
  kind: 'count',
  tenant,
  updatedAt: '2026-01-01T00:00:00.000Z',
  ...numbers,
});

const rows: Readonly<Record<string, readonly CountRow[]>> = {
  acme: [
    counter('acme', 'raw-audio', 'STANDARD', { assets: 2, versions: 3, bytes: GiB(2), noncurrentBytes: GiB(1) }),
    counter('acme', 'raw-audio', 'DEEP_ARCHIVE', { assets: 5, versions: 5, bytes: GiB(50) }),
  ],
  globex: [counter('globex', 'raw-audio', 'STANDARD', { assets: 1, versions: 1, bytes: GiB(1) })],
  empty: [],
};

describe('the gauges', () => {
  it('sum over tenants by class and storage class, and name each tenant in the log alone', async () => {
    const told: [string, number, object][] = [];
    const logged: object[] = [];
    const tell = (name: string, value: number, dimensions: object = {}) => void told.push([name, value, dimensions]);

    const answer = await publishGauges({
      async *tenants() {
        yield* Object.keys(rows);
      },
      counters: async (tenant) => rows[tenant] ?? [],
      prices: pricesOf('us-east-1'),
      meter: { count: tell, bytes: tell, milliseconds: tell },
      log: { info: (_, fields) => void logged.push(fields), warn: () => {}, error: () => {} },
    });

    expect(answer).toEqual({ tenants: 3 });
    expect(told).toEqual([
      ['AssetsKept', 8, { class: 'raw-audio' }],
      ['MonthlyCost', expect.closeTo(4 * 0.023 + 50 * 0.00099, 3), { class: 'raw-audio' }],
      ['BytesKept', GiB(4), { class: 'raw-audio', storageClass: 'STANDARD' }],
      ['BytesKept', GiB(50), { class: 'raw-audio', storageClass: 'DEEP_ARCHIVE' }],
    ]);
    expect(logged).toEqual([
      { tenant: 'acme', assets: 7, bytes: GiB(53) },
      { tenant: 'globex', assets: 1, bytes: GiB(1) },
      { tenant: 'empty', assets: 0, bytes: 0 },
    ]);
  });
});
