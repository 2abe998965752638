import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { days } from '../../core/time.ts';
import {
  authorizeQuery,
  callback,
  createResource,
  exchange,
  get,
  type IdentityServer,
  newCode,
  postForm,
  publicClientProperties,
  scope,
  startIdentity,
  verifier,
} from './identity-server.ts';

const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
const errorOf = async (response: Response) => [response.status, (await response.json()).error];
const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

describe('the exchange of a code', () => {
  const refused: [string, string, Record<string, string | undefined>][] = [
    ['another redirect', 'invalid_grant', { redirect_uri: 'http://localhost:41802/callback' }],
    ['a redirect with a slash more', 'invalid_grant', { redirect_uri: `${callback}/` }],
    ['no redirect', 'invalid_request', { redirect_uri: undefined }],
    ['another verifier', 'invalid_grant', { code_verifier: verifier.replace('a', 'b') }],
    ['no verifier', 'invalid_grant', { code_verifier: undefined }],
    ['an empty verifier', 'invalid_grant', { code_verifier: '' }],
    ['a code of nobody', 'invalid_grant', { code: 'x' }],
    ['no code', 'invalid_request', { code: undefined }],
    ['an unknown client', 'invalid_client', { client_id: 'nobody' }],
    ['no client', 'invalid_request', { client_id: undefined }],
    ['a secret that the client does not have', 'invalid_client', { client_secret: 'x' }],
    ['no grant type', 'invalid_request', { grant_type: undefined }],
    ['the grant of a password', 'unsupported_grant_type', { grant_type: 'password' }],
    ['a grant type that objects have', 'unsupported_grant_type', { grant_type: 'constructor' }],
  ];
  test.each(refused)('with %s is %s', async (_, error, changes) => {
    await using server = await startIdentity();

    expect(await errorOf(await exchange(server, await newCode(server), changes))).toEqual([400, error]);
  });

  test('works once', async () => {
    await using server = await startIdentity();
    const code = await newCode(server);

    const first = await exchange(server, code);
    const second = await exchange(server, code);

    expect(first.status).toBe(200);
    expect(await errorOf(second)).toEqual([400, 'invalid_grant']);
  });

  test('works within five minutes', async () => {
    await using server = await startIdentity();
    const early = await newCode(server);
    const late = await newCode(server);
    server.clock.advance(299_000);
    const inTime = await exchange(server, early);
    server.clock.advance(1_000);

    expect([inTime.status, ...(await errorOf(await exchange(server, late)))]).toEqual([200, 400, 'invalid_grant']);
  });

  test('of another client is refused, and the code is spent', async () => {
    await using server = await startIdentity();
    const pool = { ...publicClientProperties(server.poolId), ClientName: 'other' };
    const other = await createResource(server.identity, 'AWS::Cognito::UserPoolClient', pool, 'Other');
    const code = await newCode(server);

    const stolen = await exchange(server, code, { client_id: other.ref });
    const own = await exchange(server, code);

    expect(await errorOf(stolen)).toEqual([400, 'invalid_grant']);
    expect(await errorOf(own)).toEqual([400, 'invalid_grant']);
  });

  test('without a challenge takes no verifier', async () => {
    await using server = await startIdentity();
    const query = authorizeQuery(server, { code_challenge: undefined, code_challenge_method: undefined });

    const without = await exchange(server, await newCode(server, query), { code_verifier: undefined });
    const withOne = await exchange(server, await newCode(server, query));

    expect(without.status).toBe(200);
    expect(await errorOf(withOne)).toEqual([400, 'invalid_grant']);
  });

  test('gives no ID token where openid was not granted', async () => {
    await using server = await startIdentity();

    const tokens = await (await exchange(server, await newCode(server, authorizeQuery(server, { scope })))).json();

    expect(tokens.id_token).toBeUndefined();
    expect(claimsOf(tokens.access_token).scope).toBe(scope);
  });

  test('takes forms only, and each field once', async () => {
    await using server = await startIdentity();
    const url = `${server.url}/oauth2/token`;

    const asJson = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ grant_type: 'client_credentials' }),
    });
    const twice = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams([
        ['grant_type', 'client_credentials'],
        ['client_id', server.machine.id],
        ['client_id', server.publicClient],
      ]),
    });

    expect(await errorOf(asJson)).toEqual([400, 'invalid_request']);
    expect(await errorOf(twice)).toEqual([400, 'invalid_request']);
    expect((await get(url)).status).toBe(405);
  });
});

