import type { ClassCount } from './count.ts';
import type { CountRow } from './recount.ts';

/** A counter of a class with the parts of its key. */
export interface KeptPart extends ClassCount {
  readonly dataClass: string;
  readonly storageClass: string;
  readonly contentType: string;
  readonly updatedAt: string;
}

/** Reads a row of the partition of counters; undefined for one that is none. */
export const keptPart = (row: CountRow): KeptPart | undefined => {
  const [word, dataClass, storageClass, contentType] = row.sk.split('#').map(plainSegment);
  if (word !== 'class' || dataClass === undefined || storageClass === undefined || contentType === undefined)
    return undefined;
  return {
    dataClass,
    storageClass,
    contentType,
    updatedAt: row.updatedAt,
    assets: numberIn(row, 'assets'),
    deleted: numberIn(row, 'deleted'),
    versions: numberIn(row, 'versions'),
    bytes: numberIn(row, 'bytes'),
    noncurrentBytes: numberIn(row, 'noncurrentBytes'),
  };
};

/** A number of a counter row; what was never counted is zero. */
export const numberIn = (row: CountRow, name: string): number => {
  const value = row[name];
  return typeof value === 'number' ? value : 0;
};

/** A segment of a key as it was before it was joined. */
export const plainSegment = (segment: string): string => segment.replaceAll('%23', '#').replaceAll('%25', '%');
