import { growthPk } from '../catalog/keys.ts';
import { canonicalJson } from '../facts.ts';
import { isJournalled, type JournalRow } from '../journal.ts';

/** What becomes of a row that people wrote: it is as it was, or it is put again, on the condition of what stands there now. */
export type RowChange =
  | { readonly kind: 'same' }
  | {
      readonly kind: 'put';
      readonly row: JournalRow;
      readonly expected: 'absent' | { readonly revision: number | undefined };
    };

/** True for a row that a recovery writes itself; assets are looked at instead, and the rest follows or is forgotten. */
export const isWrittenBack = (row: Readonly<Record<string, unknown>>): row is JournalRow =>
  typeof row['kind'] === 'string' &&
  typeof row['tenant'] === 'string' &&
  row['expiresAt'] === undefined &&
  isJournalled({ kind: row['kind'] });

/** Where functions go on, and up to where they have come. */
const bookmarks = ['packing', 'sweep'];
/** How jobs end. */
const ended = ['cancelled', 'failed', 'succeeded'];

/**
 * True for a row that functions wrote, that follows from nothing else and that is only put where it is gone: how far the sweep
 * and packing are, jobs that have ended, and what came and went on a day before this one, which is still being counted.
 */
export const isPutWhereGone = (row: Readonly<Record<string, unknown>>, today: string): row is JournalRow => {
  const { kind, tenant, pk, sk, expiresAt, summary } = row;
  if (typeof kind !== 'string' || typeof tenant !== 'string' || expiresAt !== undefined) return false;
  if (bookmarks.includes(kind)) return true;
  if (kind === 'count') return pk === growthPk(tenant) && typeof sk === 'string' && sk.slice(0, today.length) < today;
  if (kind !== 'job' || typeof summary !== 'object' || summary === null) return false;
  return ended.includes(Reflect.get(summary, 'state'));
};

/** What becomes of such a row: whatever stands there now is newer. */
export const whereGone = (then: JournalRow, now: object | undefined): RowChange =>
  now === undefined ? { kind: 'put', row: then, expected: 'absent' } : { kind: 'same' };

/** Compares a row of the instant with the one that stands there now. A revision grows, so that nobody's cache takes it for an old one. */
export const rowChange = (then: JournalRow, now: Readonly<Record<string, unknown>> | undefined): RowChange => {
  if (now === undefined) return { kind: 'put', row: then, expected: 'absent' };
  const revision = typeof now['revision'] === 'number' ? now['revision'] : undefined;
  if (contentOf(then) === contentOf(now)) return { kind: 'same' };
  const row = revision === undefined ? then : { ...then, revision: revision + 1 };
  return { kind: 'put', row, expected: { revision } };
};

const contentOf = ({ revision: _, ...row }: Readonly<Record<string, unknown>>): string => canonicalJson(row);
