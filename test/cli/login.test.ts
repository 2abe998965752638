import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { callbackPorts, openCallbackServer } from '../../cli/session/callback-server.ts';
import { codeRequest, exchangeCode } from '../../cli/session/oauth.ts';
import { SettingsStore } from '../../cli/session/settings.ts';
import { assetId, startDeployment } from './fake-deployment.ts';
import { startFakeIssuer } from './fake-issuer.ts';
import { environment, runCli } from './run-cli.ts';

const world = async () => {
  const deployment = await startDeployment();
  const issuer = await startFakeIssuer();
  const env = environment();
  const store = new SettingsStore(env);
  store.saveProfile('default', { api: deployment.url, login: issuer.url, client: 'people' });
  return {
    deployment,
    issuer,
    env,
    store,
    async [Symbol.asyncDispose]() {
      await deployment[Symbol.asyncDispose]();
      await issuer[Symbol.asyncDispose]();
    },
  };
};

const lastToken = ({ requests }: { requests: readonly { headers: http.IncomingHttpHeaders }[] }) =>
  requests.at(-1)?.headers.authorization;

describe('a person signs in', () => {
  it('with a code that only the asking command can redeem', async () => {
    await using place = await world();
    await using server = await openCallbackServer([0]);
    const profile = { login: place.issuer.url, client: 'people' };
    // The registered port is part of the exchange; the test listens on another.
    const asked = codeRequest(profile, server.redirectUri);
    const code = server.code(asked.state, new AbortController().signal);
    const back = await fetch(asked.url, { redirect: 'manual' });
    const callback = new URL(back.headers.get('location') ?? '');

    await visit(server.port, `/callback?code=evil&state=guessed`);
    const page = await visit(server.port, callback.pathname + callback.search);

    const tokens = await exchangeCode({ login: profile }, asked, await code);
    expect(page).toMatch(/You are signed in/);
    expect(tokens).toMatchObject({ accessToken: 'secret-access-1', refreshToken: 'secret-refresh' });
    expect(place.issuer.forms[0]).toMatchObject({ redirect_uri: asked.redirectUri, client_id: 'people' });
    await expect(exchangeCode({ login: profile }, { ...asked, verifier: 'x' }, await code)).rejects.toThrow(
      /invalid_grant/,
    );
  });

  it('and hears of a refusal', async () => {
    await using server = await openCallbackServer([0]);
    const code = server.code('mine', new AbortController().signal);
    const refused = expect(code).rejects.toThrow(/access_denied/);

    await visit(server.port, '/callback?error=access_denied&state=mine');

    await refused;
  });

  it('and can stop waiting', async () => {
    await using server = await openCallbackServer([0]);
    const abort = new AbortController();
    const code = server.code('mine', abort.signal);

    abort.abort(new Error('enough'));

    await expect(code).rejects.toThrow('enough');
  });

  it('at the first of the registered ports that is free', async () => {
    const taken = http.createServer().listen(0, 'localhost');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;

    await using server = await openCallbackServer([port, 0]);

    expect(server.port).not.toBe(port);
    await expect(openCallbackServer([port])).rejects.toThrow(/all taken/);
    taken.close();
    expect(callbackPorts).toEqual([41801, 41802, 41803]);
  });
});

describe('a machine signs in', () => {
  it('with its secret, which nobody sees', async () => {
    await using place = await world();
    const env = { ...place.env, MEDIAKEEP_CLIENT_SECRET: 'secret-of-machine' };

    const { code, stdout, stderr } = await runCli(['login', '--machine'], { env });

    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Signed in as asha: admin of tenant acme.\n' });
    expect(stderr).not.toMatch(/secret/);
    const basic = Buffer.from('people:secret-of-machine').toString('base64');
    expect(place.issuer.forms[0]).toMatchObject({ grant_type: 'client_credentials', authorization: `Basic ${basic}` });
    expect(statSync(join(place.store.directory, 'tokens.json')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(place.store.directory, 'tokens.json'), 'utf8')).not.toContain('secret-of-machine');
  });

  it('by itself, as long as the secret is at hand', async () => {
    await using place = await world();
    const env = { ...place.env, MEDIAKEEP_CLIENT_SECRET: 'secret-of-machine' };

    expect(await runCli(['show', assetId], { env })).toMatchObject({ code: 0 });
    expect(await runCli(['show', assetId], { env })).toMatchObject({ code: 0 });

    expect(place.issuer.forms).toHaveLength(1);
  });

  it('not without its secret', async () => {
    await using place = await world();

    expect(await runCli(['login', '--machine'], { env: place.env })).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('MEDIAKEEP_CLIENT_SECRET'),
    });
  });
});

