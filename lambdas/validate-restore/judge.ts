import { amount } from '../../core/amount.ts';
import type { RestoredResource } from './restore-event.ts';

/** What was brought back, as the judge looks at it. */
export interface RestoredView {
  /** Whether the table is ready, and its first rows. */
  firstRows(
    table: string,
  ): Promise<{ readonly active: boolean; readonly rows: readonly Readonly<Record<string, unknown>>[] }>;
  /** The keys and sizes of a few objects. */
  someObjects(bucket: string): Promise<readonly { readonly key: string; readonly bytes: number }[]>;
  /** How many bytes of an object can be read. */
  readableBytes(bucket: string, key: string): Promise<number>;
}

export interface Judgement {
  readonly good: boolean;
  /** A sentence for AWS Backup's console and the alarm. */
  readonly message: string;
}

const good = (message: string): Judgement => ({ good: true, message });
const bad = (message: string): Judgement => ({ good: false, message });

/** Says whether what a restore brought back holds what it should: rows of a catalog, or objects that can be read whole. */
export const judge = (resource: RestoredResource, view: RestoredView): Promise<Judgement> =>
  resource.kind === 'table' ? judgeTable(resource.name, view) : judgeBucket(resource.name, view);

const judgeTable = async (name: string, view: RestoredView): Promise<Judgement> => {
  const { active, rows } = await view.firstRows(name);
  if (!active) return bad('The restored table is not active.');
  if (rows.length === 0) return bad('The restored table is empty.');
  const strange = rows.filter((row) => typeof row['pk'] !== 'string' || typeof row['sk'] !== 'string').length;
  return strange > 0
    ? bad(`${strange} of ${amount(rows.length, 'row')}: no keys of a catalog.`)
    : good(`Looked at ${amount(rows.length, 'row')}: nothing but rows of a catalog.`);
};

const judgeBucket = async (name: string, view: RestoredView): Promise<Judgement> => {
  const objects = await view.someObjects(name);
  if (objects.length === 0) return bad('The restored bucket is empty.');
  let short = 0;
  for (const { key, bytes } of objects) if ((await view.readableBytes(name, key)) !== bytes) short += 1;
  return short > 0
    ? bad(`${short} of ${amount(objects.length, 'object')} could not be read whole.`)
    : good(`Read whole: ${amount(objects.length, 'object')}.`);
};
