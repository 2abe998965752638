import type { AssetRow, VersionEntry } from '../../../core/catalog/asset-row.ts';
import { MediakeepError } from '../../../core/error.ts';
import type { Position } from '../ports.ts';
import type { Services } from '../services.ts';

// Types that no browser runs; anything else goes out as bytes.
const harmless = /^(audio\/[\w.+-]+|video\/mp4|image\/(jpeg|png)|text\/(plain|vtt)|application\/(json|ogg|x-subrip))$/;

/** The content type of a download: never one that a browser would execute, such as HTML or SVG. */
export const downloadType = (contentType: string): string =>
  harmless.test(contentType) ? contentType : 'application/octet-stream';

/** `attachment` with the name in ASCII and in UTF-8 (RFC 6266); nothing of the name can end the header. */
export const attachment = (filename: string): string => {
  const plain = filename.replace(/[^\w .()+-]/g, '_');
  const encoded = encodeURIComponent(filename.toWellFormed()).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
};

/** The version to download: the current one, or the one that was asked for, which must be content of this asset. */
export const findVersion = async (
  row: AssetRow,
  versionId: string | undefined,
  { catalog }: Pick<Services, 'catalog'>,
): Promise<VersionEntry> => {
  const wanted = versionId ?? row.detail.currentVersionId;
  let found = row.versions.find((version) => version.versionId === wanted);
  let position: Position | undefined;
  let older = row.versionCount > row.versions.length;
  while (found === undefined && older) {
    const page = await catalog.olderVersions(row.tenant, row.summary.assetId, position);
    found = page.items.find((version) => version.versionId === wanted);
    position = page.next;
    older = position !== undefined;
  }
  if (found === undefined) throw new MediakeepError('not-found', 'The asset has no such version.');
  if (found.marker) throw new MediakeepError('not-found', 'That version is a delete marker; it has no content.');
  return found;
};

const archiveClasses = new Set(['GLACIER', 'DEEP_ARCHIVE']);

/** Throws `conflict` for a version in an archive class without a restored copy that outlives the link. */
export const expectReadable = ({ detail }: AssetRow, version: VersionEntry, until: number): void => {
  if (!archiveClasses.has(version.storageClass ?? '')) return;
  const { restore } = detail;
  const restored = version.versionId === detail.currentVersionId && restore !== undefined && !restore.ongoing;
  if (restored && (restore.until === undefined || Date.parse(restore.until) > until)) return;
  throw new MediakeepError(
    'conflict',
    `This version lies in the archive (${version.storageClass}); it has to be restored before it can be read.`,
  );
};
