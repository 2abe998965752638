import * as fc from 'fast-check';
import type { AssetRow, VersionEntry } from '../../core/catalog/asset-row.ts';
import { assetKey } from '../../core/catalog/keys.ts';
import type { AssetChange } from '../../core/statistics/change.ts';

const storageClass = fc.constantFrom('STANDARD', 'STANDARD_IA', 'DEEP_ARCHIVE');

const entry: fc.Arbitrary<VersionEntry> = fc
  .record({ marker: fc.boolean(), bytes: fc.nat(1_000), storageClass })
  .map(({ marker, bytes, storageClass: lies }) =>
    marker
      ? { versionId: 'm', at: '2026-01-01T00:00:00.000Z', marker }
      : { versionId: 'v', at: '2026-01-01T00:00:00.000Z', marker, bytes, storageClass: lies },
  );

/** A state of one asset's row, as the catalog could write it. */
export const assetState = (assetId: string): fc.Arbitrary<AssetRow> =>
  fc
    .record({
      state: fc.constantFrom('stored', 'stored', 'deleted', 'gone'),
      tenant: fc.constant('t1'),
      dataClass: fc.constantFrom('raw-audio', 'model'),
      contentType: fc.constantFrom('audio/wav', 'audio/flac', 'text/plain; charset=utf-8'),
      uploader: fc.constantFrom('', 'asha', 'ravi#1'),
      bytes: fc.nat(1_000),
      storageClass,
      others: fc.array(entry, { maxLength: 4 }),
      older: fc.option(fc.record({ versions: fc.nat(300), bytes: fc.nat(9_000) }), { nil: undefined }),
    })
    .map(({ state, tenant, others, older, ...facts }) => {
      const at = '2026-01-01T00:00:00.000Z';
      const current = { versionId: 'current', at, marker: false, bytes: facts.bytes, storageClass: facts.storageClass };
      return {
        ...assetKey(tenant, assetId),
        kind: 'asset',
        tenant,
        revision: 1,
        summary: {
          assetId,
          dataClass: facts.dataClass,
          state,
          filename: 'a',
          contentType: facts.contentType,
          bytes: facts.bytes,
          createdAt: at,
          uploader: facts.uploader,
          attributes: {},
        },
        detail: { key: 'k', currentVersionId: 'current', storageClass: facts.storageClass, cataloguedAt: at },
        versions: [current, ...others],
        versionCount: others.length + 1,
        ...(older && { older: { STANDARD: older } }),
      } satisfies AssetRow;
    });

/** A shard's history: rows of a few assets that come, change and are removed, each change told once and in order. */
export const history: fc.Arbitrary<readonly AssetChange[]> = fc
  .array(
    fc.nat(3).chain((asset) =>
      fc.record({
        asset: fc.constant(`A${asset}`),
        after: fc.option(assetState(`A${asset}`), { nil: undefined, freq: 5 }),
        minutes: fc.nat(3_000),
      }),
    ),
    { maxLength: 30 },
  )
  .map((steps) => {
    const rows = new Map<string, AssetRow>();
    let at = Date.UTC(2026, 0, 1);
    return steps.flatMap(({ asset, after, minutes }, index) => {
      const before = rows.get(asset);
      if (before === undefined && after === undefined) return [];
      if (after === undefined) rows.delete(asset);
      else rows.set(asset, after);
      at += minutes * 60_000;
      return [{ sequence: String(100 + index * 7), at, ...(before && { before }), ...(after && { after }) }];
    });
  });

/** The rows that stand at the end of a history. */
export const rowsAfter = (changes: readonly AssetChange[]): AssetRow[] => {
  const rows = new Map<string, AssetRow>();
  for (const { before, after } of changes) {
    const id = (after ?? before)?.summary.assetId ?? '';
    if (after === undefined) rows.delete(id);
    else rows.set(id, after);
  }
  return [...rows.values()];
};
