import type { SQLOutputValue } from 'node:sqlite';

/** A row as node:sqlite answers it. */
export type Row = Record<string, SQLOutputValue>;

/** A text column. */
export const text = (row: Row, column: string): string => {
  const value = row[column];
  if (typeof value === 'string') return value;
  throw new TypeError(`The column ${column} holds no text.`);
};

/** A number column. */
export const number = (row: Row, column: string): number => {
  const value = row[column];
  if (typeof value === 'number') return value;
  throw new TypeError(`The column ${column} holds no number.`);
};

/** A column of UTF-8 bytes, read as text; a text column would end at the first NUL. */
export const utf8 = (row: Row, column: string): string => {
  const value = row[column];
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8');
  throw new TypeError(`The column ${column} holds no bytes.`);
};

/** A key as it is stored and compared. */
export const keyBytes = (key: string): Buffer => Buffer.from(key, 'utf8');
