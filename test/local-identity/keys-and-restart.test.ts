import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { exchange, get, newCode, postForm, scope, startIdentity } from './identity-server.ts';

const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

describe('what survives a restart', () => {
  test('are users, keys, secrets and refresh tokens', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mediakeep-identity-test-'));
    const open = () => new DatabaseSync(join(folder, 'platform.sqlite'));
    const first = await startIdentity({ db: open() });
    const tokens = await (await exchange(first, await newCode(first))).json();
    const keys = first.identity.issuerKeys(first.issuer);
    await first[Symbol.asyncDispose]();
    first.db.close();

    await using second = await startIdentity({ db: open() });
    const renewed = await postForm(`${second.url}/oauth2/token`, {
      grant_type: 'refresh_token',
      client_id: second.publicClient,
      refresh_token: tokens.refresh_token,
    });

    expect(second.identity.issuerKeys(second.issuer)).toEqual(keys);
    expect(second.machine).toEqual(first.machine);
    expect(claimsOf((await renewed.json()).access_token).sub).toBe(claimsOf(tokens.access_token).sub);
    second.db.close();
    rmSync(folder, { recursive: true });
  });

  test('is nothing that would open an account', async () => {
    await using server = await startIdentity();
    const code = await newCode(server);
    const tokens = await (await exchange(server, await newCode(server))).json();

    const stored = ['codes', 'refresh_tokens', 'sessions']
      .flatMap((table) => server.db.prepare(`SELECT * FROM identity_${table}`).all())
      .map((row) => JSON.stringify(row))
      .join('\n');

    expect(stored).not.toBe('');
    expect(stored).not.toContain(code);
    expect(stored).not.toContain(tokens.refresh_token);
  });
});

describe('tokens made without a sign-in', () => {
  test('are those that a sign-in would give, for as long as asked', async () => {
    await using server = await startIdentity();
    const request = { clientId: server.publicClient, scopes: [scope], expiresInSeconds: 86_400 };

    const claims = claimsOf(await server.identity.issueToken('asha', request));

    expect(claims).toMatchObject({ username: 'asha', scope, token_use: 'access', client_id: server.publicClient });
    expect(claims.exp - claims.iat).toBe(86_400);
  });

  test('keep the id that a user was given', async () => {
    await using server = await startIdentity();
    server.identity.createUser(server.poolId, { username: 'ravi', email: 'ravi@example.org', sub: 'fixed-sub' });
    server.identity.createUser(server.poolId, { username: 'ravi', email: 'ravi@example.org', sub: 'another' });
    const request = { clientId: server.publicClient, scopes: [scope] };

    expect(claimsOf(await server.identity.issueToken('ravi', request)).sub).toBe('fixed-sub');
  });

  test('are signed by a new key after a change of keys, and the old one is published until it is withdrawn', async () => {
    await using server = await startIdentity();
    const kid = async () => {
      const token = await server.identity.issueToken('asha', { clientId: server.publicClient, scopes: [scope] });
      return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;
    };
    const published = () => server.identity.issuerKeys(server.issuer)?.map((key) => key.kid);
    const before = await kid();

    await server.identity.rotateKeys(server.poolId);
    const after = await kid();
    const during = published();
    server.identity.withdrawOldKeys(server.poolId);

    expect(during).toEqual([after, before]);
    expect(published()).toEqual([after]);
  });
});

describe('discovery', () => {
  test('names the issuer of AWS and the endpoints of this machine', async () => {
    await using server = await startIdentity();

    const configuration = await (await get(`${server.url}/.well-known/openid-configuration`)).json();

    expect(configuration).toMatchObject({
      issuer: server.issuer,
      token_endpoint: `${server.url}/oauth2/token`,
      jwks_uri: `${server.url}/${server.poolId}/.well-known/jwks.json`,
      code_challenge_methods_supported: ['S256'],
    });
    expect(server.issuer).toMatch(/^https:\/\/cognito-idp\.ap-south-1\.amazonaws\.com\/ap-south-1_[A-Za-z0-9]{9}$/);
  });

  test('publishes no private part of a key', async () => {
    await using server = await startIdentity();

    const { keys } = await (await get(`${server.url}/${server.poolId}/.well-known/jwks.json`)).json();

    expect(Object.keys(keys[0]).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });
});
