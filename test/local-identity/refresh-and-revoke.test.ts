import { describe, expect, test } from 'vitest';
import { days } from '../../core/time.ts';
import {
  createResource,
  exchange,
  get,
  type IdentityServer,
  newCode,
  postForm,
  publicClientProperties,
  startIdentity,
} from './identity-server.ts';

const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
const errorOf = async (response: Response) => [response.status, (await response.json()).error];

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

  test('that was revoked gives nothing, and userInfo knows it at once', async () => {
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
