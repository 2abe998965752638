import type { DatabaseSync } from 'node:sqlite';

/**
 * What must survive a restart: users, signing keys and client secrets; and what a sign-in in progress rests on: codes, refresh
 * tokens and browser sessions. Codes, tokens and sessions are kept as SHA-256 digests, so that the file opens no account.
 */
export const createIdentityTables = (db: DatabaseSync): void =>
  db.exec(`
    CREATE TABLE IF NOT EXISTS identity_users (
      pool_id TEXT NOT NULL, username TEXT NOT NULL, sub TEXT NOT NULL, status TEXT NOT NULL, enabled INTEGER NOT NULL,
      attributes TEXT NOT NULL, password TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
      PRIMARY KEY (pool_id, username)
    ) WITHOUT ROWID;
    CREATE UNIQUE INDEX IF NOT EXISTS identity_users_sub ON identity_users (pool_id, sub);
    CREATE TABLE IF NOT EXISTS identity_keys (
      pool_id TEXT NOT NULL, kid TEXT NOT NULL, private_jwk TEXT NOT NULL, public_jwk TEXT NOT NULL, created_at INTEGER NOT NULL,
      position INTEGER NOT NULL, PRIMARY KEY (pool_id, kid)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS identity_client_secrets (
      client_id TEXT PRIMARY KEY, secret TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS identity_codes (digest TEXT PRIMARY KEY, grant_json TEXT NOT NULL, expires_at INTEGER NOT NULL)
      WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS identity_refresh_tokens (
      digest TEXT PRIMARY KEY, origin TEXT NOT NULL, grant_json TEXT NOT NULL, expires_at INTEGER NOT NULL, revoked INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS identity_refresh_origin ON identity_refresh_tokens (origin);
    CREATE TABLE IF NOT EXISTS identity_sessions (
      digest TEXT PRIMARY KEY, pool_id TEXT NOT NULL, username TEXT NOT NULL, auth_time INTEGER NOT NULL, expires_at INTEGER NOT NULL
    ) WITHOUT ROWID;
  `);
