import * as z from 'zod';
import type { TableKey } from './catalog/keys.ts';
import { MediakeepError } from './error.ts';
import { canonicalJson } from './facts.ts';

/**
 * Kinds of rows that people write and that nothing else in the vault tells of. The table's stream writes the latest state of
 * each to `journal/{tenant}/{kind}/{id}`, so that the catalog can be made again from the vault alone. What functions write
 * for themselves (asset rows, jobs, counters, claims, rates) is not here: it follows from the vault or is forgotten.
 */
export const journalledKinds = [
  'attendance',
  'case',
  'consent',
  'event',
  'hold',
  'language',
  'member',
  'note',
  'participant',
  'person',
  'record',
  'retention',
  'sample',
  'tenant',
  'unknown-face',
  'voice',
] as const;

/** A row of the catalog, of whatever kind. */
export interface JournalRow extends TableKey {
  readonly kind: string;
  readonly tenant: string;
  readonly [attribute: string]: unknown;
}

/** When a state was written, comparable with any other state of the same row. */
export interface JournalOrder {
  /** The stream's label, the time at which it was switched on; empty for what was there before. */
  readonly stream: string;
  /** The record's sequence number, a whole number in digits. */
  readonly sequence: string;
}

/** The order of a row that was found without a record of the stream: any record is newer. */
export const beforeTheStream: JournalOrder = { stream: '', sequence: '0' };

const JournalEntry = z.strictObject({
  v: z.literal(1),
  tenant: z.string().min(1),
  kind: z.string().min(1),
  key: z.strictObject({ pk: z.string().min(1), sk: z.string().min(1) }),
  order: z.strictObject({ stream: z.string(), sequence: z.string().regex(/^\d{1,64}$/) }),
  /** ISO time at which the row was written. */
  at: z.string(),
  /** The row as it stands, its keys included; absent where it was deleted. */
  row: z.looseObject({ pk: z.string(), sk: z.string(), kind: z.string(), tenant: z.string() }).optional(),
});

/** The body of a journal object: the latest state of one row, or that it is gone. */
export type JournalEntry = z.infer<typeof JournalEntry>;

const prefix = 'journal/';
const maxKeyBytes = 1024;

/** True for a row that belongs into the journal. */
export const isJournalled = ({ kind }: Pick<JournalRow, 'kind'>): boolean =>
  (journalledKinds as readonly string[]).includes(kind);

/** Where a tenant's journal lies, or that of one kind. */
export const journalPrefix = (tenant?: string, kind?: string): string =>
  prefix + [tenant, kind].flatMap((part) => (part === undefined ? [] : [`${segment(part)}/`])).join('');

/**
 * The key of a row's journal object. Its id is the row's own key, with `#` as `~` and everything unusual percent-encoded: no
 * two rows share one, and it holds nothing that the table's key does not.
 *
 * @throws MediakeepError `unprocessable` where the key of the row is too long for a key of S3.
 */
export const journalKey = ({ tenant, kind, pk, sk }: Pick<JournalRow, 'tenant' | 'kind' | 'pk' | 'sk'>): string => {
  const key = `${journalPrefix(tenant, kind)}${segment(pk)}~~${segment(sk)}`;
  if (key.length <= maxKeyBytes) return key;
  throw new MediakeepError(
    'unprocessable',
    `The row's key makes a journal key of ${key.length} bytes; S3 takes ${maxKeyBytes}. Use shorter ids.`,
  );
};

/** The entry of a row's state. A row that holds something that JSON does not is refused: it could not come back as it was. */
export const journalEntry = (
  row: Pick<JournalRow, 'tenant' | 'kind' | 'pk' | 'sk'>,
  state: { readonly order: JournalOrder; readonly at: string; readonly row: JournalRow | undefined },
): JournalEntry => {
  const { tenant, kind, pk, sk } = row;
  if (state.row !== undefined && !isPlain(state.row)) {
    throw new MediakeepError('unprocessable', `A ${kind} row holds a value that JSON cannot; keep plain values in it.`);
  }
  const { order, at } = state;
  return { v: 1, tenant, kind, key: { pk, sk }, order, at, ...(state.row === undefined ? {} : { row: state.row }) };
};

/** The object's body. */
export const journalBody = (entry: JournalEntry): string => canonicalJson(entry);

/** Reads a body; undefined where it is no journal entry. */
export const parseJournalBody = (body: string): JournalEntry | undefined => {
  try {
    const entry = JournalEntry.safeParse(JSON.parse(body)).data;
    return entry === undefined || (entry.row !== undefined && !isOwnRow(entry, entry.row)) ? undefined : entry;
  } catch {
    return undefined;
  }
};

/** True where `order` is later than `other`. A stream that was switched on again begins a new count, later than all before. */
export const isLater = (order: JournalOrder, other: JournalOrder): boolean =>
  order.stream === other.stream ? BigInt(order.sequence) > BigInt(other.sequence) : order.stream > other.stream;

const isOwnRow = ({ tenant, kind, key }: JournalEntry, row: NonNullable<JournalEntry['row']>): boolean =>
  row.tenant === tenant && row.kind === kind && row.pk === key.pk && row.sk === key.sk;

const isPlain = (value: unknown): boolean => {
  if (value === null || ['string', 'boolean'].includes(typeof value)) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isPlain);
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value === undefined;
  return Object.values(value).every(isPlain);
};

/** Letters, digits, `.`, `_` and `-` stay; `#` becomes `~`; everything else is percent-encoded, `~` included. */
const segment = (text: string): string =>
  [...new TextEncoder().encode(text)].map((byte) => letters.get(byte) ?? `%${hex(byte)}`).join('');

const hex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0');

const letters: ReadonlyMap<number, string> = new Map([
  ...[...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-'].map(
    (letter) => [letter.charCodeAt(0), letter] as const,
  ),
  ['#'.charCodeAt(0), '~'],
]);
