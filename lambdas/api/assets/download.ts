import { needsRestore } from '../../../core/archive/archive-class.ts';
import type { AssetRow, RestoreState, VersionEntry } from '../../../core/catalog/asset-row.ts';
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

/** Throws `archived` for a version in an archive class without a restored copy that outlives the link. */
export const expectReadable = ({ detail, summary }: AssetRow, version: VersionEntry, until: number): void => {
  const isCurrent = version.versionId === detail.currentVersionId;
  const tier = isCurrent ? detail.archiveStatus : undefined;
  if (!needsRestore(version.storageClass ?? '') && tier === undefined) return;
  const restore = isCurrent ? detail.restore : undefined;
  const ready = restore !== undefined && !restore.ongoing;
  if (ready && (restore.until === undefined || Date.parse(restore.until) > until)) return;
  const where = tier === undefined ? (version.storageClass ?? '') : `${version.storageClass}, ${tier}`;
  throw archivedProblem(summary.assetId, where, restore);
};

/** Why something archived cannot be read now, and what to do. */
export const archivedProblem = (assetId: string, storageClass: string, restore?: RestoreState): MediakeepError => {
  const again = `\`mediakeep restore --asset ${assetId}\` (POST /jobs/restore with {"asset": "${assetId}"})`;
  if (restore?.ongoing === true) {
    return archived(
      `The content lies in the archive (${storageClass}) and is being restored; come back when its job has ended (\`mediakeep jobs\` shows it).`,
    );
  }
  if (restore?.until !== undefined) {
    return archived(
      `The restored copy of this content (${storageClass}) ends at ${restore.until}, before a link to it would; ${again} makes it stay or brings it back.`,
    );
  }
  return archived(`The content lies in the archive (${storageClass}); ${again} brings a readable copy.`);
};

const archived = (message: string): MediakeepError => new MediakeepError('archived', message);
