import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newAssetId } from '../../core/asset-id.ts';
import { assetKey, duplicateKey, rejectedKey } from '../../core/catalog/keys.ts';
import { compareFacts, type FactsPair } from '../../core/compare/facts.ts';
import { staleCount, wrongCounts } from '../../core/compare/statistics.ts';
import { landingKey } from '../../core/key-layout.ts';
import { nameOf, type Tally } from '../../core/statistics/change.ts';
import type { CountRow } from '../../core/statistics/recount.ts';
import { hours, isoTime } from '../../core/time.ts';
import { landingPage } from '../../lambdas/reconcile/landing-pass.ts';
import type { ReconcileDeps } from '../../lambdas/reconcile/ports.ts';
import { firstPrefix } from '../../lambdas/reconcile/vault-pass.ts';
import { healthyAsset, now, rules } from '../compare/healthy-store.ts';

const tenants = fc.constantFrom('acme', 'acm', 'globex');

describe('what no key of the vault shows is found wherever it is seeded, and nowhere else', () => {
  it('uploads about which nobody has decided', async () => {
    const decision = fc.constantFrom(assetKey, rejectedKey, duplicateKey, undefined);
    const uploads = fc.array(fc.record({ tenant: tenants, decision, ageHours: fc.constantFrom(0, 1, 7, 9, 48) }), {
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(uploads, async (plans) => {
        const landed = plans.map((plan, index) => {
          const at = now - hours(plan.ageHours);
          const assetId = newAssetId({ now: () => at - index, random: () => index / 64 });
          return {
            ...plan,
            assetId,
            at: isoTime(at),
            key: landingKey('put', plan.tenant, assetId),
            versionId: `v${index}`,
          };
        });
        const decided = landed.flatMap(({ tenant, assetId, decision: keyOf }) => keyOf?.(tenant, assetId) ?? []);
        const expected = landed.filter((upload) => upload.decision === undefined && upload.ageHours > 8);

        const found = await reportOfLanding(landed, decided);

        expect(found).toEqual(expected.map(({ assetId }) => ({ kind: 'stuck-upload', assetId })).sort(byAsset));
      }),
      { numRuns: 100 },
    );
  });

  it('counters that are wrong in every reading', () => {
    const counter = fc.record({
      assets: fc.nat(1000),
      fault: fc.constantFrom('none', 'wrong', 'lost', 'late', 'strange', 'moving'),
      off: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(counter, { maxLength: 30 }), (plans) => {
        const rows = plans.map((plan, index) => ({ ...plan, key: { pk: 'acme#stats', sk: `class#${index}` } }));
        const counted: Tally = new Map(
          rows
            .filter(({ fault }) => fault !== 'strange')
            .map(({ key, assets }) => [nameOf(key), { key, tenant: 'acme', add: { assets } }]),
        );
        const reading = (last: boolean, pass: number): CountRow[] =>
          rows.flatMap(({ key, assets, fault, off }): CountRow[] => {
            const told = (value: number) => [
              { ...key, kind: 'count' as const, tenant: 'acme', updatedAt: '', assets: value },
            ];
            if (fault === 'wrong') return told(assets + off);
            if (fault === 'strange') return told(off);
            if (fault === 'lost') return [];
            if (fault === 'late') return told(last ? assets : assets + off);
            return told(fault === 'moving' ? assets + off + pass : assets);
          });
        const isWrong = ({ fault, assets }: (typeof rows)[number]): boolean =>
          fault === 'wrong' || fault === 'strange' || (fault === 'lost' && assets > 0);

        const found = wrongCounts(counted, [reading(false, 0), reading(false, 1), reading(true, 2)]).map(staleCount);

        expect(found.map(({ count }) => count?.key.sk).sort()).toEqual(
          rows
            .filter(isWrong)
            .map(({ key }) => key.sk)
            .sort(),
        );
      }),
    );
  });

  it('facts that a row has not applied', () => {
    const fault = fc.constantFrom('none', 'newer', 'vanished', 'no row', 'refused', 'just put');
    fc.assert(
      fc.property(fault, fc.nat(20), (chosen, classIndex) => {
        const { entry } = healthyAsset({ classIndex, tenant: 'acme', history: 'c' }, 1);
        const row = { ...entry.row, detail: { ...entry.row.detail, factsEtag: '"1"' } };
        const about = { tenant: row.tenant, assetId: row.summary.assetId };
        const at = isoTime(now - hours(2));
        const pairs: Record<string, FactsPair> = {
          none: { ...about, row, stored: { etag: '"1"', at } },
          newer: { ...about, row, stored: { etag: '"2"', at } },
          vanished: { ...about, row },
          'no row': { ...about, stored: { etag: '"1"', at } },
          refused: { ...about, row, stored: { etag: '"1"', at }, isRefused: true },
          'just put': { ...about, row, stored: { etag: '"2"', at: isoTime(now) } },
        };

        const found = compareFacts(pairs[chosen] ?? about, rules);

        const kinds = { newer: 'mismatch', vanished: 'mismatch', 'no row': 'orphan', refused: 'mismatch' };
        expect(found.map(({ kind }) => kind)).toEqual(chosen in kinds ? [kinds[chosen as keyof typeof kinds]] : []);
      }),
    );
  });
});

const byAsset = (a: { readonly assetId: string }, b: { readonly assetId: string }): number =>
  a.assetId < b.assetId ? -1 : a.assetId > b.assetId ? 1 : 0;

type Landed = { readonly key: string; readonly versionId: string; readonly at: string };

/** One page over a landing and a table that stand in memory; answers what the report says. */
const reportOfLanding = async (objects: readonly Landed[], decided: readonly { readonly pk: string }[]) => {
  const reports: string[] = [];
  const deps = {
    listLanding: async () => ({ objects }),
    read: async (keys: readonly { readonly pk: string }[]) =>
      keys.filter(({ pk }) => decided.some((row) => row.pk === pk)),
    reports: { put: async (_: string, body: string) => void reports.push(body) },
    meter: { count() {} },
    clock: { now: () => now },
  } as unknown as ReconcileDeps;
  await landingPage(firstPrefix, { prefixes: ['put/'], repair: false, report: 'reports/reconcile/test' }, deps);
  const found: { kind: string; assetId: string }[] = reports.flatMap((body) => JSON.parse(body).findings);
  return found.map(({ kind, assetId }) => ({ kind, assetId })).sort(byAsset);
};
