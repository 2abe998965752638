import type { AssetRow } from '../catalog/asset-row.ts';
import { type CompanionKey, type CompanionRow, companionKeysOf } from '../catalog/companions.ts';
import type { TableKey } from '../catalog/keys.ts';
import type { CatalogView, CatalogWrite } from './ports.ts';
import type { Assembled } from './row-of.ts';

/** Everything is written and this row stands now, or another write came first. */
export type WriteAllResult =
  | { readonly kind: 'written'; readonly row: AssetRow; readonly linked: boolean }
  | { readonly kind: 'moved'; readonly row?: AssetRow };

/** A DynamoDB transaction takes 100 items, one of which is the asset row, and 4 MB, of which this leaves room for the row. */
const maxCompanions = 99;
const maxCompanionBytes = 3_000_000;

/**
 * Writes an asset row with everything that belongs to it: nearly always one transaction. Thousands of versions take
 * several; each of them moves the row's revision, so that no other writer's pages can come to stand between them.
 */
export const writeAll = async (
  { row, companions }: Assembled,
  previous: AssetRow | undefined,
  catalog: CatalogView,
): Promise<WriteAllResult> => {
  const steps = inSteps(row, companions, previous);
  let linked = true;
  for (const [index, step] of steps.entries()) {
    let result = await catalog.writeAsset(step);
    if (result.kind === 'link-taken') {
      linked = false;
      result = await catalog.writeAsset(withoutLinks(step));
    }
    if (result.kind === 'moved') return result;
    if (result.kind === 'link-taken') throw new Error('A write without hash rows was refused because of a hash row.');
    if (index === steps.length - 1) return { kind: 'written', row: step.row, linked };
  }
  throw new Error('A write has at least one step.');
};

const inSteps = (
  row: AssetRow,
  companions: readonly CompanionRow[],
  previous: AssetRow | undefined,
): readonly CatalogWrite[] => {
  const kept = new Set(companions.map(nameOf));
  const outdated = previous === undefined ? [] : companionKeysOf(previous).filter(({ key }) => !kept.has(nameOf(key)));
  const parts = inParts(outdated, companions);
  return parts.map(({ put, remove }, index) => {
    const revision = row.revision + index;
    const pages = Math.max(row.pages ?? 0, previous?.pages ?? 0);
    const last = index === parts.length - 1;
    return {
      row: { ...row, revision, ...(last || pages === 0 ? {} : { pages }) },
      expected: index === 0 ? previous?.revision : revision - 1,
      put,
      remove,
    };
  });
};

interface Part {
  readonly put: CompanionRow[];
  readonly remove: CompanionKey[];
}

const inParts = (outdated: readonly CompanionKey[], companions: readonly CompanionRow[]): readonly Part[] => {
  let part: Part = { put: [], remove: [] };
  let bytes = 0;
  const parts = [part];
  const begin = (more: number): Part => {
    const full = part.put.length + part.remove.length >= maxCompanions || bytes + more > maxCompanionBytes;
    if (full) {
      part = { put: [], remove: [] };
      bytes = 0;
      parts.push(part);
    }
    bytes += more;
    return part;
  };
  for (const key of outdated) begin(0).remove.push(key);
  for (const companion of companions) begin(JSON.stringify(companion).length).put.push(companion);
  return parts;
};

const withoutLinks = (write: CatalogWrite): CatalogWrite => ({
  ...write,
  put: write.put.filter(({ kind }) => kind !== 'hash'),
  remove: write.remove.filter(({ kind }) => kind !== 'hash'),
});

const nameOf = ({ pk, sk }: TableKey): string => JSON.stringify([pk, sk]);
