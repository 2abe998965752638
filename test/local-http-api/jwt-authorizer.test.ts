import { describe, expect, test } from 'vitest';
import { hours } from '../../core/time.ts';
import { type ApiOptions, movableClock, startApi } from './http-api-server.ts';
import { clientId, createTestIssuer, issuer } from './test-issuer.ts';

const clock = movableClock();
const now = Math.floor(clock.now() / 1000);
const signer = createTestIssuer(clock.now());
const other = createTestIssuer(clock.now(), 'key-other');

const scope = 'mediakeep/use';
const options = (): ApiOptions => ({
  routes: {
    'GET /assets': { AuthorizationScopes: [scope] },
    'GET /open': {},
    'GET /any': { AuthorizationType: 'JWT' },
  },
  authorizer: { Issuer: issuer, Audience: ['client-0', clientId] },
  issuerKeys: (name) => (name === issuer ? [signer.jwk] : undefined),
  clock: movableClock(),
});
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

describe('a right token', () => {
  test('passes, and the function sees its claims as text and the matching scopes', async () => {
    await using api = await startApi(options());
    const token = signer.token({ 'cognito:groups': ['admin', 'users'], verified: true, nothing: null, deep: { a: 1 } });

    const response = await fetch(`${api.url}/assets`, bearer(token));

    expect(response.status).toBe(200);
    const context = api.calls[0]?.payload['requestContext'];
    expect(context).toMatchObject({
      authorizer: {
        jwt: {
          claims: {
            sub: 'user-1',
            exp: String(now + 3600),
            'cognito:groups': '[admin users]',
            verified: 'true',
            deep: '{"a":1}',
          },
          scopes: [scope],
        },
      },
    });
    expect(JSON.stringify(context)).not.toContain('nothing');
  });

  test('shows no scopes on a route that asks for none', async () => {
    await using api = await startApi(options());

    await fetch(`${api.url}/any`, bearer(signer.token()));

    expect(api.calls[0]?.payload['requestContext']).toMatchObject({ authorizer: { jwt: { scopes: null } } });
  });

  const accepted: [string, Record<string, unknown>][] = [
    ['an aud of its own', { client_id: undefined, aud: clientId }],
    ['several aud', { client_id: undefined, aud: ['x', clientId] }],
    ['scopes in a list', { scope: undefined, scp: ['x', scope] }],
    ['a begin in the past', { nbf: now - 1 }],
    ['an exp with a fraction', { exp: now + 60.5 }],
  ];
  test.each(accepted)('with %s passes', async (_, claims) => {
    await using api = await startApi(options());

    expect((await fetch(`${api.url}/assets`, bearer(signer.token(claims)))).status).toBe(200);
  });

  test('passes however the scheme is written, and without one', async () => {
    await using api = await startApi(options());
    const status = async (authorization: string) =>
      (await fetch(`${api.url}/assets`, { headers: { authorization } })).status;

    const token = signer.token();
    const answers = [await status(`bearer ${token}`), await status(`BEARER ${token}`), await status(token)];

    expect(answers).toEqual([200, 200, 200]);
  });
});

