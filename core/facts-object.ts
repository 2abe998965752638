import * as z from 'zod';
import { isAssetId } from './asset-id.ts';

/**
 * The body of a facts object `facts/{tenant}/{assetId}`: what was changed about an asset after its upload. It lies in the
 * vault beside the asset, written by the API with If-Match, and is applied to the asset row by the catalog's writer.
 */
export const FactsObject = z.strictObject({
  v: z.literal(1),
  assetId: z.string(),
  tenant: z.string(),
  /** The vault key of the asset. */
  key: z.string(),
  /** All attributes as they are now; they take the place of those of the upload. */
  attributes: z.record(z.string(), z.unknown()),
  updatedAt: z.string(),
  updatedBy: z.string(),
});
export type FactsObject = z.infer<typeof FactsObject>;

/** A facts object may take this much; the row that it is applied to stays far below what the table holds. */
export const maxFactsObjectBytes = 16_384;

/** Reads a body; undefined where it is not a facts object. */
export const parseFactsObject = (body: string): FactsObject | undefined => {
  if (body.length > maxFactsObjectBytes) return undefined;
  try {
    return FactsObject.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
};

/** Whose facts object a key is; undefined where it is none. */
export const parseFactsKey = (key: string): { tenant: string; assetId: string } | undefined => {
  const [, tenant, assetId] = /^facts\/([^/]+)\/([^/]+)$/.exec(key) ?? [];
  return tenant === undefined || assetId === undefined || !isAssetId(assetId) ? undefined : { tenant, assetId };
};
