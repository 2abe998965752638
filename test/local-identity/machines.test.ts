import { describe, expect, test } from 'vitest';
import { type IdentityServer, postForm, scope, startIdentity } from './identity-server.ts';

const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
const errorOf = async (response: Response) => [response.status, (await response.json()).error];
const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
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
