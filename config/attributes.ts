import * as z from 'zod';

/** A language as BCP 47 writes it: `hi`, `hi-IN`, `zh-Hant-TW`. */
export const Language = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$/, 'must be a BCP 47 language such as `hi` or `hi-IN`')
  .meta({ examples: ['hi-IN'] });

/** A short name that stands in keys and lists: `turn-on-light`. */
export const Label = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'must be 1 to 64 letters, digits, `.`, `_` or `-`, and begin with a letter or digit',
  )
  .meta({ examples: ['turn-on-light'] });

/** One line for people to read. */
export const Line = z.string().trim().min(1).max(200);

/** How sure a model is, from 0 to 1. */
export const Confidence = z.number().min(0).max(1);

/** The id of another asset: what this one was made from. */
export const SourceAsset = z.string().regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/, 'must be the id of an asset (a ULID)');

/** An instant, ISO 8601 in UTC. */
export const Instant = z.iso.datetime({ error: 'must be an ISO 8601 time in UTC such as `2026-01-31T08:00:00Z`' });
