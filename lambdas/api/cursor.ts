import { createHash } from 'node:crypto';
import * as z from 'zod';
import { MediakeepError } from '../../core/error.ts';
import { canonicalJson } from '../../core/facts.ts';
import { hours } from '../../core/time.ts';
import type { Caller } from './membership.ts';
import type { Page, Position } from './ports.ts';
import type { Services } from './services.ts';

/** The list that a cursor belongs to: it is good for no other caller, tenant or query. */
export interface CursorScope {
  readonly operation: string;
  readonly caller: Caller;
  /** The query without its page size and cursor. */
  readonly query: unknown;
}

const Cursor = z.strictObject({
  /** Digest of the scope. */
  s: z.string(),
  p: z.record(z.string(), z.string()),
  /** End, in seconds since the epoch. */
  e: z.number(),
});
const cursorTtlMs = hours(24);

/** Where the list goes on; throws `bad-request` for a cursor that is not of this list. */
export const openCursor = async (
  text: string | undefined,
  scope: CursorScope,
  { signer, clock }: Pick<Services, 'signer' | 'clock'>,
): Promise<Position | undefined> => {
  if (text === undefined) return undefined;
  const cursor = Cursor.safeParse(await signer.verify('cursor', text)).data;
  if (cursor !== undefined && cursor.s === digest(scope) && clock.now() < cursor.e * 1000) return cursor.p;
  throw new MediakeepError(
    'bad-request',
    'The cursor does not belong to this list, or is older than a day; begin without it.',
    {
      fields: [{ pointer: '#cursor', message: 'is not one that this very query answered within the last 24 hours' }],
    },
  );
};

/** The body of a page, with a cursor where more follows. */
export const pageBody = async <Item>(
  page: Page<Item>,
  scope: CursorScope,
  { signer, clock }: Pick<Services, 'signer' | 'clock'>,
): Promise<{ items: readonly Item[]; cursor?: string }> => {
  if (page.next === undefined) return { items: page.items };
  const cursor = { s: digest(scope), p: page.next, e: Math.floor((clock.now() + cursorTtlMs) / 1000) };
  return { items: page.items, cursor: await signer.sign('cursor', cursor) };
};

const digest = ({ operation, caller, query }: CursorScope): string =>
  createHash('sha256')
    .update(canonicalJson({ operation, tenant: caller.tenant, principal: caller.principal, query }))
    .digest('base64url');
