import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCallbackServer } from '../../cli/session/callback-server.ts';
import { apiScope, codeRequest, exchangeCode, renewTokens } from '../../cli/session/oauth.ts';
import { Mediakeep } from '../../client/index.ts';
import type { RunningPlatform } from './running-platform.ts';
import { runPlatform } from './running-platform.ts';

let running: RunningPlatform;
beforeAll(async () => {
  running = await runPlatform();
});
afterAll(() => running[Symbol.asyncDispose]());

/** Does what a person does in the browser: opens the page, chooses a user, sends the form, follows the redirect. */
const signInAs = async (username: string, url: string): Promise<Response> => {
  const page = await fetch(url);
  const html = await page.text();
  const action = /action="([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const csrf = /name="_csrf" value="([^"]+)"/.exec(html)?.[1] ?? '';
  const cookie = page.headers
    .getSetCookie()
    .map((entry) => entry.split(';')[0])
    .join('; ');
  const answer = await fetch(new URL(action, page.url), {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie },
    body: new URLSearchParams({ _csrf: csrf, username }),
  });
  return fetch(answer.headers.get('location') ?? '');
};

describe('a person signs in from the command line', () => {
  it('by the code flow with a proof key, and the token opens the API', async () => {
    const profile = { login: running.state.issuer, client: running.state.clientId };
    await using server = await openCallbackServer();
    const request = codeRequest(profile, server.redirectUri);
    const code = server.code(request.state, AbortSignal.timeout(30_000));

    const page = await signInAs('ravi', request.url);
    const tokens = await exchangeCode({ login: profile }, request, await code);
    const client = new Mediakeep({ api: running.state.api, token: () => tokens.accessToken });

    expect(await page.text()).toMatch(/You are signed in/);
    expect(await client.me()).toMatchObject({ kind: 'person', tenant: 'acme', roles: ['contributor'] });
  });

  it('keeps the sign-in by its refresh token', async () => {
    const profile = { login: running.state.issuer, client: running.state.clientId };
    await using server = await openCallbackServer();
    const request = codeRequest(profile, server.redirectUri);
    const code = server.code(request.state, AbortSignal.timeout(30_000));
    await signInAs('meera', request.url);
    const first = await exchangeCode({ login: profile }, request, await code);

    const renewed = await renewTokens({ login: profile }, first.refreshToken ?? '');
    const client = new Mediakeep({ api: running.state.api, token: () => renewed.accessToken });

    expect((await client.me()).roles).toEqual(['viewer']);
  });

  it('gets nothing for a code with another proof', async () => {
    const profile = { login: running.state.issuer, client: running.state.clientId };
    await using server = await openCallbackServer();
    const request = codeRequest(profile, server.redirectUri);
    const code = server.code(request.state, AbortSignal.timeout(30_000));
    await signInAs('ravi', request.url);

    const exchange = exchangeCode({ login: profile }, { ...request, verifier: 'x'.repeat(64) }, await code);

    await expect(exchange).rejects.toThrow(/invalid_grant/);
  });

  it('is refused by the API with a token that lacks the scope', async () => {
    const token = await running.platform.services.identity.issueToken('ravi', {
      clientId: running.state.clientId,
      scopes: ['openid'],
    });
    const client = new Mediakeep({ api: running.state.api, token: () => token });

    await expect(client.me()).rejects.toMatchObject({ code: 'forbidden', message: expect.stringContaining(apiScope) });
  });
});
