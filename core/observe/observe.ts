import type { AssetRow, VersionEntry } from '../catalog/asset-row.ts';
import { MediakeepError } from '../error.ts';
import { parseFactsObject } from '../facts-object.ts';
import { factsKey } from '../key-layout.ts';
import { headOfPacked, packedMarkerId } from '../pack/head.ts';
import type { PackedRow } from '../pack/packed-row.ts';
import type { CopyNews } from './copy-state.ts';
import type { ObserveDeps, StoredText } from './ports.ts';
import { entryOf, type Identity, type Notice, type Observation, rowOf } from './row-of.ts';
import { catalogLimits, writeAll } from './write-all.ts';

/**
 * Why to look. `created`: an event told that this version was put; if nobody has heard of its asset, it is taken for the
 * only one. `look`: anything else that can have changed what there is.
 */
export type Hint =
  | { readonly kind: 'created'; readonly versionId: string }
  | { readonly kind: 'look'; readonly copyNews?: CopyNews };

/** What to look at. The key may be unknown where only the asset's facts object was heard of. */
export interface ObserveTarget {
  readonly tenant: string;
  readonly assetId: string;
  readonly key?: string;
}

/** How an observation ended: the row that stands now, and the one before. */
export interface Outcome {
  readonly change: 'created' | 'changed' | 'duplicate';
  readonly row: AssetRow;
  readonly previous?: AssetRow;
  readonly notices: readonly Notice[];
}

/** So often it looks again when others write the same row; then the caller's own repetition takes over. */
const maxLooks = 8;

/**
 * Makes the catalog agree with the vault about one asset.
 *
 * An event says only "look here"; order and number of events do not matter, because of three rules. Each write of a row
 * rests on an observation made after the event, and after reading the revision on which the write is conditional; so a
 * row of a later revision rests on a later observation. A look always writes, also what it found unchanged: the new
 * revision refuses whoever looked earlier and has not written yet. And an asset of which nothing is left keeps a row, the
 * tombstone, so that whoever saw it alive is refused too.
 *
 * A first event need not look: its version's HEAD is the whole observation, provided that there is no row. Were there
 * anything else to see, then by another change, whose own event either has left a row already or is still to come.
 *
 * @throws MediakeepError `conflict` when others kept writing (the same call may succeed later), `unprocessable` when the
 * asset is catalogued under another key.
 */
export const observe = async (target: ObserveTarget, hint: Hint, deps: ObserveDeps): Promise<Outcome> => {
  let known: KnownRow | undefined;
  if (hint.kind === 'created' && target.key !== undefined) {
    const first = await takeForOnly({ ...target, key: target.key }, hint.versionId, deps);
    if ('change' in first) return first;
    known = first.known;
  }
  for (let looks = 0; looks < maxLooks; looks++) {
    const row = known === undefined ? await deps.catalog.readAsset(target.tenant, target.assetId) : known.row;
    const seen = await look(target, row, deps);
    if (seen === undefined) {
      known = undefined;
      continue;
    }
    const result = await record({ ...seen, ...newsOf(hint) }, row, deps);
    if ('change' in result) return result;
    known = result.known;
  }
  throw new MediakeepError('conflict', `Asset ${target.assetId} was changed ${maxLooks} times while being looked at.`);
};

const newsOf = (hint: Hint): Pick<Observation, 'copyNews'> =>
  hint.kind === 'look' && hint.copyNews !== undefined ? { copyNews: hint.copyNews } : {};

interface KnownRow {
  readonly row: AssetRow;
}

/** The way of a new object: one HEAD, one write. Otherwise tells what the refused write has learned of the row. */
const takeForOnly = async (
  target: Required<ObserveTarget>,
  versionId: string,
  deps: ObserveDeps,
): Promise<Outcome | { readonly known?: KnownRow }> => {
  const identity = identify(target, target.key, deps);
  const head = await deps.vault.headVersion(target.key, versionId);
  if (head === undefined) return {};
  const result = await record({ identity, versions: [entryOf(head)], current: head }, undefined, deps);
  if ('change' in result || result.known === undefined) return result;
  const { row } = result.known;
  refuseOtherKey(row, target);
  const mentioned = row.versions.some((version) => version.versionId === versionId);
  return mentioned && row.partial !== true ? { change: 'duplicate', row, notices: [] } : result;
};

