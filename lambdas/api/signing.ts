import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';

/** What a signature is good for; one made for a cursor is no upload token. */
export type Purpose = 'upload' | 'cursor';

/** Signs small JSON values and reads them back; every instance of the function agrees, no secret is stored. */
export interface Signer {
  sign(purpose: Purpose, payload: unknown): Promise<string>;
  /** The payload; undefined where the text is not exactly what {@link sign} made for this purpose. */
  verify(purpose: Purpose, text: string): Promise<unknown>;
}

/**
 * `{base64url of JSON}.{base64url of HMAC-SHA-256}`. The key of each purpose is derived from one secret, which is asked for
 * once; a failure to get it is not remembered.
 */
export const createSigner = (getSecret: () => Promise<Uint8Array>): Signer => {
  let secret: Promise<Uint8Array> | undefined;
  const mac = async (purpose: Purpose, body: string): Promise<Buffer> => {
    secret ??= getSecret();
    const key = await secret.catch((error: unknown) => {
      secret = undefined;
      throw error;
    });
    const purposeKey = createHmac('sha256', key).update(`mediakeep ${purpose} v1`).digest();
    return createHmac('sha256', purposeKey).update(body).digest();
  };
  return {
    sign: async (purpose, payload) => {
      const body = Buffer.from(JSON.stringify(payload)).toString('base64url');
      return `${body}.${(await mac(purpose, body)).toString('base64url')}`;
    },
    verify: async (purpose, text) => {
      const [body = '', signature = '', ...rest] = text.split('.');
      const given = Buffer.from(signature, 'base64url');
      const expected = await mac(purpose, body);
      if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
      // Several base64url texts decode to the same bytes; only the canonical one is ours.
      if (given.toString('base64url') !== signature) return undefined;
      return JSON.parse(Buffer.from(body, 'base64url').toString('utf8'));
    },
  };
};

/** What an upload token says; short names, since it travels in every request about the upload. */
export const UploadClaims = z.strictObject({
  /** Asset id. */
  a: z.string(),
  m: z.enum(['put', 'post', 'multipart']),
  t: z.string(),
  /** Uploader. */
  u: z.string(),
  c: z.string(),
  /** S3's UploadId of a multipart upload. */
  i: z.string().optional(),
  /** Exact length in bytes, where it was said. */
  b: z.number().optional(),
  /** End, in seconds since the epoch. */
  e: z.number(),
});
export type UploadClaims = z.infer<typeof UploadClaims>;
