import * as z from 'zod';

/** An id of an asset: a ULID in upper case. */
export const AssetIdText = z
  .string()
  .regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/, 'must be the id of an asset: 26 characters, a ULID in upper case')
  .meta({ examples: ['01JZ8K2M4N6P8Q0R2S4T6V8W0X'] });

/** An organisation's name in keys: ASCII only, so that no two look alike, and not the first segment of memberships. */
export const TenantId = z
  .string()
  .regex(
    /^(?!principal$)[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/,
    'must be 1 to 40 lower-case letters, digits or hyphens, with no hyphen at either end, and not `principal`',
  )
  .meta({ examples: ['acme'] });

/** A user's `sub` or a machine's `client_id`. */
export const Principal = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, 'must be a user’s `sub` or a machine’s `client_id`');

/** A pseudonymous id that the tenant gives: a data subject, a case, a consent, a device. */
export const Reference = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}$/,
    'must be 1 to 128 letters, digits, `.`, `_`, `:`, `@` or `-`, and begin with a letter or digit',
  )
  .meta({ examples: ['speaker-0042'] });

/** A class's name as `GET /classes` lists it. */
export const ClassName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be the name of a data class such as `raw-audio`; GET /classes lists them')
  .meta({ examples: ['raw-audio'] });

/** A SHA-256, base64 with its padding as S3 writes it. */
export const Sha256Text = z
  .string()
  .regex(/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/, 'must be a SHA-256 in base64: 44 characters ending in `=`')
  .meta({ examples: ['47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='] });

/** A CRC32, base64 of its four bytes, big endian, as S3 writes it. */
export const Crc32Text = z
  .string()
  .regex(/^[A-Za-z0-9+/]{5}[AQgw]==$/, 'must be a CRC32 in base64: 8 characters ending in `==`')
  .meta({ examples: ['y/Q5Jg=='] });

/** A length in bytes that JSON carries exactly. */
export const ByteCount = z.int().min(1, 'must be at least 1: an empty file holds nothing to keep');

const unsafeInName = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069/\\]/u;
const utf8Length = (text: string): number => new TextEncoder().encode(text).length;

/** A file's name without its folders, normalized to NFC: what a download is called, never a part of a path. */
export const Filename = z
  .string()
  .min(1)
  .max(255)
  .refine((name) => !unsafeInName.test(name), 'must hold no control, line or direction characters and no `/` or `\\`')
  .transform((name) => name.normalize('NFC'))
  .refine((name) => utf8Length(name) <= 255, 'must take at most 255 bytes in UTF-8')
  .refine((name) => name.trim() !== '' && name !== '.' && name !== '..', 'must name a file')
  .meta({ examples: ['interview-01.wav'] });

/** A content type without parameters, `audio/wav`. */
export const ContentType = z
  .string()
  .max(127)
  .regex(
    /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/,
    'must be a content type in lower case without parameters',
  )
  .meta({ examples: ['audio/wav'] });

/** An instant, ISO 8601 in UTC. */
export const Instant = z.iso
  .datetime({ error: 'must be an ISO 8601 time in UTC such as `2026-01-31T08:00:00.000Z`' })
  .meta({ examples: ['2026-01-31T08:00:00.000Z'] });

/** A signed upload token as begin answers it. */
export const UploadToken = z
  .string()
  .max(4096)
  .regex(/^[\w-]+\.[\w-]{43}$/, 'must be the `token` that POST /uploads answered');

/** Attributes by name; their class says which there are. */
export const Attributes = z.record(z.string().max(64), z.unknown());

/** The path of an operation on one upload or asset. */
export const AssetPath = z.strictObject({ assetId: AssetIdText });

/** The header that carries an upload's token where a request has no body. */
export const UploadTokenHeaders = z.object({ 'upload-token': UploadToken });
