import { createHmac, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';

export const issuer = 'https://cognito-idp.ap-south-1.amazonaws.com/ap-south-1_TestPool1';
export const clientId = 'client-1';

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** An issuer that signs anything it is told to, so that bad tokens can be made. */
export interface TestIssuer {
  readonly jwk: JWK;
  readonly publicKeyPem: string;
  /** A token that is right, with some claims and header members changed or (undefined) left out. */
  token(claims?: Record<string, unknown>, header?: Record<string, unknown>): string;
  /** The same from a payload as text, for JSON that no object makes. */
  tokenOfText(payload: string): string;
  /** A token signed in another way: by HMAC with the public key as its secret, or not at all. */
  forged(alg: string, secret?: string): string;
}

export const createTestIssuer = (nowMs: number, kid = 'key-1'): TestIssuer => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const nowSeconds = Math.floor(nowMs / 1000);
  const rightClaims = {
    iss: issuer,
    client_id: clientId,
    sub: 'user-1',
    token_use: 'access',
    scope: 'openid mediakeep/use',
    auth_time: nowSeconds,
    iat: nowSeconds,
    exp: nowSeconds + 3600,
    jti: 'jti-1',
  };
  return {
    jwk: { ...publicKey.export({ format: 'jwk' }), kty: 'RSA', kid, alg: 'RS256', use: 'sig' },
    publicKeyPem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    token: (claims = {}, header = {}) =>
      signed(privateKey, { alg: 'RS256', kid, ...header }, encode({ ...rightClaims, ...claims })),
    tokenOfText: (payload) => signed(privateKey, { alg: 'RS256', kid }, encode(payload)),
    forged(alg, secret) {
      const input = `${encode({ alg, kid })}.${encode(rightClaims)}`;
      const signature = secret === undefined ? '' : createHmac('sha256', secret).update(input).digest('base64url');
      return `${input}.${signature}`;
    },
  };
};

const signed = (key: KeyObject, header: Record<string, unknown>, payload: string): string => {
  const input = `${encode(header)}.${payload}`;
  return `${input}.${createSign('RSA-SHA256').update(input).sign(key, 'base64url')}`;
};
