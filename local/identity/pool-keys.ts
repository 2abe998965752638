import { createHash, generateKeyPair, type JsonWebKey as NodeJwk } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import type { JWK } from 'jose';
import type { Clock } from '../../core/time.ts';
import { isJsonObject } from '../aws/json-object.ts';

/** The keys that a pool signs its tokens with. */
export interface PoolKeys {
  /** Makes the first key of a new pool. */
  prepare(poolId: string): Promise<void>;
  /** Makes a key that signs from now on; the one before stays published, so that its tokens live out their time. */
  rotate(poolId: string): Promise<void>;
  /** Takes every key but the signing one out of what is published. */
  withdrawOld(poolId: string): void;
  signingKey(poolId: string): JWK;
  /** Newest first. */
  publicKeys(poolId: string): JWK[];
}

const generate = promisify(generateKeyPair);

export const createPoolKeys = (db: DatabaseSync, clock: Clock): PoolKeys => {
  const rows = (poolId: string) =>
    db.prepare('SELECT * FROM identity_keys WHERE pool_id = ? ORDER BY position DESC').all(poolId);
  const rotate = async (poolId: string) => {
    const { privateKey, publicKey } = await generate('rsa', { modulusLength: 2048 });
    const published = publicKey.export({ format: 'jwk' });
    const named = { kid: keyId(published), alg: 'RS256', use: 'sig' };
    const position = Number(rows(poolId)[0]?.['position'] ?? 0) + 1;
    db.prepare('INSERT INTO identity_keys VALUES (?, ?, ?, ?, ?, ?)').run(
      poolId,
      named.kid,
      JSON.stringify({ ...privateKey.export({ format: 'jwk' }), ...named }),
      JSON.stringify({ ...published, ...named }),
      clock.now(),
      position,
    );
  };
  return {
    rotate,
    async prepare(poolId) {
      if (rows(poolId).length === 0) await rotate(poolId);
    },
    withdrawOld(poolId) {
      db.prepare(
        'DELETE FROM identity_keys WHERE pool_id = ? AND position < (SELECT MAX(position) FROM identity_keys WHERE pool_id = ?)',
      ).run(poolId, poolId);
    },
    signingKey: (poolId) => parseJwk(rows(poolId)[0]?.['private_jwk']),
    publicKeys: (poolId) => rows(poolId).map((row) => parseJwk(row['public_jwk'])),
  };
};

const keyId = ({ n }: NodeJwk): string =>
  createHash('sha256')
    .update(n ?? '')
    .digest('base64');

const parseJwk = (json: unknown): JWK => {
  const value: unknown = typeof json === 'string' ? JSON.parse(json) : undefined;
  if (isJsonObject(value) && typeof value['kty'] === 'string') return { ...value, kty: value['kty'] };
  throw new Error('The user pool has no signing key.');
};
