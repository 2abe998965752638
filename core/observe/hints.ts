import { parseFactsKey } from '../facts-object.ts';
import { reservedPrefixes, type VaultKey } from '../key-layout.ts';
import { type CopyNews, copyNewsOf } from './copy-state.ts';
import type { Hint, ObserveTarget } from './observe.ts';

/** One look at one asset, and which changes it answers. */
export interface Task<Source> {
  readonly target: ObserveTarget;
  readonly hint: Hint;
  readonly sources: readonly Source[];
}

/** A change that speaks of no asset: dropped, because the key is Mediakeep's own, or not understood. */
export type Unassigned = 'reserved' | 'unknown-key';

/** Which asset a key speaks of. */
export const targetOf = (key: string, locate: (key: string) => VaultKey | undefined): ObserveTarget | Unassigned => {
  const facts = parseFactsKey(key);
  if (facts !== undefined) return facts;
  if (reservedPrefixes.some((prefix) => key.startsWith(prefix)))
    return key.startsWith('facts/') ? 'unknown-key' : 'reserved';
  const place = locate(key);
  return place === undefined ? 'unknown-key' : { tenant: place.tenant, assetId: place.assetId, key };
};

/**
 * What an event is worth: that a version was put may mean a shorter way, every other name only that something happened. The
 * version `null` is no name of a version: it is put into buckets without versions, again and again.
 */
export const hintOf = (event: { readonly name: string; readonly versionId: string | undefined }): Hint =>
  event.name.startsWith('ObjectCreated:') && isVersionId(event.versionId)
    ? { kind: 'created', versionId: event.versionId }
    : lookWith(copyNewsOf(event.name));

const lookWith = (copyNews: CopyNews | undefined): Hint =>
  copyNews === undefined ? { kind: 'look' } : { kind: 'look', copyNews };

const isVersionId = (text: string | undefined): text is string =>
  text !== undefined && text !== 'null' && /^[\w.+/=-]{1,1024}$/.test(text);

/**
 * Joins what was heard of one asset into one look. Only one version and nothing else may still be the only one there is;
 * anything more means to look.
 */
export const joinTasks = <Source>(tasks: readonly Task<Source>[]): readonly Task<Source>[] => {
  if (tasks.length < 2) return tasks;
  const byAsset = new Map<string, Task<Source>[]>();
  for (const task of tasks) {
    const name = JSON.stringify([task.target.tenant, task.target.assetId]);
    const known = byAsset.get(name) ?? [];
    const partner = known.findIndex((other) => isSameAsset(other.target, task.target));
    const other = known[partner];
    if (other === undefined) known.push(task);
    else known[partner] = joinTwo(other, task);
    byAsset.set(name, known);
  }
  return [...byAsset.values()].flat();
};

const isSameAsset = (a: ObserveTarget, b: ObserveTarget): boolean =>
  a.key === b.key || a.key === undefined || b.key === undefined;

const joinTwo = <Source>(a: Task<Source>, b: Task<Source>): Task<Source> => ({
  target: a.target.key === undefined ? b.target : a.target,
  hint: isSameCreation(a, b) ? a.hint : lookWith(newsOf(b) ?? newsOf(a)),
  sources: [...a.sources, ...b.sources],
});

const newsOf = ({ hint }: Task<unknown>): CopyNews | undefined => (hint.kind === 'look' ? hint.copyNews : undefined);

const isSameCreation = (a: Task<unknown>, b: Task<unknown>): boolean =>
  a.target.key === b.target.key &&
  a.hint.kind === 'created' &&
  b.hint.kind === 'created' &&
  a.hint.versionId === b.hint.versionId;
