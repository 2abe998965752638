import type { AssetRow } from '../../core/catalog/asset-row.ts';
import { isJournalled, type JournalEntry, type JournalRow, journalEntry, journalKey } from '../../core/journal.ts';
import { isAwaitedObject, restoredKind } from '../../core/restore/restored-row.ts';
import type { AssetChange } from '../../core/statistics/change.ts';
import { isoTime } from '../../core/time.ts';
import type { RestoredTask } from './restored.ts';
import { openRecord, type StreamBatch, type StreamRecord, sequenceOf } from './stream-event.ts';

/** The latest state of one row that belongs into the journal. */
export interface JournalTask {
  readonly key: string;
  readonly entry: JournalEntry;
  /** The first of the batch's records that the entry stands for. */
  readonly first: string;
}

/** What a batch has to do. */
export interface Sorted {
  readonly changes: readonly AssetChange[];
  readonly journal: readonly JournalTask[];
  readonly restored: readonly RestoredTask[];
}

/**
 * Says of each record what it changes. One that cannot be understood would be no different next time: it is reported and
 * left, instead of holding up everything behind it.
 */
export const sortRecords = (
  { records, stream }: Pick<StreamBatch, 'records' | 'stream'>,
  refuse: (sequence: string, error: unknown) => void,
): Sorted => {
  const changes: AssetChange[] = [];
  const journal = new Map<string, JournalTask>();
  const restored = new Map<string, RestoredTask>();
  for (const raw of records) {
    try {
      const record = openRecord(raw);
      const row = rowOf(record);
      if (row.kind === 'asset') changes.push(assetChange(record));
      else if (row.kind === restoredKind) addRestored(restored, record);
      else if (isJournalled(row)) addTask(journal, journalTask(row, record, stream));
    } catch (error) {
      refuse(sequenceOf(raw), error);
    }
  }
  return { changes, journal: [...journal.values()], restored: [...restored.values()] };
};

const addTask = (journal: Map<string, JournalTask>, task: JournalTask): void => {
  const first = journal.get(task.key)?.first ?? task.first;
  journal.set(task.key, { ...task, first });
};

/** A word that has run out, and is removed, tells nothing. */
const addRestored = (restored: Map<string, RestoredTask>, { sequence, at, after }: StreamRecord): void => {
  if (after === undefined) return;
  const { pk, tenant, object } = after;
  if (typeof tenant !== 'string' || !isAwaitedObject(object)) throw new Error('A record names no restored object.');
  const name = String(pk);
  restored.set(name, { tenant, object, first: restored.get(name)?.first ?? sequence, at });
};

const rowOf = ({ before, after }: StreamRecord): JournalRow => {
  const row = after ?? before;
  if (isRow(row)) return row;
  throw new Error('A record shows no row of the catalog.');
};

const isRow = (row: Readonly<Record<string, unknown>> | undefined): row is JournalRow =>
  row !== undefined && ['pk', 'sk', 'kind', 'tenant'].every((name) => typeof row[name] === 'string');

const journalTask = (row: JournalRow, { sequence, at, after }: StreamRecord, stream: string): JournalTask => {
  const state = { order: { stream, sequence }, at: isoTime(at), row: after === undefined ? undefined : row };
  return { key: journalKey(row), entry: journalEntry(row, state), first: sequence };
};

const assetChange = ({ sequence, at, before, after }: StreamRecord): AssetChange => ({
  sequence,
  at,
  ...(before === undefined ? {} : { before: assetRow(before) }),
  ...(after === undefined ? {} : { after: assetRow(after) }),
});

const assetRow = (image: Readonly<Record<string, unknown>>): AssetRow => {
  if (isAssetRow(image)) return image;
  throw new Error('A record shows an asset row that the catalog cannot have written.');
};

/** Asset rows are written by the catalog alone; this holds what the counters rest on. */
const isAssetRow = (image: object): image is AssetRow => {
  if (!('kind' in image && image.kind === 'asset' && 'tenant' in image && typeof image.tenant === 'string'))
    return false;
  if (!('summary' in image && 'detail' in image && 'versions' in image && Array.isArray(image.versions))) return false;
  const { summary, detail } = image;
  return (
    isObject(summary) &&
    isObject(detail) &&
    ['dataClass', 'state', 'contentType', 'uploader'].every((name) => typeof summary[name] === 'string') &&
    Number.isSafeInteger(summary['bytes']) &&
    typeof detail['storageClass'] === 'string'
  );
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
