import { MediakeepError } from '../../core/error.ts';
import { parseFactsKey } from '../../core/facts-object.ts';
import { parseJournalBody } from '../../core/journal.ts';
import { type ObserveTarget, observe } from '../../core/observe/observe.ts';
import type { PageAnswer } from '../shared/durable/pages.ts';
import { errorFields } from '../shared/error-fields.ts';
import type { KeyRange, ListedKey } from '../shared/key-range.ts';
import { mapInParallel } from '../shared/map-in-parallel.ts';
import { nameOf, readAssets } from './catalog-reader.ts';
import type { ReconcileDeps } from './ports.ts';
import { packsOfPage, rebuildPack } from './rebuild-packs.ts';
import { nextPrefix, type PrefixCursor } from './vault-pass.ts';

/** What a rebuild counts. */
export interface RebuildTally {
  readonly keys: number;
  /** Assets whose row was made anew, or made again. */
  readonly created: number;
  readonly changed: number;
  /** Rows that people wrote: put back, or left because what stands there is as new. */
  readonly restored: number;
  readonly kept: number;
  /** Keys of no class, journal objects that are none, assets under two keys. */
  readonly refused: number;
  /** Packs of which the rows of all members were made. */
  readonly packs: number;
  /** Packs in an archive: a copy to read was asked for, and the rebuild has to be run again when it is there. */
  readonly awaited: number;
}

export const emptyRebuild: RebuildTally = {
  keys: 0,
  created: 0,
  changed: 0,
  restored: 0,
  kept: 0,
  refused: 0,
  packs: 0,
  awaited: 0,
};

/** Adds what two stretches counted. */
export const addRebuilds = (a: RebuildTally, b: RebuildTally): RebuildTally => ({
  keys: a.keys + b.keys,
  created: a.created + b.created,
  changed: a.changed + b.changed,
  restored: a.restored + b.restored,
  kept: a.kept + b.kept,
  refused: a.refused + b.refused,
  packs: a.packs + b.packs,
  awaited: a.awaited + b.awaited,
});

const lanes = 25;

type Count = Exclude<keyof RebuildTally, 'keys'>;

/**
 * Makes the rows of one stretch of the vault. An asset is observed as after any event, so that the rebuild may run beside the
 * living writer and be repeated; what people wrote comes back from the journal, which holds the latest state of each row.
 */
export const rebuildPage = async (
  cursor: PrefixCursor,
  prefixes: readonly string[],
  deps: ReconcileDeps,
): Promise<PageAnswer<PrefixCursor, RebuildTally>> => {
  const stretch = upToSomePacks(await deps.listVault({ prefix: prefixes[cursor.prefix] ?? '', after: cursor.after }));
  const packs = stretch.keys.flatMap(({ key, versions: [newest] }) =>
    isPack(key) && newest?.marker === false ? [{ key, versionId: newest.versionId }] : [],
  );
  const targets = stretch.keys.flatMap(({ key }) => assetOf(key, deps));
  const facts = await staleFacts(stretch.keys, deps);
  const journal = stretch.keys.filter((listed) => isJournal(listed));
  const counts = [
    ...(await mapInParallel([...targets, ...facts], lanes, (target) => rebuildAsset(target, deps))),
    ...(await mapInParallel(journal, lanes, ({ key }) => restoreRow(key, deps))),
    ...(await mapInParallel(packs, 1, ({ key, versionId }) => rebuildPack(key, versionId, deps))),
    ...stretch.keys.flatMap(({ key }) => otherwise(key, deps)),
  ];
  const tally = counts.reduce((sum, count) => addRebuilds(sum, { ...emptyRebuild, [count]: 1 }), emptyRebuild);
  const next = nextPrefix(cursor, stretch.through, prefixes);
  return { tally: { ...tally, keys: stretch.keys.length }, ...(next && { next }) };
};

const assetOf = (key: string, { locate }: ReconcileDeps): readonly ObserveTarget[] => {
  const place = locate(key);
  return place === undefined ? [] : [{ tenant: place.tenant, assetId: place.assetId, key }];
};

/** Facts objects that the observation of their asset's object has not applied, because there is no such object. */
const staleFacts = async (keys: readonly ListedKey[], { read }: ReconcileDeps): Promise<readonly ObserveTarget[]> => {
  const listed = keys.flatMap(({ key, versions: [newest] }) => {
    const name = parseFactsKey(key);
    return name === undefined || newest === undefined || newest.marker ? [] : [{ name, etag: newest.etag }];
  });
  const rows = await readAssets(
    listed.map(({ name }) => name),
    read,
  );
  return listed.filter(({ name, etag }) => rows.get(nameOf(name))?.detail.factsEtag !== etag).map(({ name }) => name);
};

const isPack = (key: string): boolean => key.startsWith('packs/');

/** A pack stands for a thousand assets, so that a page ends with the first few of them. */
const upToSomePacks = (stretch: KeyRange): KeyRange => {
  const places = stretch.keys.flatMap(({ key }, index) => (isPack(key) ? [index] : []));
  const last = places[packsOfPage - 1];
  if (last === undefined || last === stretch.keys.length - 1) return stretch;
  return { keys: stretch.keys.slice(0, last + 1), through: stretch.keys[last]?.key ?? '' };
};

const isJournal = ({ key, versions: [newest] }: ListedKey): boolean =>
  key.startsWith('journal/') && newest?.marker === false;

const otherwise = (key: string, { locate }: ReconcileDeps): readonly Count[] => {
  return isPack(key) || key.startsWith('journal/') || parseFactsKey(key) !== undefined || locate(key) !== undefined
    ? []
    : ['refused'];
};

const rebuildAsset = async (target: ObserveTarget, deps: ReconcileDeps): Promise<Count> => {
  try {
    const { change } = await observe(target, { kind: 'look' }, deps);
    return change === 'created' ? 'created' : 'changed';
  } catch (error) {
    if (!(error instanceof MediakeepError) || error.retryable) throw error;
    deps.log.warn('an asset could not be rebuilt', { ...target, key: undefined, ...errorFields(error) });
    return 'refused';
  }
};

/** A state that says that the row is gone needs no work: what is not there is not put. */
const restoreRow = async (key: string, deps: ReconcileDeps): Promise<Count> => {
  const stored = await deps.readJournal(key);
  const entry = stored === undefined ? undefined : parseJournalBody(stored);
  if (entry === undefined) {
    deps.log.warn('a journal object is none', { kind: key.split('/')[2] });
    return 'refused';
  }
  if (entry.row === undefined) return 'kept';
  return (await deps.putRow(entry.row)) ? 'restored' : 'kept';
};
