import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../core/time.ts';
import type { UserPool } from './pool-model.ts';

export type UserStatus = 'CONFIRMED' | 'FORCE_CHANGE_PASSWORD';

/** A person in a user pool. */
export interface User {
  readonly poolId: string;
  readonly username: string;
  readonly sub: string;
  readonly status: UserStatus;
  readonly enabled: boolean;
  /** `email`, `email_verified` and the like; without `sub`. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly hasPassword: boolean;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export type NewUser = Pick<User, 'username' | 'sub' | 'status' | 'attributes'>;

export interface Users {
  /** False where the name, the sub or the e-mail address is taken. */
  create(pool: UserPool, user: NewUser): boolean;
  /** By user name, by sub, or by e-mail address where the pool signs people in by it. */
  find(pool: UserPool, name: string): User | undefined;
  list(pool: UserPool): User[];
  setEnabled(user: User, enabled: boolean): void;
  setPassword(user: User, password: string, status: UserStatus): void;
  /** True also for a user who has no password: local users sign in by their name. */
  passwordMatches(user: User, password: string): boolean;
  remove(user: User): void;
}

export const createUsers = (db: DatabaseSync, clock: Clock): Users => {
  const all = (pool: UserPool) =>
    db.prepare('SELECT * FROM identity_users WHERE pool_id = ? ORDER BY username').all(pool.id).map(toUser);
  const find = (pool: UserPool, name: string) => all(pool).find((user) => isCalled(pool, user, name));
  const update = (user: User, assignment: string, ...values: (string | number)[]) =>
    db
      .prepare(`UPDATE identity_users SET ${assignment}, updated_at = ? WHERE pool_id = ? AND username = ?`)
      .run(...values, clock.now(), user.poolId, user.username);
  return {
    find,
    list: all,
    create(pool, { username, sub, status, attributes }) {
      const email = attributes['email'];
      const taken = [username, sub, ...(pool.usernameIsEmail && email !== undefined ? [email] : [])];
      if (taken.some((name) => find(pool, name) !== undefined)) return false;
      const now = clock.now();
      db.prepare('INSERT INTO identity_users VALUES (?, ?, ?, ?, 1, ?, NULL, ?, ?)').run(
        pool.id,
        username,
        sub,
        status,
        JSON.stringify(attributes),
        now,
        now,
      );
      return true;
    },
    setEnabled: (user, enabled) => void update(user, 'enabled = ?', enabled ? 1 : 0),
    setPassword: (user, password, status) =>
      void update(user, 'password = ?, status = ?', hashPassword(password), status),
    passwordMatches(user, password) {
      const row = db
        .prepare('SELECT password FROM identity_users WHERE pool_id = ? AND username = ?')
        .get(user.poolId, user.username);
      const stored = row?.['password'];
      return typeof stored !== 'string' || matchesHash(stored, password);
    },
    remove: (user) =>
      void db.prepare('DELETE FROM identity_users WHERE pool_id = ? AND username = ?').run(user.poolId, user.username),
  };
};

const isCalled = (pool: UserPool, user: User, name: string): boolean => {
  const fold = (text: string) => (pool.usernameIsCaseSensitive ? text : text.toLowerCase());
  const names = [user.username, user.sub, ...(pool.usernameIsEmail ? [user.attributes['email'] ?? ''] : [])];
  return name !== '' && names.some((candidate) => fold(candidate) === fold(name));
};

const toUser = (row: Readonly<Record<string, unknown>>): User => ({
  poolId: String(row['pool_id']),
  username: String(row['username']),
  sub: String(row['sub']),
  status: row['status'] === 'CONFIRMED' ? 'CONFIRMED' : 'FORCE_CHANGE_PASSWORD',
  enabled: row['enabled'] === 1,
  attributes: readAttributes(String(row['attributes'])),
  hasPassword: row['password'] !== null,
  createdAtMs: Number(row['created_at']),
  updatedAtMs: Number(row['updated_at']),
});

const readAttributes = (json: string): Record<string, string> => {
  const value: unknown = JSON.parse(json);
  return Object.fromEntries(Object.entries(value ?? {}).map(([name, text]) => [name, String(text)]));
};

const hashPassword = (password: string): string => {
  const salt = randomBytes(16);
  return `${salt.toString('hex')}:${scryptSync(password, salt, 32).toString('hex')}`;
};

const matchesHash = (stored: string, password: string): boolean => {
  const [salt = '', hash = ''] = stored.split(':');
  const expected = Buffer.from(hash, 'hex');
  const actual = scryptSync(password, Buffer.from(salt, 'hex'), 32);
  return expected.length === actual.length && timingSafeEqual(expected, actual);
};
