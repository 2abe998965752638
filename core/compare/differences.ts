import type { AssetRow, VersionEntry } from '../catalog/asset-row.ts';
import type { VaultKey } from '../key-layout.ts';
import { rowOf } from '../observe/row-of.ts';
import { isSame } from './is-same.ts';
import type { VaultObject } from './pair.ts';

/** Every version into the row itself: pages are compared as companions. */
const sizes = { inRow: Number.MAX_SAFE_INTEGER, inPage: 1 };

/** The fields in which a row differs from what the vault shows of its key; undefined: nothing lies there. */
export const differences = (row: AssetRow, object: VaultObject | undefined, place: VaultKey): readonly string[] => {
  const versions = object?.versions ?? [];
  const newest = versions.find(({ marker }) => !marker);
  const fields: string[] = [];
  if (versions.length !== row.versionCount || !sameVersions(row.versions, versions)) fields.push('versions');
  if (row.summary.state !== stateOf(versions, newest)) fields.push('state');
  if (row.summary.dataClass !== place.dataClass.name) fields.push('class');
  if (row.partial === true) fields.push('partial');
  if (newest !== undefined) addCurrent(fields, row, newest);
  if (object?.looked !== undefined) fields.push(...lookedDifferences(row, object, place));
  return fields;
};

const stateOf = (versions: readonly VersionEntry[], newest: VersionEntry | undefined): AssetRow['summary']['state'] => {
  if (newest === undefined) return 'gone';
  return versions[0]?.marker === true ? 'deleted' : 'stored';
};

const addCurrent = (fields: string[], { summary, detail }: AssetRow, newest: VersionEntry): void => {
  if (detail.currentVersionId !== newest.versionId) fields.push('current-version');
  if (summary.bytes !== newest.bytes) fields.push('size');
  if (detail.storageClass !== newest.storageClass) fields.push('storage-class');
};

/** The row holds the newest versions only; the others stand in pages, which are companions. */
const sameVersions = (held: readonly VersionEntry[], found: readonly VersionEntry[]): boolean =>
  held.every((version, index) => isSameVersion(version, found[index]));

/** True where two entries tell the same of the same version. */
export const isSameVersion = (a: VersionEntry, b: VersionEntry | undefined): boolean =>
  a.versionId === b?.versionId &&
  a.marker === b.marker &&
  a.at === b.at &&
  a.bytes === b.bytes &&
  a.etag === b.etag &&
  a.storageClass === b.storageClass;

/** Makes the row again from what was read, and names what came out otherwise. */
const lookedDifferences = (row: AssetRow, object: VaultObject, place: VaultKey): string[] => {
  const seen = { identity: { ...place, key: object.key }, versions: object.versions, ...object.looked };
  const { row: expected } = rowOf(seen, row, { now: 0, sizes });
  return [...unlike('', row.summary, expected.summary), ...unlike('detail.', row.detail, expected.detail)];
};

/** What other checks name already, or what is not read from the vault. */
const otherwiseTold = new Set([
  'state',
  'dataClass',
  'bytes',
  'detail.currentVersionId',
  'detail.storageClass',
  'detail.cataloguedAt',
]);

const unlike = (prefix: string, held: object, expected: object): string[] => {
  const [a, b] = [new Map(Object.entries(held)), new Map(Object.entries(expected))];
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((name) => !otherwiseTold.has(`${prefix}${name}`))
    .filter((name) => !isSame(a.get(name), b.get(name)))
    .map((name) => `${prefix}${name}`)
    .sort();
};
