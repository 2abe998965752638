import { createHash, randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { Clock } from '../../core/time.ts';

const Grant = z.object({
  poolId: z.string(),
  clientId: z.string(),
  username: z.string(),
  scopes: z.array(z.string()),
  authTimeSeconds: z.number(),
  origin: z.string(),
  nonce: z.string().optional(),
  /** Codes only: what the exchange must show again. */
  redirectUri: z.string().optional(),
  challenge: z.string().optional(),
});

/** What a person has granted to a client by signing in. */
export type Grant = z.output<typeof Grant>;

/** Codes, refresh tokens and browser sessions. The secrets themselves are never stored. */
export interface Grants {
  /** A code that works once, within five minutes. */
  newCode(grant: Grant): string;
  /** Takes a code out of circulation, whatever comes of it. */
  takeCode(code: string): Grant | undefined;
  newRefreshToken(grant: Grant, lifetimeSeconds: number): string;
  refreshGrant(token: string): Grant | undefined;
  revoke(origin: string): void;
  isRevoked(origin: string): boolean;
  newSession(poolId: string, username: string): string;
  session(id: string, poolId: string): { readonly username: string; readonly authTimeSeconds: number } | undefined;
  endSession(id: string): void;
  /** Ends everything of a user who is gone or disabled. */
  endUser(poolId: string, username: string): void;
}

const codeLifeMs = 5 * 60_000;
const sessionLifeMs = 3_600_000;

export const createGrants = (db: DatabaseSync, clock: Clock): Grants => {
  const clean = () => {
    for (const table of ['codes', 'refresh_tokens', 'sessions']) {
      db.prepare(`DELETE FROM identity_${table} WHERE expires_at <= ?`).run(clock.now());
    }
  };
  return {
    newCode(grant) {
      clean();
      const code = secret();
      const expiresAt = clock.now() + codeLifeMs;
      db.prepare('INSERT INTO identity_codes VALUES (?, ?, ?)').run(digest(code), JSON.stringify(grant), expiresAt);
      return code;
    },
    takeCode(code) {
      const row = db.prepare('DELETE FROM identity_codes WHERE digest = ? RETURNING *').get(digest(code));
      return Number(row?.['expires_at'] ?? 0) > clock.now() ? readGrant(row?.['grant_json']) : undefined;
    },
    newRefreshToken(grant, lifetimeSeconds) {
      const token = secret();
      const expiresAt = clock.now() + lifetimeSeconds * 1000;
      db.prepare('INSERT INTO identity_refresh_tokens VALUES (?, ?, ?, ?, 0)').run(
        digest(token),
        grant.origin,
        JSON.stringify(grant),
        expiresAt,
      );
      return token;
    },
    refreshGrant(token) {
      const row = db
        .prepare('SELECT grant_json FROM identity_refresh_tokens WHERE digest = ? AND revoked = 0 AND expires_at > ?')
        .get(digest(token), clock.now());
      return readGrant(row?.['grant_json']);
    },
    revoke: (origin) => void db.prepare('UPDATE identity_refresh_tokens SET revoked = 1 WHERE origin = ?').run(origin),
    isRevoked: (origin) =>
      db.prepare('SELECT 1 FROM identity_refresh_tokens WHERE origin = ? AND revoked = 1').get(origin) !== undefined,
    newSession(poolId, username) {
      const id = secret();
      const now = clock.now();
      db.prepare('INSERT INTO identity_sessions VALUES (?, ?, ?, ?, ?)').run(
        digest(id),
        poolId,
        username,
        Math.floor(now / 1000),
        now + sessionLifeMs,
      );
      return id;
    },
    session(id, poolId) {
      const row = db
        .prepare('SELECT * FROM identity_sessions WHERE digest = ? AND pool_id = ? AND expires_at > ?')
        .get(digest(id), poolId, clock.now());
      return row && { username: String(row['username']), authTimeSeconds: Number(row['auth_time']) };
    },
    endSession: (id) => void db.prepare('DELETE FROM identity_sessions WHERE digest = ?').run(digest(id)),
    endUser(poolId, username) {
      db.prepare('DELETE FROM identity_sessions WHERE pool_id = ? AND username = ?').run(poolId, username);
      db.prepare(
        `UPDATE identity_refresh_tokens SET revoked = 1
         WHERE json_extract(grant_json, '$.poolId') = ? AND json_extract(grant_json, '$.username') = ?`,
      ).run(poolId, username);
    },
  };
};

const secret = (): string => randomBytes(32).toString('base64url');
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

const readGrant = (json: unknown): Grant | undefined =>
  typeof json === 'string' ? Grant.parse(JSON.parse(json)) : undefined;