/** Everything the vault says about the asset; undefined when it changed in the middle. */
export const look = async (
  target: ObserveTarget,
  row: AssetRow | undefined,
  deps: ObserveDeps,
): Promise<Observation | undefined> => {
  refuseOtherKey(row, target);
  const text = await deps.vault.readText(factsKey(target.tenant, target.assetId));
  const told = text === undefined ? undefined : readFacts(target, text, deps);
  const key = target.key ?? (row?.detail.key || told?.key);
  const facts = told?.key === key ? told : undefined;
  const factsPart = { factsFound: text !== undefined, ...(facts === undefined ? {} : { facts }) };
  if (key === undefined) return { identity: { ...target, key: '', dataClass: undefined }, versions: [], ...factsPart };

  const identity = identify(target, key, deps);
  const versions = await deps.vault.listVersions(key);
  const newest = versions.find(({ marker }) => !marker);
  if (newest === undefined) {
    // Empty, or a delete marker at most: the content may stand in a pack, which was written before the versions went.
    const packed = await deps.catalog.readPacked(target.tenant, target.assetId);
    return { identity, versions, ...(isLiving(packed, key) && packedPart(versions, packed)), ...factsPart };
  }
  const current = await deps.vault.headVersion(key, newest.versionId);
  return current === undefined ? undefined : { identity, versions, current, ...factsPart };
};

const isLiving = (packed: PackedRow | undefined, key: string): packed is PackedRow =>
  packed !== undefined && packed.erasedAt === undefined && packed.member.key === key;

/** The version that was packed stands below whatever lies on the key, as if it were still there. */
const packedPart = (markers: readonly VersionEntry[], packed: PackedRow) => {
  const current = headOfPacked(packed);
  const hidden = packed.deletedAt !== undefined && markers.length === 0;
  const marker = { versionId: packedMarkerId, at: packed.deletedAt ?? '', marker: true };
  return { versions: [...(hidden ? [marker] : markers), entryOf(current)], current, packed };
};

/** Writes what was seen over the row that was read before. */
const record = async (
  seen: Observation,
  previous: AssetRow | undefined,
  deps: ObserveDeps,
): Promise<Outcome | { readonly known?: KnownRow }> => {
  const assembled = rowOf(seen, previous, { now: deps.clock.now(), sizes: deps.limits ?? catalogLimits });
  const result = await writeAll(assembled, previous, deps);
  if (result.kind === 'moved') return result.row === undefined ? {} : { known: { row: result.row } };
  return {
    change: previous === undefined ? 'created' : 'changed',
    row: result.row,
    ...(previous === undefined ? {} : { previous }),
    notices: result.linked ? assembled.notices : [...assembled.notices, 'link-taken'],
  };
};

/** What a facts object says of its asset; undefined where it is none, or names another asset or key. */
export const readFacts = (
  target: ObserveTarget,
  { body, etag }: StoredText,
  deps: Pick<ObserveDeps, 'locate'>,
): Observation['facts'] => {
  const object = parseFactsObject(body);
  if (object === undefined || object.tenant !== target.tenant || object.assetId !== target.assetId) return undefined;
  const place = deps.locate(object.key);
  if (place?.tenant !== target.tenant || place.assetId !== target.assetId) return undefined;
  return { key: object.key, attributes: object.attributes, etag };
};

const identify = (target: ObserveTarget, key: string, deps: ObserveDeps): Identity => {
  const place = deps.locate(key);
  if (place?.tenant === target.tenant && place.assetId === target.assetId) return { ...place, key };
  throw new MediakeepError(
    'unprocessable',
    `The vault key of asset ${target.assetId} fits no layout of a data class; take the class back into the configuration.`,
  );
};

const refuseOtherKey = (row: AssetRow | undefined, { key, assetId }: ObserveTarget): void => {
  if (key === undefined || row === undefined || row.detail.key === '' || row.detail.key === key) return;
  throw new MediakeepError(
    'unprocessable',
    `Asset ${assetId} is catalogued under another vault key; an asset has one key, so this object needs an id of its own.`,
  );
};