describe('refused with 401 and without a word to the function', () => {
  const badTokens: [string, string][] = [
    ['alg none', signer.forged('none')],
    ['alg None', signer.forged('None')],
    ['alg nOnE', signer.forged('nOnE')],
    ['HS256 with the public key as secret', signer.forged('HS256', signer.publicKeyPem)],
    ['a signature that is missing', `${signer.token().split('.').slice(0, 2).join('.')}.`],
    ['a changed claim', signer.token().replace(/\.[^.]+\./, `.${btoa('{"iss":"x"}').replaceAll('=', '')}.`)],
    ['a kid that walks', signer.token({}, { kid: '../../../../dev/null' })],
    ['a kid that is SQL', signer.token({}, { kid: "' OR 1=1 --" })],
    ['a kid that is a URL', signer.token({}, { kid: 'https://evil.example/key' })],
    ['no kid', signer.token({}, { kid: undefined })],
    ['a kid that is no text', signer.token({}, { kid: ['key-1'] })],
    ['a jku of its own', other.token({}, { jku: 'https://evil.example/jwks.json' })],
    ['an x5u of its own', other.token({}, { kid: 'key-1', x5u: 'https://evil.example/cert.pem' })],
    ['a jwk of its own', other.token({}, { kid: 'key-1', jwk: other.jwk })],
    ['critical extensions', signer.token({}, { crit: ['exp'], exp: 1 })],
    ['another issuer', signer.token({ iss: 'https://cognito-idp.ap-south-1.amazonaws.com/ap-south-1_Other' })],
    ['an issuer with a slash more', signer.token({ iss: `${issuer}/` })],
    ['no issuer', signer.token({ iss: undefined })],
    ['another client', signer.token({ client_id: 'client-2' })],
    ['no client', signer.token({ client_id: undefined })],
    ['an aud of another beside a right client', signer.token({ aud: 'client-2' })],
    ['a client that begins like ours', signer.token({ client_id: `${clientId}0` })],
    ['no exp', signer.token({ exp: undefined })],
    ['an exp of text', signer.token({ exp: String(now + 3600) })],
    ['an exp of null', signer.token({ exp: null })],
    ['an exp one second past', signer.token({ exp: now - 1 })],
    ['an exp of this very second', signer.token({ exp: now })],
    ['an nbf to come', signer.token({ nbf: now + 1 })],
    ['an nbf of text', signer.token({ nbf: String(now - 1) })],
    ['an iat to come', signer.token({ iat: now + 1 })],
    [
      'claims twice, the last being wrong',
      signer.tokenOfText(`{"iss":"${issuer}","client_id":"${clientId}","exp":${now + 60},"iss":"x"}`),
    ],
    ['an exp beyond numbers', signer.tokenOfText(`{"iss":"${issuer}","client_id":"${clientId}","exp":1e400}`)],
    ['claims that are a list', signer.tokenOfText('[]')],
    ['claims that are no JSON', signer.tokenOfText('iss')],
    ['claims that are not UTF-8', signer.tokenOfText(Buffer.from([0x7b, 0xff, 0x7d]).toString('latin1'))],
    ['two tokens', `${signer.token()} ${signer.token()}`],
    ['two parts', signer.token().split('.').slice(0, 2).join('.')],
    ['five parts', `${signer.token()}.x.y`],
    ['padding in base64url', signer.token().replace('.', '=.')],
    ['nothing but dots', '..'],
    ['nothing', ''],
  ];
  test.each(badTokens)('%s', async (_, token) => {
    await using api = await startApi(options());

    const response = await fetch(`${api.url}/assets`, bearer(token));

    expect([response.status, await response.json()]).toEqual([401, { message: 'Unauthorized' }]);
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(api.calls).toHaveLength(0);
  });

  test('a token in the query', async () => {
    await using api = await startApi(options());

    expect((await fetch(`${api.url}/assets?access_token=${signer.token()}`)).status).toBe(401);
  });

  test('another scheme', async () => {
    await using api = await startApi(options());
    const headers = { authorization: `Basic ${btoa('user:password')}` };

    expect((await fetch(`${api.url}/assets`, { headers })).status).toBe(401);
  });

  test('a token of more than 10,240 bytes is a 431 before it is read', async () => {
    await using api = await startApi(options());

    const response = await fetch(`${api.url}/assets`, bearer(signer.token({ padding: 'x'.repeat(9_000) })));

    expect(response.status).toBe(431);
  });

  test('a large token within the limit is read like any other', async () => {
    await using api = await startApi(options());

    const response = await fetch(`${api.url}/assets`, bearer(signer.token({ padding: 'x'.repeat(6_000) })));

    expect(response.status).toBe(200);
  });
});

