import * as z from 'zod';
import { MediaFacts } from '../facts.ts';
import {
  AssetIdText,
  Attributes,
  ClassName,
  ContentType,
  Instant,
  Reference,
  Sha256Text,
  TenantId,
} from './primitives.ts';

/** What a list shows of an asset. */
export const AssetItem = z
  .strictObject({
    assetId: AssetIdText,
    class: ClassName,
    state: z.enum(['stored', 'deleted']),
    filename: z.string(),
    contentType: ContentType,
    bytes: z.int().nonnegative(),
    sha256: Sha256Text.optional().describe('Of the content, computed by S3 or by Mediakeep, never the client’s word'),
    createdAt: Instant,
    uploader: z.string(),
    subject: Reference.optional(),
    case: Reference.optional(),
    attributes: Attributes,
    durationMs: z.int().nonnegative().optional(),
    width: z.int().positive().optional(),
    height: z.int().positive().optional(),
    storageClass: z.string().optional().describe('Where S3 keeps it; STANDARD where it is not said'),
    packId: AssetIdText.optional().describe('The pack that holds it together with others'),
  })
  .meta({ id: 'AssetItem' });
export type AssetItem = z.infer<typeof AssetItem>;

/** Where the copy of an asset's current version stands, as both regions say it. */
export const AssetCopy = z
  .strictObject({
    state: z
      .enum(['pending', 'completed', 'failed', 'none'])
      .describe('What the original says of its copy; `none`: no rule copies it, or it was there before the rule'),
    region: z.string().describe('The second region'),
    found: z
      .boolean()
      .optional()
      .describe('Whether this version lies there; absent where the region cannot be reached'),
    bytes: z.int().nonnegative().optional(),
    storageClass: z.string().optional(),
  })
  .meta({ id: 'AssetCopy' });
export type AssetCopy = z.infer<typeof AssetCopy>;

/** Query of `GET /assets/{assetId}`. */
export const AssetQuestions = z.strictObject({
  replication: z.enum(['', 'true']).optional().describe('Look at the copy in the second region as well'),
});

/** Answer of `GET /assets/{assetId}`. */
export const Asset = z
  .strictObject({
    ...AssetItem.shape,
    tenant: TenantId,
    key: z.string().describe('Key in the vault'),
    currentVersionId: z.string().optional(),
    versionCount: z.int().nonnegative(),
    storageClass: z.string(),
    media: MediaFacts.optional(),
    consent: Reference.optional(),
    device: Reference.optional(),
    checksum: z
      .strictObject({ algorithm: z.enum(['CRC32', 'CRC32C', 'CRC64NVME']), value: z.string() })
      .optional()
      .describe('The CRC of the whole content, base64; the only one past 5 GiB'),
    restore: z
      .strictObject({ ongoing: z.boolean(), until: Instant.optional() })
      .optional()
      .describe('The temporary copy of an archived version'),
    archiving: z.string().optional().describe('The storage class that it is on its way to, by the next day or two'),
    archiveStatus: z.string().optional().describe('The archive tier of INTELLIGENT_TIERING that it lies in'),
    pack: z
      .strictObject({
        packId: AssetIdText,
        key: z.string(),
        versionId: z.string(),
        offset: z.int().nonnegative(),
        storedBytes: z.int().positive(),
      })
      .optional()
      .describe('Where in a pack its content stands'),
    replication: z
      .enum(['failed', 'late', 'untracked'])
      .optional()
      .describe('The copy in the second region, where it is not as the rule says'),
    copy: AssetCopy.optional().describe('Asked of S3 at this moment, with `?replication`'),
    legalHold: z.literal(true).optional(),
    retainUntil: Instant.optional(),
    dueAt: Instant.optional().describe('When it is to be deleted; GET /assets/{assetId}/why says by which rules'),
    holds: z.array(z.string()).optional().describe('The legal holds that keep it; only there for one asset'),
    landedAt: Instant.optional(),
    cataloguedAt: Instant,
  })
  .meta({ id: 'Asset' });
export type Asset = z.infer<typeof Asset>;

/** One page of a list; `cursor` is there when more follows. */
export const AssetPage = z
  .strictObject({ items: z.array(AssetItem), cursor: z.string().optional() })
  .meta({ id: 'AssetPage' });
export type AssetPage = z.infer<typeof AssetPage>;

/** One S3 version, or a delete marker. */
export const AssetVersion = z
  .strictObject({
    versionId: z.string(),
    at: Instant,
    marker: z.boolean(),
    bytes: z.int().nonnegative().optional(),
    etag: z.string().optional(),
    storageClass: z.string().optional(),
  })
  .meta({ id: 'AssetVersion' });
export type AssetVersion = z.infer<typeof AssetVersion>;

/** Answer of `GET /assets/{assetId}/versions`, newest first. */
export const VersionPage = z
  .strictObject({ items: z.array(AssetVersion), cursor: z.string().optional() })
  .meta({ id: 'VersionPage' });
export type VersionPage = z.infer<typeof VersionPage>;

/** Answer of `GET /assets/{assetId}/content`: a short-lived address that downloads exactly this version. */
export const ContentLink = z
  .strictObject({
    assetId: AssetIdText,
    versionId: z.string(),
    url: z.url(),
    expiresAt: Instant,
    filename: z.string(),
    contentType: ContentType,
    bytes: z.int().nonnegative().optional(),
    sha256: Sha256Text.optional(),
  })
  .meta({ id: 'ContentLink' });
export type ContentLink = z.infer<typeof ContentLink>;

/** Body of `PATCH /assets/{assetId}`: attributes to set; null takes one away. */
export const ChangeAsset = z
  .strictObject({
    attributes: Attributes.refine((given) => Object.keys(given).length > 0, 'must name at least one attribute'),
  })
  .meta({ id: 'ChangeAsset' });
export type ChangeAsset = z.infer<typeof ChangeAsset>;

/** Answer of `DELETE /assets/{assetId}` and `POST /assets/{assetId}/undelete`. */
export const AssetStateAnswer = z
  .strictObject({
    assetId: AssetIdText,
    state: z.enum(['stored', 'deleted']),
    markerVersionId: z.string().optional().describe('The delete marker; undelete removes it'),
  })
  .meta({ id: 'AssetStateAnswer' });
export type AssetStateAnswer = z.infer<typeof AssetStateAnswer>;
