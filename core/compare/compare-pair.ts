import type { AssetRow, VersionEntry } from '../catalog/asset-row.ts';
import { parseFactsKey } from '../facts-object.ts';
import { reservedPrefixes, type VaultKey } from '../key-layout.ts';
import { differences } from './differences.ts';
import type { Finding } from './finding.ts';
import { type AssetPair, type CompareRules, isUnsettled, type VaultObject } from './pair.ts';
import { compareReplica, type ReplicatedKey } from './replica.ts';
import { staleCompanions, staleIndexKeys } from './stale.ts';

/** Everything that is wrong under one key: nothing where vault, catalog and replica agree or cannot agree yet. */
export const comparePair = (pair: AssetPair, rules: CompareRules): readonly Finding[] => {
  const { key, object, entry } = pair;
  const place = rules.locate(key);
  if (isUnsettled(object?.versions[0]?.at, rules)) return [];
  if (reservedPrefixes.some((prefix) => key.startsWith(prefix))) return compareReplica(pair, ownKey(key), rules);
  if (place === undefined) return object === undefined && entry === undefined ? [] : [outsideClasses(pair)];
  const ofRow = entry === undefined ? orphans(object, place) : compareRow(pair, entry.row, place, rules);
  if (pair.replica === undefined) return ofRow;
  const replicas = compareReplica(pair, { ...named(place), isReplicated: place.dataClass.replicate }, rules);
  return replicas.length === 0 ? ofRow : [...ofRow, ...replicas];
};

const none: readonly never[] = [];

const orphans = (object: VaultObject | undefined, place: VaultKey): readonly Finding[] =>
  object === undefined ? none : [orphan(object, place)];

/** Facts, journal and packs are copied whole, since everything is rebuilt from them. */
const ownKey = (key: string): ReplicatedKey => ({ ...parseFactsKey(key), isReplicated: true });

/** A key that no layout makes, or a row of a class that is no longer declared. */
const outsideClasses = ({ key, object }: AssetPair): Finding => {
  const found =
    object === undefined
      ? 'A row names a vault key that fits no layout of a data class, and nothing lies there.'
      : 'An object lies under a key that fits no layout of a data class; remove it, or take its class back into the configuration.';
  return { kind: 'foreign-key', key, repair: 'ask', action: 'decide', found };
};

const orphan = (object: VaultObject, place: VaultKey): Finding => ({
  kind: 'orphan',
  key: object.key,
  ...named(place),
  repair: 'safe',
  action: 'observe',
  found: `The vault has ${countOf(object.versions)} under this key and the catalog has no row.`,
});

const compareRow = (pair: AssetPair, row: AssetRow, place: VaultKey, rules: CompareRules): readonly Finding[] => {
  const { object, entry } = pair;
  if (row.tenant !== place.tenant || row.summary.assetId !== place.assetId) return [otherAsset(pair, place)];
  if (row.detail.key !== '' && row.detail.key !== pair.key) return [otherKey(pair, place)];
  const stale = staleIndexKeys(row, place).concat(staleCompanions(row, entry?.companions, object, rules));
  const isPacked = object?.looked === undefined && rules.isPacked?.(row.tenant, row.summary.assetId) === true;
  if (isPacked) return staleFinding(pair, place, stale);
  if (object === undefined && row.summary.state !== 'gone') {
    return isUnsettled(row.versions[0]?.at, rules) ? [] : [phantom(pair, row, place, rules)];
  }
  const fields = differences(row, object, place);
  if (fields.length === 0) return staleFinding(pair, place, stale);
  const found = `Vault and catalog differ in ${fields.join(', ')}.`;
  return [{ kind: 'mismatch', key: pair.key, ...named(place), fields, repair: 'safe', action: 'observe', found }];
};

/** A row that stands under another asset's key in the table cannot come from the catalog's writer. */
const otherAsset = ({ key }: AssetPair, place: VaultKey): Finding => ({
  kind: 'mismatch',
  key,
  ...named(place),
  fields: ['assetId'],
  repair: 'ask',
  action: 'decide',
  found: 'The row that names this key belongs to another asset than the key says.',
});

/** Looking at it would be refused: an asset has one key. */
const otherKey = ({ key }: AssetPair, place: VaultKey): Finding => ({
  kind: 'orphan',
  key,
  ...named(place),
  fields: ['key'],
  repair: 'ask',
  action: 'decide',
  found: 'The asset of this key is catalogued under another key; this object needs an id of its own, or has to go.',
});

/** What S3 promised to keep cannot be gone by anybody's leave, and what the replica still has can be brought back. */
const phantom = ({ key, replica }: AssetPair, row: AssetRow, place: VaultKey, { now }: CompareRules): Finding => {
  const locked = row.detail.legalHold === true || Date.parse(row.detail.retainUntil ?? '') > now;
  const copied = replica?.some(({ marker }) => !marker) === true;
  const safe = !locked && !copied;
  const reason = locked
    ? ' although S3 was to keep it: find out who could remove it'
    : copied
      ? ', and the second region still has it: recover it from there, or have the row follow the vault'
      : '';
  return {
    kind: 'phantom',
    key,
    ...named(place),
    repair: safe ? 'safe' : 'ask',
    action: safe ? 'observe' : 'decide',
    found: `The catalog lists this object as ${row.summary.state} and the vault has nothing under its key${reason}.`,
  };
};

const staleFinding = ({ key }: AssetPair, place: VaultKey, stale: readonly string[]): readonly Finding[] => {
  if (stale.length === 0) return none;
  const fields = [...new Set(stale)].sort();
  const action = fields.includes('link-holder') ? 'remove-link' : 'observe';
  const found = `What stands beside the row is not what belongs to it: ${fields.join(', ')}.`;
  return [{ kind: 'stale-index', key, ...named(place), fields, repair: 'safe', action, found }];
};

const named = ({ tenant, assetId, dataClass }: VaultKey): Pick<Finding, 'tenant' | 'assetId' | 'dataClass'> => ({
  tenant,
  assetId,
  dataClass: dataClass.name,
});

const countOf = (versions: readonly VersionEntry[]): string =>
  versions.length === 1 ? 'one version' : `${versions.length} versions`;
