import { describe, expect, test } from 'vitest';
import {
  authorizeQuery,
  callback,
  createResource,
  exchange,
  get,
  newCode,
  publicClientProperties,
  scope,
  startIdentity,
  verifier,
} from './identity-server.ts';

const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
const errorOf = async (response: Response) => [response.status, (await response.json()).error];

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
