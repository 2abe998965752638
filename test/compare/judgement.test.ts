import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HashRow } from '../../core/catalog/asset-row.ts';
import { comparePair } from '../../core/compare/compare-pair.ts';
import { pairsOfPage } from '../../core/compare/compare-streams.ts';
import { compareFacts } from '../../core/compare/facts.ts';
import { inReportOrder } from '../../core/compare/finding.ts';
import { compareKeys } from '../../core/compare/key-order.ts';
import { overdueUploads, stuckUpload } from '../../core/compare/landing.ts';
import { mergeJoin } from '../../core/compare/merge-join.ts';
import { staleCount, wrongCounts } from '../../core/compare/statistics.ts';
import { hours, isoTime } from '../../core/time.ts';
import { healthyAsset, now, rules } from './healthy-store.ts';

const asset = healthyAsset({ classIndex: 1, tenant: 'acme', history: 'cc' }, 1);
const { tenant, summary } = asset.entry.row;

describe('what may be on its way', () => {
  it('is not judged: an object that was put a minute ago', () => {
    const young = asset.object.versions.map((version) => ({ ...version, at: isoTime(now - 60_000) }));

    expect(comparePair({ key: asset.key, object: { key: asset.key, versions: young } }, rules)).toEqual([]);
  });

  it('is not judged: a row whose object was put after the listing', () => {
    const [first, ...others] = asset.entry.row.versions;
    if (first === undefined) throw new Error('There is no version.');
    const row = { ...asset.entry.row, versions: [{ ...first, at: isoTime(now - 60_000) }, ...others] };

    expect(comparePair({ key: asset.key, entry: { key: asset.key, row } }, rules)).toEqual([]);
  });

  it('is not missed in the second region before its time', () => {
    const young = asset.object.versions.map((version) => ({ ...version, at: isoTime(now - hours(2)) }));
    const row = { ...asset.entry.row, versions: young };
    const pair = { key: asset.key, object: { key: asset.key, versions: young }, entry: { key: asset.key, row } };

    expect(comparePair({ ...pair, replica: [] }, rules)).toEqual([]);
    expect(comparePair({ ...pair, replica: [] }, { ...rules, replicateWithinMs: hours(1) })).toMatchObject([
      { kind: 'unreplicated', versionIds: young.map(({ versionId }) => versionId) },
    ]);
  });
});

describe('a key found empty', () => {
  const pair = { key: asset.key, entry: asset.entry };

  it('is packed and not missing where a live pack names its asset', () => {
    const isPacked = (of: string, assetId: string): boolean => of === tenant && assetId === summary.assetId;

    expect(comparePair(pair, { ...rules, isPacked })).toEqual([]);
    expect(comparePair(pair, { ...rules, isPacked: () => false })).toMatchObject([{ kind: 'phantom' }]);
  });

  it('is right where a tombstone stands', () => {
    const gone = healthyAsset({ classIndex: 1, tenant: 'acme', history: '' }, 1);

    expect(comparePair({ key: gone.key, entry: gone.entry }, rules)).toEqual([]);
  });
});

describe('the link of a content', () => {
  const link = asset.entry.companions.find((companion): companion is HashRow => companion.kind === 'hash');
  if (link === undefined) throw new Error('The asset has no link.');
  const other = healthyAsset({ classIndex: 1, tenant: 'acme', history: 'c' }, 2).entry.row;
  const holding = { ...other, summary: { ...other.summary, sha256: summary.sha256 ?? '', bytes: summary.bytes } };
  const heldByOther = {
    ...asset,
    entry: {
      ...asset.entry,
      companions: asset.entry.companions.map((companion) =>
        companion === link ? { ...link, assetId: other.summary.assetId } : companion,
      ),
    },
  };

  it('may be held by another asset with the same content', () => {
    expect(comparePair(heldByOther, { ...rules, linkHolder: () => holding })).toEqual([]);
    expect(comparePair(heldByOther, rules)).toEqual([]);
  });

  it.each([
    ['another content', other],
    ['nothing any more', { ...holding, summary: { ...holding.summary, state: 'gone' as const } }],
    ['no row', undefined],
  ])('is taken away from an asset with %s', (_, holder) => {
    expect(comparePair(heldByOther, { ...rules, linkHolder: () => holder })).toMatchObject([
      { kind: 'stale-index', action: 'remove-link', fields: ['link-holder'] },
    ]);
  });
});

