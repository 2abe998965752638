import * as z from 'zod';
import { ClassName, Instant, Principal, Reference } from './primitives.ts';

const wholeNumber = /^(0|[1-9][0-9]{0,15})$/;

/** How many items a page holds, 1 to 200. */
export const Limit = z
  .string()
  .regex(wholeNumber, 'must be a whole number from 1 to 200')
  .transform(Number)
  .pipe(z.int().min(1, 'must be from 1 to 200').max(200, 'must be from 1 to 200'))
  .default(50)
  .meta({ description: 'Items of a page, 1 to 200', examples: [50] });

/** Where the page before ended; only good for the same query of the same caller. */
export const Cursor = z
  .string()
  .max(4096, 'must be a `cursor` that a list answered')
  .regex(/^[\w-]+\.[\w-]{43}$/, 'must be a `cursor` that a list answered');

/** A SHA-256 as base64, also as base64url and without padding, since `+` and `/` mean something else in a query. */
export const Sha256Query = z
  .string()
  .regex(/^[A-Za-z0-9+/_-]{43}=?$/, 'must be a SHA-256 in base64 or base64url: 43 characters and an optional `=`')
  .transform((text) => `${text.slice(0, 43).replaceAll('-', '+').replaceAll('_', '/')}=`);

const Label = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, `.`, `_` or `-`');

const patterns = ['class', 'uploader', 'subject', 'case', 'language', 'sha256'] as const;

/** Query of `GET /assets`: exactly one of the patterns, each of which is one query of an index. */
export const ListAssets = z
  .strictObject({
    class: ClassName.optional(),
    uploader: Principal.optional(),
    subject: Reference.optional(),
    case: Reference.optional(),
    language: Label.optional().describe('Of a class whose topic is a phrase'),
    intent: Label.optional().describe('With `language`'),
    variation: Label.optional().describe('With `intent`'),
    sha256: Sha256Query.optional().describe('With `bytes`: who has exactly this content'),
    bytes: z.string().regex(wholeNumber, 'must be a whole number').transform(Number).optional(),
    from: Instant.optional().describe('Created at or after'),
    to: Instant.optional().describe('Created before'),
    state: z
      .enum(['stored', 'deleted'])
      .default('stored')
      .describe('`deleted`, with `class`: what undelete can bring back'),
    order: z.enum(['newest', 'oldest']).default('newest'),
    limit: Limit,
    cursor: Cursor.optional(),
  })
  .superRefine((query, context) => {
    const refuse = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    const given = patterns.filter((name) => query[name] !== undefined);
    if (given.length !== 1) {
      refuse(given[1] ?? 'class', `a list goes by exactly one of ${patterns.join(', ')}; this has ${given.length}`);
    }
    if (query.intent !== undefined && query.language === undefined) refuse('intent', 'needs `language` too');
    if (query.variation !== undefined && query.intent === undefined) refuse('variation', 'needs `intent` too');
    if ((query.sha256 === undefined) !== (query.bytes === undefined)) {
      refuse('bytes', '`sha256` and `bytes` belong together');
    }
    if (query.state === 'deleted' && query.class === undefined) refuse('state', 'goes with `class` only');
    const timed = query.from !== undefined || query.to !== undefined;
    if (timed && query.sha256 !== undefined) refuse('from', 'does not go with `sha256`');
    if (timed && query.language !== undefined && query.variation === undefined) {
      refuse('from', 'goes with `language` only where `intent` and `variation` are given');
    }
    if (query.from !== undefined && query.to !== undefined && Date.parse(query.from) >= Date.parse(query.to)) {
      refuse('to', 'must be later than `from`');
    }
  });
export type ListAssets = z.infer<typeof ListAssets>;

/** Query of a list that has pages and nothing else. */
export const PageQuery = z.strictObject({ limit: Limit, cursor: Cursor.optional() });
export type PageQuery = z.infer<typeof PageQuery>;
