import { type AwaitedObject, joinKey, type TableKey } from '../catalog/keys.ts';
import { days, isoTime } from '../time.ts';

/** That S3 has told of a readable copy; the table's stream carries it to whoever wakes the jobs that wait for it. */
export interface RestoredRow extends TableKey {
  readonly kind: 'restored';
  readonly tenant: string;
  readonly object: AwaitedObject;
  /** When S3 told it: an event that comes twice changes nothing, the next restore does. */
  readonly toldAt: string;
  readonly expiresAt: number;
}

/** What the rows are called in the table. */
export const restoredKind = 'restored' satisfies RestoredRow['kind'];

const keptMs = days(2);

/** One row for each object, written anew by each restore. at: milliseconds since the epoch. */
export const restoredRow = (
  { tenant, object }: { readonly tenant: string; readonly object: AwaitedObject },
  at: number,
): RestoredRow => ({
  pk: joinKey(tenant, 'restored', object),
  sk: 'restored',
  kind: restoredKind,
  tenant,
  object,
  toldAt: isoTime(at),
  expiresAt: Math.ceil((at + keptMs) / 1000),
});

/** True for what names an asset or a pack. */
export const isAwaitedObject = (value: unknown): value is AwaitedObject =>
  typeof value === 'string' && /^(asset|pack):./.test(value);
