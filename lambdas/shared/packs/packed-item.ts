import { MediakeepError } from '../../../core/error.ts';
import type { PackedRow, PackRow } from '../../../core/pack/packed-row.ts';

/** Takes an item for the row of a packed asset; what stands under its key was written by packing alone. */
export const toPackedRow = (item: Record<string, unknown>): PackedRow => {
  if (isPackedRow(item)) return item;
  throw new MediakeepError('internal', 'The row under the key of a packed asset is none.');
};

/** Takes an item for the row of a pack. */
export const toPackRow = (item: Record<string, unknown>): PackRow => {
  if (isPackRow(item)) return item;
  throw new MediakeepError('internal', 'The row under the key of a pack is none.');
};

const isPackedRow = (item: object): item is PackedRow =>
  'kind' in item && item.kind === 'packed' && 'member' in item && 'pack' in item;

const isPackRow = (item: object): item is PackRow =>
  'kind' in item && item.kind === 'pack' && 'revision' in item && typeof item.revision === 'number';
