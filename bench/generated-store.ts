import { dataClasses } from '../config/data-classes.ts';
import type { CatalogEntry, VaultObject } from '../core/compare/pair.ts';
import type { DataClass } from '../core/data-class.ts';
import { encodeFacts } from '../core/facts.ts';
import { parseVaultKey, type VaultKey, vaultKey } from '../core/key-layout.ts';
import type { VersionHead } from '../core/observe/ports.ts';
import { type Assembled, entryOf, rowOf } from '../core/observe/row-of.ts';
import { catalogLimits } from '../core/observe/write-all.ts';
import { isoTime, utcDay } from '../core/time.ts';

const tenant = 'acme';
const startedAt = Date.parse('2026-01-01T00:00:00.000Z');
const at = isoTime(startedAt);
const date = utcDay(startedAt);
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** An id that grows with the number, so that keys come in their order. */
const idOf = (number: number): string => {
  let id = '';
  for (let left = number, digit = 0; digit < 10; digit += 1, left = Math.floor(left / 32)) {
    id = (alphabet[left % 32] ?? '0') + id;
  }
  return `01KDWZAY${id}`.padEnd(26, '0').slice(0, 26);
};

const classOfAll = (): DataClass => {
  const rawAudio = dataClasses.find(({ name }) => name === 'raw-audio');
  if (rawAudio === undefined) throw new Error('The bench needs the class raw-audio.');
  return rawAudio;
};
const dataClass = classOfAll();

/** What the asset with this number is called, who is heard in it and in what language. */
const namesOf = (number: number) => ({
  assetId: idOf(number),
  tenant,
  date,
  filename: 'voice.wav',
  subject: `speaker-${number % 1000}`,
  attributes: { language: 'de' },
});

/** The one version of the asset with this number. */
const versionOf = (number: number) => ({
  versionId: `v${number}`,
  at,
  bytes: 1000 + (number % 500),
  etag: `"${number}"`,
  storageClass: 'STANDARD',
});

/** What the vault tells of the asset with this number; nothing is kept. */
export const generatedObject = (number: number): { readonly key: string; readonly head: VersionHead } => {
  const { date: _, ...names } = namesOf(number);
  const facts = {
    v: 1 as const,
    ...names,
    dataClass: dataClass.name,
    uploader: `user-${number % 50}`,
    createdAt: at,
    contentType: 'audio/wav',
  };
  const head = {
    ...versionOf(number),
    contentType: 'audio/wav',
    facts: encodeFacts(facts),
    sha256: `sha256-${number}`,
  };
  return { key: vaultKey(dataClass, namesOf(number)), head };
};

/** Takes a key apart by the deployment's classes. */
export const locate = (key: string): VaultKey | undefined => parseVaultKey(dataClasses, key);

/** The rows that a look at the object makes. */
export const decide = ({ key, head }: ReturnType<typeof generatedObject>): Assembled => {
  const place = locate(key);
  if (place === undefined) throw new Error('A generated key fits no class.');
  const seen = { identity: { ...place, key }, versions: [entryOf(head)], current: head, factsFound: false };
  return rowOf(seen, undefined, { now: startedAt, sizes: catalogLimits });
};

/** One in so many assets has a row that tells another size. */
export const faultEvery = 10_000;
const inPage = 1000;

/** The vault's side of so many assets, page after page. */
export function* vaultPages(count: number): Generator<readonly VaultObject[]> {
  for (let first = 0; first < count; first += inPage) {
    yield numbers(first, count).map((number) => ({
      key: vaultKey(dataClass, namesOf(number)),
      versions: [entryOf(versionOf(number))],
    }));
  }
}

/** The catalog's side, with its companions. */
export function* catalogPages(count: number): Generator<readonly CatalogEntry[]> {
  for (let first = 0; first < count; first += inPage) {
    yield asRead(numbers(first, count).map(catalogEntry));
  }
}

const catalogEntry = (number: number): CatalogEntry => {
  const { row, companions } = decide(generatedObject(number));
  const isFaulty = number % faultEvery === 0;
  const told = isFaulty ? { ...row, summary: { ...row.summary, bytes: 1 } } : row;
  return { key: row.detail.key, row: told, companions };
};

/** What was read shares no string with what was written, so that none is equal merely because it is the same one. */
const asRead = (page: readonly CatalogEntry[]): readonly CatalogEntry[] => JSON.parse(JSON.stringify(page));

const numbers = (first: number, count: number): readonly number[] =>
  Array.from({ length: Math.min(inPage, count - first) }, (_, index) => first + index);
