import * as z from 'zod';
import { maxParts } from '../part-plan.ts';
import {
  AssetIdText,
  Attributes,
  ByteCount,
  ClassName,
  ContentType,
  Crc32Text,
  Filename,
  Instant,
  Reference,
  Sha256Text,
  UploadToken,
} from './primitives.ts';

/** Body of `POST /uploads`: what is about to come. */
export const BeginUpload = z
  .strictObject({
    class: ClassName,
    filename: Filename,
    contentType: ContentType,
    bytes: ByteCount.optional().describe('The exact length; leave it out only together with `byteRange`'),
    byteRange: z
      .strictObject({ min: ByteCount, max: ByteCount })
      .refine(({ min, max }) => min <= max, '`min` must not be greater than `max`')
      .optional()
      .describe('For a form upload whose length is not known yet'),
    sha256: Sha256Text.optional().describe('SHA-256 of the content; required for a single PUT'),
    attributes: Attributes.default({}).describe(
      'What the class says about its content; its schema is the component `Attributes.` and the class, also in GET /classes',
    ),
    subject: Reference.optional().describe(
      'The data subject; required by classes that hold a person’s voice, face or words',
    ),
    consent: Reference.optional().describe('The consent that the recording rests on'),
    case: Reference.optional().describe(
      'The case; required by classes whose topic is one, refused by those whose topic is a phrase, which are listed by that instead',
    ),
    device: Reference.optional().describe('Which camera or recorder of a site speaks'),
  })
  .refine(({ bytes, byteRange }) => (bytes === undefined) !== (byteRange === undefined), {
    message: 'needs either `bytes` or `byteRange`',
    path: ['bytes'],
  })
  .meta({ id: 'BeginUpload' });
export type BeginUpload = z.infer<typeof BeginUpload>;

/** A request that the client sends to S3 exactly as it stands, with the content as its body. */
export const SignedRequest = z
  .strictObject({
    method: z.literal('PUT'),
    url: z.url(),
    headers: z
      .record(z.string(), z.string())
      .describe('Every header has to be sent as it stands; all of them are signed'),
    bytes: ByteCount.describe('The signed Content-Length'),
  })
  .meta({ id: 'SignedRequest' });
export type SignedRequest = z.infer<typeof SignedRequest>;

/** A form that is posted as `multipart/form-data`, the file last. */
export const SignedForm = z
  .strictObject({ method: z.literal('POST'), url: z.url(), fields: z.record(z.string(), z.string()) })
  .meta({ id: 'SignedForm' });
export type SignedForm = z.infer<typeof SignedForm>;

/** One part of a multipart upload. */
export const SignedPart = z
  .strictObject({ partNumber: z.int().min(1).max(maxParts), url: z.url(), bytes: ByteCount })
  .meta({ id: 'SignedPart' });
export type SignedPart = z.infer<typeof SignedPart>;

const begun = {
  assetId: AssetIdText,
  token: UploadToken.describe('Goes with every further request about this upload'),
  tokenExpiresAt: Instant,
  expiresAt: Instant.describe('When the signed requests end'),
};

/** Answer of `POST /uploads`: the id that the asset will have and the requests that bring its content. */
export const UploadPlan = z
  .discriminatedUnion('method', [
    z.strictObject({ ...begun, method: z.literal('put'), request: SignedRequest }),
    z.strictObject({ ...begun, method: z.literal('post'), form: SignedForm }),
    z.strictObject({ ...begun, method: z.literal('multipart'), partBytes: ByteCount, parts: z.array(SignedPart) }),
  ])
  .meta({ id: 'UploadPlan' });
export type UploadPlan = z.infer<typeof UploadPlan>;

const PartNumber = z.int().min(1).max(maxParts);
const unique = (numbers: readonly number[]): boolean => new Set(numbers).size === numbers.length;

/** Body of `POST /uploads/{assetId}/parts`: the parts that need a new URL. */
export const SignParts = z
  .strictObject({
    token: UploadToken,
    partNumbers: z.array(PartNumber).min(1).max(maxParts).refine(unique, 'must name each part once'),
  })
  .meta({ id: 'SignParts' });
export type SignParts = z.infer<typeof SignParts>;

/** Answer of `POST /uploads/{assetId}/parts`. */
export const SignedParts = z
  .strictObject({ assetId: AssetIdText, expiresAt: Instant, parts: z.array(SignedPart) })
  .meta({ id: 'SignedParts' });
export type SignedParts = z.infer<typeof SignedParts>;

const UploadedPart = z.strictObject({
  partNumber: PartNumber,
  etag: z.string().regex(/^"?[0-9a-fA-F-]{1,64}"?$/, 'must be the ETag that S3 answered for the part'),
  crc32: Crc32Text.optional(),
});

const ascending = (parts: readonly { partNumber: number }[]): boolean =>
  parts.every(({ partNumber }, index) => partNumber === index + 1);

/** Body of `POST /uploads/{assetId}/complete`. */
export const CompleteUpload = z
  .strictObject({
    token: UploadToken,
    parts: z.array(UploadedPart).min(1).max(maxParts).refine(ascending, 'must list every part once, in order, from 1'),
    crc32: Crc32Text.describe('CRC32 of the whole content'),
    sha256: Sha256Text.optional().describe('SHA-256 of the whole content; compared with the digest that S3 computes'),
  })
  .meta({ id: 'CompleteUpload' });
export type CompleteUpload = z.infer<typeof CompleteUpload>;

const upload = { assetId: AssetIdText };

/** Where an upload stands. */
export const UploadState = z
  .discriminatedUnion('state', [
    z.strictObject({ ...upload, state: z.literal('expected') }),
    z.strictObject({ ...upload, state: z.literal('landed') }),
    z.strictObject({
      ...upload,
      state: z.literal('rejected'),
      reason: z.string(),
      message: z.string(),
      rejectedAt: Instant,
    }),
    z.strictObject({ ...upload, state: z.literal('stored') }),
    z.strictObject({ ...upload, state: z.literal('duplicate'), duplicateOf: AssetIdText }),
  ])
  .meta({ id: 'UploadState' });
export type UploadState = z.infer<typeof UploadState>;
