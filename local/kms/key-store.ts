import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../core/time.ts';
import type { PolicyDocument } from '../aws/caller.ts';
import { generateMaterial, type KeyUsage } from './key-material.ts';

export type KeyState = 'Enabled' | 'Disabled' | 'PendingDeletion';

/** One key as it is now; a change makes a new object. */
export interface Key {
  readonly keyId: string;
  readonly arn: string;
  readonly region: string;
  readonly accountId: string;
  readonly spec: string;
  readonly usage: KeyUsage;
  readonly manager: 'AWS' | 'CUSTOMER';
  readonly state: KeyState;
  readonly deletionMs?: number;
  readonly description: string;
  readonly multiRegion: boolean;
  readonly rotation: boolean;
  readonly policy: PolicyDocument;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdMs: number;
  readonly material: Buffer;
}

export interface Alias {
  /** `alias/…` */
  readonly name: string;
  readonly region: string;
  readonly keyId: string;
}

export type NewKey = Pick<
  Key,
  'region' | 'spec' | 'usage' | 'manager' | 'description' | 'multiRegion' | 'rotation' | 'policy' | 'tags'
>;

/** Keys and aliases: all in memory, each change in the database first. */
export interface KeyStore {
  find(region: string, keyId: string): Key | undefined;
  /** The key that a template resource made; `origin` is its stable name. */
  findByOrigin(region: string, origin: string): Key | undefined;
  all(region: string): readonly Key[];
  create(key: NewKey, origin?: string): Key;
  update(key: Key, change: Partial<Omit<Key, 'keyId' | 'arn' | 'region' | 'material'>>): Key;
  alias(region: string, name: string): Alias | undefined;
  aliases(region: string): readonly Alias[];
  setAlias(alias: Alias): void;
}

export interface KeyStoreDeps {
  readonly db: DatabaseSync;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly accountId: string;
}

export const createKeyStore = ({ db, clock, newId, accountId }: KeyStoreDeps): KeyStore => {
  createTables(db);
  const keys = new Map<string, Key>();
  const aliases = new Map<string, Alias>();
  for (const row of db.prepare('SELECT * FROM kms_keys').all()) {
    const key = fromRow(row as unknown as KeyRow);
    keys.set(key.keyId, key);
  }
  for (const row of db.prepare('SELECT name, region, key_id AS keyId FROM kms_aliases').all() as unknown as Alias[]) {
    aliases.set(`${row.region} ${row.name}`, row);
  }
  const write = (key: Key): Key => {
    const { material, ...properties } = key;
    db.prepare('UPDATE kms_keys SET properties = ? WHERE key_id = ?').run(JSON.stringify(properties), key.keyId);
    keys.set(key.keyId, key);
    return key;
  };
  /** A key whose waiting time is over is gone with its material and its aliases. */
  const dropIfDue = (key: Key): boolean => {
    if (key.deletionMs === undefined || key.deletionMs > clock.now()) return false;
    db.prepare('DELETE FROM kms_keys WHERE key_id = ?').run(key.keyId);
    db.prepare('DELETE FROM kms_aliases WHERE key_id = ?').run(key.keyId);
    keys.delete(key.keyId);
    for (const [id, alias] of aliases) if (alias.keyId === key.keyId) aliases.delete(id);
    return true;
  };
  const alive = (key: Key | undefined): Key | undefined => (key === undefined || dropIfDue(key) ? undefined : key);

  return {
    find: (region, keyId) => alive([keys.get(keyId)].find((key) => key?.region === region)),
    findByOrigin(region, origin) {
      const row = db.prepare('SELECT key_id FROM kms_keys WHERE region = ? AND origin = ?').get(region, origin);
      return alive(keys.get(String(row?.['key_id'])));
    },
    all: (region) => [...keys.values()].filter((key) => key.region === region && alive(key) !== undefined),
    create(given, origin) {
      const keyId = asUuid(newId());
      const material = generateMaterial(given.spec);
      const arn = `arn:aws:kms:${given.region}:${accountId}:key/${keyId}`;
      const properties = { ...given, keyId, arn, accountId, state: 'Enabled' as const, createdMs: clock.now() };
      db.prepare('INSERT INTO kms_keys (key_id, region, origin, properties, material) VALUES (?, ?, ?, ?, ?)').run(
        keyId,
        given.region,
        origin ?? null,
        JSON.stringify(properties),
        material,
      );
      keys.set(keyId, { ...properties, material });
      return { ...properties, material };
    },
    update: (key, change) => write({ ...key, ...change }),
    alias: (region, name) => aliases.get(`${region} ${name}`),
    aliases: (region) => [...aliases.values()].filter((alias) => alias.region === region),
    setAlias(alias) {
      db.prepare(
        'INSERT INTO kms_aliases (region, name, key_id) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET key_id = excluded.key_id',
      ).run(alias.region, alias.name, alias.keyId);
      aliases.set(`${alias.region} ${alias.name}`, alias);
    },
  };
};

const createTables = (db: DatabaseSync): void =>
  db.exec(`
    CREATE TABLE IF NOT EXISTS kms_keys (
      key_id TEXT PRIMARY KEY, region TEXT NOT NULL, origin TEXT, properties TEXT NOT NULL, material BLOB NOT NULL,
      UNIQUE (region, origin)
    );
    CREATE TABLE IF NOT EXISTS kms_aliases (
      region TEXT NOT NULL, name TEXT NOT NULL, key_id TEXT NOT NULL, PRIMARY KEY (region, name)
    ) WITHOUT ROWID;
  `);

interface KeyRow {
  readonly properties: string;
  readonly material: Uint8Array;
}

const fromRow = ({ properties, material }: KeyRow): Key => ({
  ...JSON.parse(properties),
  material: Buffer.from(material),
});

/** Ids may come as 32 hex digits; KMS shows them with hyphens. */
const asUuid = (id: string): string => {
  const hex = id.replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/.test(hex)) throw new Error(`A key id must be a UUID or 32 hex digits, not ${id}.`);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};
