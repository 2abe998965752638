import * as z from 'zod';

/** What intake found out by reading the content; `estimated` names the fields that a bounded read could not know exactly. */
export const MediaFacts = z.strictObject({
  format: z.string(),
  codec: z.string().optional(),
  durationMs: z.number().int().nonnegative().optional(),
  sampleRate: z.number().int().positive().optional(),
  channels: z.number().int().positive().optional(),
  bitDepth: z.number().int().positive().optional(),
  width: z.number().int().positive().optional(),
  height: z.number().int().positive().optional(),
  /** When the picture was taken, from EXIF; the only thing that is kept of EXIF. */
  takenAt: z.string().optional(),
  estimated: z.array(z.string()).optional(),
});
export type MediaFacts = z.infer<typeof MediaFacts>;

/**
 * What travels with an object as the metadata header `x-amz-meta-facts`, so that every object describes itself: written by
 * the API into the presigned request, completed by intake on promotion, read by the catalog writer and by every rebuild.
 */
export const Facts = z.strictObject({
  v: z.literal(1),
  assetId: z.string(),
  tenant: z.string(),
  dataClass: z.string(),
  /** `sub` or `client_id` of the uploader. */
  uploader: z.string(),
  /** ISO time at which the upload began: the asset's creation time. */
  createdAt: z.string(),
  filename: z.string(),
  contentType: z.string(),
  /** The exact length in bytes where the client said it; a form upload gives only a range. */
  bytes: z.number().int().nonnegative().optional(),
  /** The client's word on the SHA-256, base64; compared, never trusted. Promotion keeps it only past 5 GiB, where it cannot be compared. */
  sha256: z.string().optional(),
  subject: z.string().optional(),
  consent: z.string().optional(),
  case: z.string().optional(),
  /** Which camera of a site spoke. */
  device: z.string().optional(),
  attributes: z.record(z.string(), z.unknown()),
  /** Added on promotion. */
  media: MediaFacts.optional(),
  /** Added on promotion: when the object landed, ISO. */
  landedAt: z.string().optional(),
  /** Added on promotion of a copy in parts, where S3 keeps no digest of the whole: SHA-256 as we computed it, base64. */
  digest: z.string().optional(),
});
export type Facts = z.infer<typeof Facts>;

/** The metadata name; S3 sends it as `x-amz-meta-facts`. */
export const factsMetadataName = 'facts';
/** S3 allows 2 KB for all user metadata of an object; this leaves room for the name. */
export const maxFactsHeaderBytes = 1843;
/** Room that an upload's header leaves at its begin for what promotion adds: media facts, the landing time, a digest. */
export const completionReserveBytes = 360;
/** The canonical JSON of the attributes alone may take this much. */
export const maxAttributesBytes = 1228;

/** Canonical JSON: keys sorted at every level, no white space, undefined left out. */
export const canonicalJson = (value: unknown): string => JSON.stringify(sortKeys(value));

const sortKeys = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sortKeys(item)]));
};

/** The header's value: base64url of canonical JSON. */
export const encodeFacts = (facts: Facts): string => toBase64Url(new TextEncoder().encode(canonicalJson(facts)));

/** Reads the header back; undefined where it is not what {@link encodeFacts} makes. */
export const decodeFacts = (header: string | undefined): Facts | undefined => {
  if (header === undefined || header.length > maxFactsHeaderBytes || !/^[\w-]+$/.test(header)) return undefined;
  try {
    return Facts.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(fromBase64Url(header)))).data;
  } catch {
    return undefined;
  }
};

/** Spread, the bytes would be iterated, which takes longer than all else. */
const toBase64Url = (bytes: Uint8Array): string =>
  btoa(Reflect.apply(String.fromCharCode, undefined, bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const fromBase64Url = (text: string): Uint8Array => {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
};