describe('refused with 403', () => {
  const scopes: [string, Record<string, unknown>][] = [
    ['an ID token, which has no scope', { scope: undefined, token_use: 'id', aud: clientId, client_id: undefined }],
    ['a scope that begins like ours', { scope: 'mediakeep/user' }],
    ['a scope that ends like ours', { scope: 'x-mediakeep/use' }],
    ['two scopes run together', { scope: 'openidmediakeep/use' }],
    ['scopes with commas between', { scope: 'openid,mediakeep/use' }],
    ['a scope in other case', { scope: 'MEDIAKEEP/USE' }],
    ['a scope that is an object', { scope: { [scope]: true } }],
    ['scopes nested in a list', { scope: [[scope]] }],
  ];
  test.each(scopes)('%s', async (_, claims) => {
    await using api = await startApi(options());

    const response = await fetch(`${api.url}/assets`, bearer(signer.token(claims)));

    expect([response.status, await response.json()]).toEqual([403, { message: 'Forbidden' }]);
    expect(api.calls).toHaveLength(0);
  });
});

describe('claims of a tenant', () => {
  test('do not exist for the API: whatever a token says, it is only passed on as text', async () => {
    await using api = await startApi(options());

    await fetch(`${api.url}/assets`, bearer(signer.token({ tenant: ['a', 'b'], 'custom:tenant': '' })));

    expect(api.calls[0]?.payload['requestContext']).toMatchObject({
      authorizer: { jwt: { claims: { tenant: '[a b]', 'custom:tenant': '' } } },
    });
  });
});

describe('an issuer that changes its keys', () => {
  test('is asked again for a key that is not known yet', async () => {
    const keys = [signer.jwk];
    await using api = await startApi({ ...options(), issuerKeys: () => keys });
    const status = async (token: string) => (await fetch(`${api.url}/any`, bearer(token))).status;
    const before = await status(signer.token());
    keys.unshift(other.jwk);
    api.clock.advance(61_000);

    const after = [await status(other.token()), await status(signer.token())];

    expect([before, ...after]).toEqual([200, 200, 200]);
  });

  test('is not asked again and again for keys that it does not have', async () => {
    let asked = 0;
    await using api = await startApi({
      ...options(),
      issuerKeys: () => {
        asked += 1;
        return [signer.jwk];
      },
    });

    for (let index = 0; index < 20; index += 1) {
      await fetch(`${api.url}/any`, bearer(signer.token({}, { kid: `unknown-${index}` })));
    }

    expect(asked).toBe(1);
  });

  test('that withdraws one has it accepted for two hours at most', async () => {
    let keys = [signer.jwk];
    const longLived = signer.token({ exp: now + 86_400 });
    await using api = await startApi({ ...options(), issuerKeys: () => keys });
    const status = async () => (await fetch(`${api.url}/any`, bearer(longLived))).status;
    await status();
    keys = [other.jwk];

    api.clock.advance(hours(2) - 1_000);
    const within = await status();
    api.clock.advance(2_000);
    const after = await status();

    expect([within, after]).toEqual([200, 401]);
  });
});

describe('a clock that is wrong', () => {
  test('by a quarter of an hour refuses tokens of the past and of the future', async () => {
    const late = createTestIssuer(clock.now());
    await using api = await startApi({ ...options(), issuerKeys: () => [late.jwk] });
    const status = async (claims: Record<string, unknown>) =>
      (await fetch(`${api.url}/any`, bearer(late.token(claims)))).status;

    const ahead = await status({ iat: now + 900, exp: now + 4_500 });
    const behind = await status({ iat: now - 1_800, exp: now - 900 });

    expect([ahead, behind]).toEqual([401, 401]);
  });

  test('in the year 2040 works like today', async () => {
    const in2040 = Math.floor(Date.parse('2040-01-01T00:00:00Z') / 1000);
    await using api = await startApi(options());
    api.clock.advance(in2040 * 1000 - api.clock.now());

    const token = signer.token({ iat: in2040, exp: in2040 + 60 });

    expect((await fetch(`${api.url}/any`, bearer(token))).status).toBe(200);
  });
});