describe('a token that ends', () => {
  const signedIn = async (expiresInMs: number, refreshToken?: string) => {
    const place = await world();
    const expiresAt = new Date(Date.now() + expiresInMs).toISOString();
    place.store.saveTokens('default', { accessToken: 'secret-old', expiresAt, ...(refreshToken && { refreshToken }) });
    return place;
  };

  it('is taken as long as it lives', async () => {
    await using place = await signedIn(120_000);

    await runCli(['show', assetId], { env: place.env });

    expect(lastToken(place.deployment)).toBe('Bearer secret-old');
  });

  it('is renewed once for all requests, shortly before its end, and remembered', async () => {
    await using place = await signedIn(30_000, 'secret-refresh-old');

    expect(await runCli(['set', assetId, 'language=hi'], { env: place.env })).toMatchObject({ code: 0 });
    await runCli(['show', assetId], { env: place.env });

    expect(place.issuer.forms).toEqual([
      expect.objectContaining({ grant_type: 'refresh_token', refresh_token: 'secret-refresh-old' }),
    ]);
    expect(lastToken(place.deployment)).toBe('Bearer secret-access-1');
  });

  it.each([
    [4, { status: 400, body: { error: 'invalid_grant' } }, /refused: invalid_grant.*mediakeep login/],
    [4, { status: 200, body: 'no json' }, /answered 200 and no token/],
    [69, { status: 503 }, /answered 503/],
  ])('ends the command with %i where the login says %j', async (code, answer, text) => {
    await using place = await signedIn(0, 'secret-refresh-old');
    place.issuer.answer = answer;

    const result = await runCli(['show', assetId], { env: place.env });

    expect(result.code).toBe(code);
    expect(result.stderr).toMatch(text);
    expect(result.stderr).not.toMatch(/secret/);
  });

  it('ends the command with 69 where the login does not answer', async () => {
    await using place = await signedIn(0, 'secret-refresh-old');
    await place.issuer[Symbol.asyncDispose]();

    expect(await runCli(['show', assetId], { env: place.env })).toMatchObject({ code: 69 });
  });

  it('is forgotten by logout', async () => {
    await using place = await signedIn(120_000);

    await runCli(['logout'], { env: place.env });

    expect(await runCli(['show', assetId], { env: place.env })).toMatchObject({ code: 4 });
  });
});

describe('settings', () => {
  it('are kept by profile', async () => {
    const env = environment();
    await runCli(['--profile', 'lab', 'config', 'set', 'tenant', 'lab'], { env });
    await runCli(['config', 'set', 'tenant', 'acme'], { env: { ...env, MEDIAKEEP_PROFILE: 'work' } });

    const { stdout } = await runCli(['config', 'list', '--json'], { env });

    expect(JSON.parse(stdout)).toEqual({ lab: { tenant: 'lab' }, work: { tenant: 'acme' } });
  });

  it('that cannot be read are an error that names the file', async () => {
    const env = environment();
    await runCli(['config', 'set', 'tenant', 'acme'], { env });
    const file = join(new SettingsStore(env).directory, 'config.json');
    writeFileSync(file, '{"profiles":{"a":{"colour":1}}}');

    expect(await runCli(['config', 'list'], { env })).toMatchObject({ code: 2, stderr: expect.stringContaining(file) });
  });

  it('name the tenant to act in', async () => {
    await using place = await world();
    place.store.saveTokens('default', { accessToken: 't', expiresAt: '2999-01-01T00:00:00Z' });

    await runCli(['show', assetId, '--tenant', 'globex'], { env: place.env });

    expect(place.deployment.requests.at(-1)?.headers['x-tenant']).toBe('globex');
  });

  it('of a sample user need a platform on this machine', async () => {
    expect(await runCli(['login', '--user', 'asha'])).toMatchObject({
      code: 69,
      stderr: expect.stringContaining('local start'),
    });
  });
});

const visit = async (port: number, path: string): Promise<string> =>
  (await fetch(`http://localhost:${port}${path}`)).text();
