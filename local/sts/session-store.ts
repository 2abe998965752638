import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { days } from '../../core/time.ts';

/** Temporary credentials of a role. */
export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiresMs: number;
}

export interface Session extends SessionCredentials {
  readonly roleArn: string;
  readonly sessionName: string;
}

/** The key pair of the administrator, who has no expiry. */
export interface AdminCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Access keys in the tables `sts_…`: they outlive a restart, so what was presigned before it stays valid. */
export const createSessionStore = (db: DatabaseSync) => {
  db.exec(`
    CREATE TABLE IF NOT EXISTS sts_sessions (
      access_key_id TEXT PRIMARY KEY, secret TEXT NOT NULL, token TEXT NOT NULL, role_arn TEXT NOT NULL,
      session_name TEXT NOT NULL, expires_ms INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS sts_admin (access_key_id TEXT PRIMARY KEY, secret TEXT NOT NULL) WITHOUT ROWID;
  `);
  const columns = `access_key_id AS accessKeyId, secret AS secretAccessKey, token AS sessionToken, role_arn AS roleArn,
    session_name AS sessionName, expires_ms AS expiresMs`;
  const find = db.prepare(`SELECT ${columns} FROM sts_sessions WHERE access_key_id = ?`);
  const insert = db.prepare('INSERT INTO sts_sessions VALUES (?, ?, ?, ?, ?, ?)');
  const purge = db.prepare('DELETE FROM sts_sessions WHERE expires_ms <= ?');
  // A session never changes, and every request asks for one.
  const known = new Map<string, Session>();
  return {
    find(accessKeyId: string): Session | undefined {
      const session = known.get(accessKeyId) ?? (find.get(accessKeyId) as unknown as Session | undefined);
      if (known.size >= mostKnown) known.clear();
      if (session !== undefined) known.set(accessKeyId, session);
      return session;
    },
    create(roleArn: string, sessionName: string, times: { now: number; expiresMs: number }): Session {
      purge.run(times.now - keepExpiredMs);
      known.clear();
      const session = {
        ...newKeyPair('ASIA'),
        sessionToken: randomBytes(96).toString('base64'),
        expiresMs: times.expiresMs,
      };
      const { accessKeyId, secretAccessKey, sessionToken, expiresMs } = session;
      insert.run(accessKeyId, secretAccessKey, sessionToken, roleArn, sessionName, expiresMs);
      return { ...session, roleArn, sessionName };
    },
    admin(): AdminCredentials {
      const row = db.prepare('SELECT access_key_id AS accessKeyId, secret AS secretAccessKey FROM sts_admin').get();
      if (row !== undefined) return row as unknown as AdminCredentials;
      const pair = newKeyPair('AKIA');
      db.prepare('INSERT INTO sts_admin VALUES (?, ?)').run(pair.accessKeyId, pair.secretAccessKey);
      return pair;
    },
  };
};

/** An expired session is remembered for longer than anybody moves the clock, so that its user hears "expired" and not "unknown". */
const keepExpiredMs = days(400);
const mostKnown = 1000;

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

const newKeyPair = (prefix: 'AKIA' | 'ASIA'): AdminCredentials => ({
  accessKeyId: prefix + Array.from(randomBytes(16), (byte) => base32[byte % 32]).join(''),
  secretAccessKey: randomBytes(30).toString('base64'),
});
