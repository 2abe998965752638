import { type AssetRow, versionsInPage, versionsInRow } from '../catalog/asset-row.ts';
import { type CompanionKey, type CompanionRow, companionKeysOf } from '../catalog/companions.ts';
import type { TableKey } from '../catalog/keys.ts';
import type { CatalogLimits, CatalogView, CatalogWrite, ObserveDeps } from './ports.ts';
import type { Assembled } from './row-of.ts';

/** Everything is written and this row stands now, or another write came first. */
export type WriteAllResult =
  | { readonly kind: 'written'; readonly row: AssetRow; readonly linked: boolean }
  | { readonly kind: 'moved'; readonly row?: AssetRow };

/** A DynamoDB transaction takes 100 items, one of which is the asset row, and 4 MB, of which this leaves room for the row. */
export const catalogLimits: CatalogLimits = { inRow: versionsInRow, inPage: versionsInPage, companions: 99 };
const maxCompanionBytes = 3_000_000;

/**
 * Writes an asset row with everything that belongs to it: nearly always one transaction. Thousands of versions take
 * several; each of them moves the row's revision, so that no other writer's pages can come to stand between them, and all
 * but the last say that the row is partial, so that nobody takes it for the end of somebody's work.
 */
export const writeAll = async (
  { row, companions }: Assembled,
  previous: AssetRow | undefined,
  { catalog, limits = catalogLimits }: Pick<ObserveDeps, 'catalog' | 'limits'>,
): Promise<WriteAllResult> => {
  const steps = inSteps(row, companions, previous, limits.companions);
  let linked = true;
  for (const [index, step] of steps.entries()) {
    const result = await writeStep(step, catalog);
    if (result.kind === 'moved') return result;
    linked &&= result.linked;
    if (index === steps.length - 1) return { kind: 'written', row: step.row, linked };
  }
  throw new Error('A write has at least one step.');
};

/** A link that another asset holds stays with it; everything else of the step is written all the same. */
const writeStep = async (
  step: CatalogWrite,
  catalog: CatalogView,
): Promise<{ kind: 'moved'; row?: AssetRow } | { kind: 'written'; linked: boolean }> => {
  let write = step;
  for (;;) {
    const result = await catalog.writeAsset(write);
    if (result.kind === 'moved') return result;
    if (result.kind === 'written') return { kind: 'written', linked: write.put.length === step.put.length };
    const fewer = without(write, result.links);
    if (fewer.put.length + fewer.remove.length === write.put.length + write.remove.length) {
      throw new Error('A write was refused because of a hash row that is not part of it.');
    }
    write = fewer;
  }
};

const inSteps = (
  row: AssetRow,
  companions: readonly CompanionRow[],
  previous: AssetRow | undefined,
  maxCompanions: number,
): readonly CatalogWrite[] => {
  const parts = inParts(outdatedOf(previous, companions), companions, maxCompanions);
  return parts.map(({ put, remove }, index) => {
    const revision = row.revision + index;
    const pages = Math.max(row.pages ?? 0, previous?.pages ?? 0);
    const last = index === parts.length - 1;
    return {
      row: last ? { ...row, revision } : { ...row, revision, pages, partial: true },
      expected: index === 0 ? previous?.revision : revision - 1,
      put,
      remove,
    };
  });
};

/** What stood beside the row before and will not any more. */
const outdatedOf = (previous: AssetRow | undefined, companions: readonly CompanionRow[]): readonly CompanionKey[] => {
  if (previous === undefined) return [];
  const kept = new Set(companions.map(nameOf));
  return companionKeysOf(previous).filter(({ key }) => !kept.has(nameOf(key)));
};

interface Part {
  readonly put: CompanionRow[];
  readonly remove: CompanionKey[];
}

const inParts = (
  outdated: readonly CompanionKey[],
  companions: readonly CompanionRow[],
  maxCompanions: number,
): readonly Part[] => {
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
  for (const companion of companions) begin(sizeOf(companion)).put.push(companion);
  return parts;
};

/** Only pages are large; what the others hold fits into the room that is left. */
const sizeOf = (companion: CompanionRow): number =>
  companion.kind === 'versions' ? JSON.stringify(companion.versions).length : 0;

const without = (write: CatalogWrite, links: readonly TableKey[]): CatalogWrite => {
  const taken = new Set(links.map(nameOf));
  return {
    ...write,
    put: write.put.filter((row) => !taken.has(nameOf(row))),
    remove: write.remove.filter(({ key }) => !taken.has(nameOf(key))),
  };
};

const nameOf = ({ pk, sk }: TableKey): string => `${pk.length} ${pk}${sk}`;
