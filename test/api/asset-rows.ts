import { findDataClass } from '../../config/data-classes.ts';
import type { AssetRow, AssetSummary, VersionEntry } from '../../core/catalog/asset-row.ts';
import { indexKeysOf } from '../../core/catalog/index-keys.ts';
import { assetKey } from '../../core/catalog/keys.ts';
import { digest } from './uploads.ts';

/** What a test says of an asset; the rest is a recording of ann's in acme. */
export interface AssetWish extends Partial<Omit<AssetSummary, 'assetId'>> {
  readonly assetId: string;
  readonly tenant?: string;
  readonly versions?: readonly VersionEntry[];
  readonly versionCount?: number;
  readonly detail?: Partial<AssetRow['detail']>;
}

/** A content version. */
export const version = (versionId: string, more: Partial<VersionEntry> = {}): VersionEntry => ({
  versionId,
  at: '2026-01-31T08:00:01.000Z',
  marker: false,
  bytes: 1000,
  storageClass: 'STANDARD',
  ...more,
});

/** A delete marker. */
export const marker = (versionId: string): VersionEntry => ({
  versionId,
  at: '2026-01-31T09:00:00.000Z',
  marker: true,
});

/** An asset row as the catalog writes it. */
export const assetRow = (wish: AssetWish): AssetRow => {
  const { tenant = 'acme', versions = [version('v1')], versionCount, detail, ...said } = wish;
  const summary: AssetSummary = {
    dataClass: 'raw-audio',
    state: 'stored',
    filename: 'interview.wav',
    contentType: 'audio/wav',
    bytes: 1000,
    sha256: digest,
    createdAt: '2026-01-31T08:00:00.000Z',
    uploader: 'ann',
    subject: 'speaker-1',
    attributes: {},
    ...said,
  };
  return {
    ...assetKey(tenant, said.assetId),
    kind: 'asset',
    tenant,
    revision: 1,
    summary,
    detail: {
      key: `raw/audio/${tenant}/2026-01-31/${said.assetId}/interview.wav`,
      ...(versions[0] === undefined
        ? {}
        : { currentVersionId: versions.find((entry) => !entry.marker)?.versionId ?? '' }),
      storageClass: 'STANDARD',
      cataloguedAt: '2026-01-31T08:00:02.000Z',
      ...detail,
    },
    versions,
    versionCount: versionCount ?? versions.length,
    ...indexKeysOf(tenant, summary, findDataClass(summary.dataClass)?.topic),
  };
};