describe('an asset under two keys', () => {
  it('is for people to decide', () => {
    const key = asset.key.replace(/[^/]+$/, 'another.wav');

    const pairs = pairsOfPage([{ ...asset.object, key }], [asset.entry], rules.locate);

    expect(pairs.flatMap((pair) => comparePair(pair, rules))).toMatchObject([
      { kind: 'orphan', key, repair: 'ask', fields: ['key'] },
    ]);
  });
});

describe('a facts object', () => {
  const { row } = asset.entry;
  const at = isoTime(now - hours(1));
  const about = { tenant, assetId: summary.assetId };
  const applied = { ...row, detail: { ...row.detail, factsEtag: '"1"' } };

  it.each([
    ['is applied', { stored: { etag: '"1"', at }, row: applied }, []],
    ['was never there', { row }, []],
    ['is not applied', { stored: { etag: '"2"', at }, row: applied }, ['mismatch']],
    ['is gone', { row: applied }, ['mismatch']],
    ['tells of no asset', { stored: { etag: '"1"', at } }, ['orphan']],
    ['was put just now', { stored: { etag: '"2"', at: isoTime(now) }, row: applied }, []],
  ])('%s', (_, pair, kinds) => {
    expect(compareFacts({ ...about, ...pair }, rules).map(({ kind }) => kind)).toEqual(kinds);
  });
});

describe('an upload in landing', () => {
  const key = `put/acme/${summary.assetId}`;

  it('is overdue once every delivery must have ended', () => {
    const landed = [
      { key, versionId: 'v1', at: isoTime(now - hours(9)) },
      { key, versionId: 'v2', at: isoTime(now - hours(1)) },
      { key: 'staged/acme/x', versionId: 'v3', at: isoTime(now - hours(9)) },
    ];

    const overdue = overdueUploads(landed, now);

    expect(overdue.map(stuckUpload)).toMatchObject([
      { kind: 'stuck-upload', key, versionIds: ['v1'], action: 'resend', repair: 'safe' },
    ]);
  });
});

describe('counters', () => {
  const key = { pk: 'acme#stats', sk: 'class#raw-audio#STANDARD#audio/wav' };
  const counted = new Map([['acme', { key, tenant: 'acme', add: { assets: 2, bytes: 20 } }]]);
  const tally = new Map([...counted.values()].map((count) => [`${key.pk.length} ${key.pk}${key.sk}`, count]));
  const told = (numbers: Record<string, number>) => [
    { ...key, kind: 'count' as const, tenant: 'acme', updatedAt: '', ...numbers },
  ];

  it('are wrong where every reading is wrong by as much', () => {
    const wrong = told({ assets: 2, bytes: 21 });

    const differences = wrongCounts(tally, [wrong, wrong, wrong]);

    expect(differences.map(staleCount)).toMatchObject([
      { kind: 'stale-statistics', tenant: 'acme', fields: ['bytes'], count: { key, add: { bytes: -1 } } },
    ]);
    expect(differences.map(staleCount)[0]?.found).toBe('The counter is wrong: bytes by 1.');
  });

  it.each([
    ['the first reading was right', told({ assets: 2, bytes: 20 }), told({ assets: 3, bytes: 30 })],
    ['the second reading is right', told({ assets: 1, bytes: 10 }), told({ assets: 2, bytes: 20 })],
    ['they were written in between', told({ assets: 1, bytes: 10 }), told({ assets: 3, bytes: 30 })],
  ])('are not judged where %s', (_, before, after) => {
    expect(wrongCounts(tally, [before, after])).toEqual([]);
  });
});

describe('the order of keys', () => {
  it('is that of their UTF-8 bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        expect(Math.sign(compareKeys(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
      }),
    );
  });

  it('is refused where a side does not keep it', async () => {
    const joined = mergeJoin([[{ key: 'b' }, { key: 'a' }]], []);

    await expect(Array.fromAsync(joined)).rejects.toThrow('left side');
  });

  it('is refused where a side names a key twice, also over the edge of a page', async () => {
    const joined = mergeJoin([], [[{ key: 'a' }], [{ key: 'a' }]]);

    await expect(Array.fromAsync(joined)).rejects.toThrow('right side');
  });

  it('orders a report by key and kind', () => {
    const base = { repair: 'safe', action: 'observe', found: '' } as const;
    const findings = [
      { kind: 'phantom', key: 'b', ...base },
      { kind: 'orphan', key: 'b', ...base },
      { kind: 'phantom', key: 'a', ...base },
    ] as const;

    expect(inReportOrder(findings).map(({ key, kind }) => `${key} ${kind}`)).toEqual([
      'a phantom',
      'b orphan',
      'b phantom',
    ]);
  });
});
