import { createLocalJWKSet, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import {
  authorizeQuery,
  callback,
  exchange,
  get,
  newCode,
  postForm,
  scope,
  signIn,
  startIdentity,
} from './identity-server.ts';

describe('a sign-in with code and PKCE', () => {
  test('gives tokens that the published keys verify', async () => {
    await using server = await startIdentity();

    const answer = await exchange(server, await newCode(server));
    const tokens = await answer.json();

    expect(answer.status).toBe(200);
    expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
    const keys = await (await get(`${server.url}/${server.poolId}/.well-known/jwks.json`)).json();
    const { payload } = await jwtVerify(tokens.access_token, createLocalJWKSet(keys), {
      issuer: server.issuer,
      currentDate: new Date(server.clock.now()),
    });
    expect(payload).toMatchObject({
      token_use: 'access',
      client_id: server.publicClient,
      scope: `openid email ${scope}`,
      version: 2,
      username: 'asha',
    });
    expect(payload.aud).toBeUndefined();
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600);
  });

  test('tells the client its state and the chosen user in the ID token', async () => {
    await using server = await startIdentity();
    const query = authorizeQuery(server, { nonce: 'n-1' });

    const { location } = await signIn(server, { username: 'asha' }, query);
    const tokens = await (await exchange(server, location.searchParams.get('code') ?? '')).json();
    const claims = JSON.parse(Buffer.from(tokens.id_token.split('.')[1], 'base64url').toString());

    expect(location.origin + location.pathname).toBe(callback);
    expect(location.searchParams.get('state')).toBe('state-1');
    expect(claims).toMatchObject({
      aud: server.publicClient,
      token_use: 'id',
      nonce: 'n-1',
      email: 'asha@example.org',
    });
  });

  test('is remembered by the browser until it signs out', async () => {
    await using server = await startIdentity();
    const { cookies } = await signIn(server);
    const url = `${server.url}/oauth2/authorize?${authorizeQuery(server)}`;

    const again = await get(url, { cookie: cookies });
    const out = await get(
      `${server.url}/logout?client_id=${server.publicClient}&logout_uri=${encodeURIComponent('http://localhost:41801/')}`,
      { cookie: cookies },
    );
    const after = await get(url, { cookie: cookies });

    expect(again.headers.get('location')).toContain(`${callback}?code=`);
    expect(out.headers.get('location')).toBe('http://localhost:41801/');
    expect(after.headers.get('location')).toContain('/login?');
  });

  test('lets nobody in by a form that another page made', async () => {
    await using server = await startIdentity();

    const answer = await postForm(`${server.url}/login?${authorizeQuery(server)}`, { username: 'asha', _csrf: 'x' });

    expect(answer.status).toBe(400);
    expect(answer.headers.get('location')).toBeNull();
  });

  test('refuses an unknown name and says no more than that', async () => {
    await using server = await startIdentity();

    const { location } = await signIn(server, { name: 'nobody' });

    expect(location.href).toBe('none:');
  });

  test('shows names of users and clients as text', async () => {
    await using server = await startIdentity();
    server.identity.createUser(server.poolId, { username: '<script>x</script>', email: 'x@example.org' });

    const page = await (await get(`${server.url}/login?${authorizeQuery(server)}`)).text();

    expect(page).not.toContain('<script>');
    expect(page).toContain('&lt;script&gt;');
  });
});

describe('an authorization request', () => {
  const onPage: [string, Record<string, string | undefined>][] = [
    ['an unknown client', { client_id: 'nobody' }],
    ['no client', { client_id: undefined }],
    ['no redirect', { redirect_uri: undefined }],
    ['a redirect of another port', { redirect_uri: 'http://localhost:41804/callback' }],
    ['a redirect with a slash more', { redirect_uri: `${callback}/` }],
    ['a redirect with a query more', { redirect_uri: `${callback}?x=1` }],
    ['a redirect of the same place by address', { redirect_uri: 'http://127.0.0.1:41801/callback' }],
    ['a redirect in other case', { redirect_uri: callback.toUpperCase() }],
    ['a redirect elsewhere', { redirect_uri: 'https://evil.example/callback' }],
  ];
  test.each(onPage)('with %s is answered by a page and redirects nowhere', async (_, changes) => {
    await using server = await startIdentity();

    const answer = await get(`${server.url}/oauth2/authorize?${authorizeQuery(server, changes)}`);

    expect(answer.status).toBe(400);
    expect(answer.headers.get('location')).toBeNull();
  });

  const byRedirect: [string, string, Record<string, string | undefined>][] = [
    ['no response type', 'invalid_request', { response_type: undefined }],
    ['the implicit response type', 'unsupported_response_type', { response_type: 'token' }],
    ['a scope that the client does not have', 'invalid_scope', { scope: 'openid profile' }],
    ['a scope of no resource server', 'invalid_scope', { scope: 'mediakeep/admin' }],
    ['two scopes run together', 'invalid_scope', { scope: `openid${scope}` }],
    ['personal scopes without openid', 'invalid_scope', { scope: 'email' }],
    ['the plain challenge method', 'invalid_request', { code_challenge_method: 'plain' }],
    ['a challenge without a method', 'invalid_request', { code_challenge_method: undefined }],
    ['a method without a challenge', 'invalid_request', { code_challenge: undefined }],
    ['a challenge that is no digest', 'invalid_request', { code_challenge: 'short' }],
    ['no session where none may be asked for', 'login_required', { prompt: 'none' }],
  ];
  test.each(byRedirect)('with %s is redirected with %s and the state', async (_, error, changes) => {
    await using server = await startIdentity();

    const answer = await get(`${server.url}/oauth2/authorize?${authorizeQuery(server, changes)}`);
    const location = new URL(answer.headers.get('location') ?? '');

    expect(location.origin + location.pathname).toBe(callback);
    expect(location.searchParams.get('error')).toBe(error);
    expect(location.searchParams.get('state')).toBe('state-1');
    expect(location.searchParams.get('code')).toBeNull();
  });

  test('with a parameter twice is refused', async () => {
    await using server = await startIdentity();
    const query = authorizeQuery(server);
    query.append('redirect_uri', 'https://evil.example/');

    const answer = await get(`${server.url}/oauth2/authorize?${query}`);

    expect(answer.status).toBe(400);
  });

  test('of a machine has no code flow', async () => {
    await using server = await startIdentity();

    const answer = await get(
      `${server.url}/oauth2/authorize?${authorizeQuery(server, { client_id: server.machine.id })}`,
    );

    expect(answer.status).toBe(400);
  });

  test('without scopes gets all of the client', async () => {
    await using server = await startIdentity();
    const code = await newCode(server, authorizeQuery(server, { scope: undefined }));

    const tokens = await (await exchange(server, code)).json();

    const claims = JSON.parse(Buffer.from(tokens.access_token.split('.')[1], 'base64url').toString());
    expect(claims.scope).toBe(`openid email ${scope}`);
  });

  test('finds no sign-in where the pool has no domain', async () => {
    await using server = await startIdentity({ withDomain: false });

    const answer = await get(`${server.url}/oauth2/authorize?${authorizeQuery(server)}`);

    expect(answer.status).toBe(400);
  });
});
