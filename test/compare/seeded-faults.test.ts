import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePair } from '../../core/compare/compare-pair.ts';
import { compareStreams, inKeyOrder } from '../../core/compare/compare-streams.ts';
import type { Finding } from '../../core/compare/finding.ts';
import type { AssetPair } from '../../core/compare/pair.ts';
import { utcDay } from '../../core/time.ts';
import { type HealthyAsset, healthyAsset, now, rules } from './healthy-store.ts';
import { type SeededFault, seededFaults } from './seeded-faults.ts';

const plan = fc.record({
  classIndex: fc.nat(20),
  tenant: fc.constantFrom('acme', 'acm', 'globex'),
  history: fc.constantFrom('c', 'cc', 'cm', 'cmc', 'm', 'ccccccc', 'cmcmcmcm'),
});

const pagesOf = <Item>(items: readonly Item[], size: number): Item[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, page) => items.slice(page * size, (page + 1) * size));

const compareAll = async (pairs: readonly AssetPair[], pageSize: number): Promise<readonly Finding[]> => {
  const ordered = inKeyOrder(pairs);
  const sides = {
    vault: pagesOf(
      ordered.flatMap(({ object }) => object ?? []),
      pageSize,
    ),
    catalog: pagesOf(
      ordered.flatMap(({ entry }) => entry ?? []),
      pageSize + 1,
    ),
    replica: pagesOf(
      ordered.flatMap(({ key, replica }) => (replica?.length ? [{ key, versions: replica }] : [])),
      pageSize + 2,
    ),
  };
  const findings: Finding[] = [];
  for await (const page of compareStreams(sides, rules)) findings.push(...page);
  return findings;
};

/** A due row is compared as long as its day has not come. */
const canBreak = (fault: SeededFault, asset: HealthyAsset): boolean =>
  fault.fits(asset) && (fault.says.field !== 'due' || (asset.entry.row.detail.dueAt ?? '').slice(0, 10) > utcDay(now));

describe('a comparison', () => {
  it('finds every seeded fault and invents none', async () => {
    const store = fc.array(fc.tuple(plan, fc.option(fc.nat(seededFaults.length - 1))), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(store, fc.integer({ min: 1, max: 7 }), async (plans, pageSize) => {
        const expected: { key: string; says: SeededFault['says'] }[] = [];
        const pairs = plans.map(([of, chosen], number) => {
          const asset = healthyAsset(of, number);
          const fault = chosen === null ? undefined : seededFaults[chosen];
          if (fault === undefined || !canBreak(fault, asset)) return asset;
          const broken = fault.break(asset);
          expected.push({ key: broken.key, says: fault.says });
          return broken;
        });

        const findings = await compareAll(pairs, pageSize);

        expect(findings.map(({ key }) => key)).toEqual(inKeyOrder(expected).map(({ key }) => key));
        for (const { key, says } of expected) {
          const finding = findings.find((found) => found.key === key);
          expect(finding).toMatchObject({ kind: says.kind, repair: says.repair });
          if (says.field !== undefined) expect(finding?.fields).toContain(says.field);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each(seededFaults)('can be broken so: $name', (fault) => {
    const assets = Array.from({ length: 20 }, (_, index) =>
      ['c', 'cc', 'cmc', 'ccccccc'].map((history) =>
        healthyAsset({ classIndex: index, tenant: 'acme', history }, index),
      ),
    ).flat();
    const asset = assets.find((candidate) => canBreak(fault, candidate));
    if (asset === undefined) throw new Error('No asset of the store can break so.');

    const [healthy, broken] = [comparePair(asset, rules), comparePair(fault.break(asset), rules)];

    expect(healthy).toEqual([]);
    expect(broken.map(({ kind }) => kind)).toContain(fault.says.kind);
  });

  it('says the same of the same store, whatever the pages', async () => {
    const pairs = Array.from({ length: 40 }, (_, number) => {
      const asset = healthyAsset({ classIndex: number, tenant: 'acme', history: 'cmc' }, number);
      const fault = seededFaults[number % seededFaults.length];
      return fault !== undefined && canBreak(fault, asset) ? fault.break(asset) : asset;
    });

    const [once, again] = [await compareAll(pairs, 1), await compareAll(pairs, 50)];

    expect(once.length).toBeGreaterThan(10);
    expect(again).toEqual(once);
  });
});
