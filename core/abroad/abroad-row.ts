import * as z from 'zod';
import { type AssetId, newAssetId } from '../asset-id.ts';
import { abroadPk, operatorTenant, type TableKey } from '../catalog/keys.ts';
import { days, isoTime } from '../time.ts';

/** One version or delete marker; its copy in the second region has the same id. */
const AbroadVersion = z.object({ key: z.string().min(1), versionId: z.string().min(1) });
export type AbroadVersion = z.infer<typeof AbroadVersion>;

/**
 * Versions that are deleted in the home region for good and have to be deleted in the second region too: S3 replicates no
 * deletion of a version. The row is put by whoever deletes and removed by the hourly sweep when nothing of it is left, so that
 * a region that does not answer delays a deletion and never loses it.
 */
export const AbroadRow = z.object({
  pk: z.string(),
  sk: z.string(),
  kind: z.literal('abroad'),
  tenant: z.string(),
  versions: z.array(AbroadVersion),
  /** False where the row was put before the deletion at home: then somebody has to look whether that came about. */
  deleted: z.boolean(),
  /** What has to have its copy in the second region first, because it holds now what these held. */
  needs: AbroadVersion.optional(),
  /** When the row was put. */
  announcedAt: z.iso.datetime(),
  /** When it is looked at next. */
  dueAt: z.iso.datetime(),
});
export interface AbroadRow extends TableKey, Readonly<z.infer<typeof AbroadRow>> {}

/** What has to go in the second region. */
export interface Announcement extends Pick<AbroadRow, 'deleted' | 'needs'> {
  readonly versions: readonly AbroadVersion[];
}

/** Has versions deleted in the second region. */
export type AnnounceAbroad = (what: Announcement) => Promise<void>;

/** A key and a version id have up to a kilobyte each, and a row 400. */
const mostVersions = 150;

/** A copy that was on its way when its original went can arrive once more; after a day none is. */
export const lastArrival = days(1);

/** The rows for what has to go; none for nothing. */
export const abroadRows = (
  { versions, deleted, needs }: Announcement,
  source: { readonly now: number; readonly random: () => number },
): AbroadRow[] =>
  Array.from({ length: Math.ceil(versions.length / mostVersions) }, (_, index) => ({
    pk: abroadPk,
    sk: newRowId(source),
    kind: 'abroad',
    tenant: operatorTenant,
    versions: versions.slice(index * mostVersions, (index + 1) * mostVersions),
    deleted,
    ...(needs !== undefined && { needs }),
    announcedAt: isoTime(source.now),
    dueAt: isoTime(source.now),
  }));

const newRowId = ({ now, random }: { readonly now: number; readonly random: () => number }): AssetId =>
  newAssetId({ now: () => now, random });
