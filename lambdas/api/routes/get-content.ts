import * as z from 'zod';
import type { AssetRow, VersionEntry } from '../../../core/catalog/asset-row.ts';
import { metricNames } from '../../../core/metric-names.ts';
import { ContentLink } from '../../../core/schemas/asset.ts';
import { AssetPath } from '../../../core/schemas/primitives.ts';
import { isoTime } from '../../../core/time.ts';
import { attachment, downloadType, expectReadable, findVersion } from '../assets/download.ts';
import { expectStored, findAsset } from '../assets/find.ts';
import { isPackedVersion, openPacked } from '../assets/packed.ts';
import { endpoint } from '../endpoint.ts';
import type { Services } from '../services.ts';

/** How long a download link is good. */
export const contentTtlSeconds = 300;

const ContentQuery = z.strictObject({
  versionId: z
    .string()
    .regex(/^[\w.-]{1,1024}$/, 'must be a version id as GET /assets/{assetId}/versions lists it')
    .optional(),
  redirect: z.enum(['true', 'false']).default('false').describe('Answer 302 with the link as `Location`'),
});

/** A short link that downloads exactly one version as an attachment. */
export const getContent = endpoint({
  operation: 'getContent',
  summary: 'Link to the content',
  description:
    'Good for five minutes and for this version alone. With `redirect=true` the answer leads there by itself.',
  shapes: { path: AssetPath, query: ContentQuery },
  answers: { 200: ContentLink, 302: undefined },
  errors: ['not-found', 'gone', 'archived'],
  run: async ({ path: { assetId }, query, caller }, services) => {
    const row = await findAsset(assetId, 'getContent', caller, services);
    expectStored(row);
    const version = await findVersion(row, query.versionId, services);
    const expiresAt = services.clock.now() + contentTtlSeconds * 1000;
    const { filename, bytes, sha256 } = row.summary;
    const contentType = downloadType(row.summary.contentType);
    const link = { disposition: attachment(filename), contentType, expiresInSeconds: contentTtlSeconds };
    const url = isPackedVersion(row, version)
      ? await openPacked(row, link, services)
      : await linkTo(row, version, { ...link, expiresAt }, services);
    services.meter.count(metricNames.contentRead, 1, { class: row.summary.dataClass });
    if (query.redirect === 'true') return { status: 302, headers: { location: url } };
    const isCurrent = version.versionId === row.detail.currentVersionId;
    const body: ContentLink = {
      assetId,
      versionId: version.versionId,
      url,
      expiresAt: isoTime(expiresAt),
      filename,
      contentType,
      ...(isCurrent ? { bytes, ...(sha256 === undefined ? {} : { sha256 }) } : {}),
      ...(isCurrent || version.bytes === undefined ? {} : { bytes: version.bytes }),
    };
    return { status: 200, body };
  },
});

const linkTo = (
  row: AssetRow,
  { versionId, ...version }: VersionEntry,
  { expiresAt, ...link }: { disposition: string; contentType: string; expiresInSeconds: number; expiresAt: number },
  { vault }: Pick<Services, 'vault'>,
): Promise<string> => {
  expectReadable(row, { versionId, ...version }, expiresAt);
  return vault.signGet({ key: row.detail.key, versionId, ...link });
};