describe('a refresh token', () => {
  const signedIn = async (server: IdentityServer) => (await exchange(server, await newCode(server))).json();
  const refresh = (server: IdentityServer, refresh_token: string, client_id = server.publicClient) =>
    postForm(`${server.url}/oauth2/token`, { grant_type: 'refresh_token', client_id, refresh_token });

  test('gives new access tokens of the same sign-in for thirty days', async () => {
    await using server = await startIdentity();
    const tokens = await signedIn(server);
    server.clock.advance(days(30) - 60_000);

    const renewed = await (await refresh(server, tokens.refresh_token)).json();
    server.clock.advance(60_000);
    const tooLate = await refresh(server, tokens.refresh_token);

    expect(claimsOf(renewed.access_token)).toMatchObject({
      sub: claimsOf(tokens.access_token).sub,
      auth_time: claimsOf(tokens.access_token).auth_time,
      iat: Math.floor((server.clock.now() - 60_000) / 1000),
    });
    expect(renewed.refresh_token).toBeUndefined();
    expect(await errorOf(tooLate)).toEqual([400, 'invalid_grant']);
  });

  test('is the client’s own', async () => {
    await using server = await startIdentity();
    const tokens = await signedIn(server);
    const pool = publicClientProperties(server.poolId);
    const other = await createResource(server.identity, 'AWS::Cognito::UserPoolClient', pool, 'Other');

    expect(await errorOf(await refresh(server, tokens.refresh_token, other.ref))).toEqual([400, 'invalid_grant']);
  });

  test('F59: that was revoked gives nothing, and userInfo knows it at once', async () => {
    await using server = await startIdentity();
    const tokens = await signedIn(server);
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    const before = await get(`${server.url}/oauth2/userInfo`, headers);

    const revoked = await postForm(`${server.url}/oauth2/revoke`, {
      token: tokens.refresh_token,
      client_id: server.publicClient,
    });

    expect(await before.json()).toMatchObject({ username: 'asha', email: 'asha@example.org', email_verified: true });
    expect(revoked.status).toBe(200);
    expect(await errorOf(await refresh(server, tokens.refresh_token))).toEqual([400, 'invalid_grant']);
    expect((await get(`${server.url}/oauth2/userInfo`, headers)).status).toBe(401);
  });

  test('is all that can be revoked', async () => {
    await using server = await startIdentity();
    const tokens = await signedIn(server);

    const answer = await postForm(`${server.url}/oauth2/revoke`, {
      token: tokens.access_token,
      client_id: server.publicClient,
    });

    expect(await errorOf(answer)).toEqual([400, 'unsupported_token_type']);
  });
});

describe('userInfo', () => {
  test('refuses what is no access token of the pool', async () => {
    await using server = await startIdentity();
    const tokens = await (await exchange(server, await newCode(server))).json();
    const ask = async (token: string) =>
      (await get(`${server.url}/oauth2/userInfo`, { authorization: `Bearer ${token}` })).status;

    const byIdToken = await ask(tokens.id_token);
    const changed = await ask(`${tokens.access_token.slice(0, -6)}AAAAAA`);
    server.clock.advance(3_600_000);
    const expired = await ask(tokens.access_token);

    expect([byIdToken, changed, expired]).toEqual([401, 401, 401]);
  });
});

describe('a machine', () => {
  const ask = (
    server: IdentityServer,
    fields: Record<string, string | undefined> = {},
    headers: Record<string, string> = basic(server.machine.id, server.machine.secret),
  ) => postForm(`${server.url}/oauth2/token`, { grant_type: 'client_credentials', ...fields }, headers);

  test('gets a token in which it is its own subject', async () => {
    await using server = await startIdentity();

    const tokens = await (await ask(server)).json();

    const claims = claimsOf(tokens.access_token);
    expect(claims).toMatchObject({
      sub: server.machine.id,
      client_id: server.machine.id,
      token_use: 'access',
      scope,
      iss: server.issuer,
      version: 2,
    });
    expect(claims.username).toBeUndefined();
    expect([tokens.refresh_token, tokens.id_token]).toEqual([undefined, undefined]);
  });

  test('may show its secret in the form instead', async () => {
    await using server = await startIdentity();

    const answer = await ask(server, { client_id: server.machine.id, client_secret: server.machine.secret }, {});

    expect(answer.status).toBe(200);
  });

  const refused: [string, string, (server: IdentityServer) => Promise<Response>][] = [
    ['a wrong secret', 'invalid_client', (server) => ask(server, {}, basic(server.machine.id, 'x'))],
    ['an empty secret', 'invalid_client', (server) => ask(server, {}, basic(server.machine.id, ''))],
    ['no secret', 'invalid_client', (server) => ask(server, { client_id: server.machine.id }, {})],
    ['its secret twice', 'invalid_request', (server) => ask(server, { client_secret: server.machine.secret })],
    ['another id in the form', 'invalid_request', (server) => ask(server, { client_id: server.publicClient })],
    ['a header that is not Basic', 'invalid_client', (server) => ask(server, {}, { authorization: 'Bearer x' })],
    ['a scope of people', 'invalid_scope', (server) => ask(server, { scope: 'openid' })],
    ['a scope that nobody has', 'invalid_scope', (server) => ask(server, { scope: 'mediakeep/admin' })],
    ['a right scope and a wrong one', 'invalid_scope', (server) => ask(server, { scope: `${scope} x` })],
    ['the client of people', 'unauthorized_client', (server) => ask(server, { client_id: server.publicClient }, {})],
  ];
  test.each(refused)('with %s is refused: %s', async (_, error, request) => {
    await using server = await startIdentity();

    expect(await errorOf(await request(server))).toEqual([400, error]);
  });
});

describe('what survives a restart', () => {
  test('are users, keys, secrets and refresh tokens', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mediakeep-test-'));
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
