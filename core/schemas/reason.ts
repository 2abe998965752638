import * as z from 'zod';

const control = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u;
/** What looks like somebody's address or telephone number; reasons are kept for ever and shown to every manager. */
const address = /[^\s@]+@[^\s@]+\.[^\s@]+/;
const telephone = /\+\d[\d ().-]{7,}\d/;

/** Why somebody does this: one line for people, kept with what was done. Names cases, not persons. */
export const Reason = z
  .string()
  .trim()
  .min(3, 'must say why, in 3 to 500 characters')
  .max(500, 'must say why, in 3 to 500 characters')
  .refine((text) => !control.test(text), 'must be one line without control or direction characters')
  .refine((text) => !address.test(text) && !telephone.test(text), {
    error: 'must hold no e-mail address and no telephone number; name a case or a file number',
  })
  .meta({ examples: ['Proceedings 4 O 112/26: evidence'] });
