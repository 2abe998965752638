import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { Clock } from '../../core/time.ts';
import type { AuthorizationRequest, Authorize } from '../../local/aws/caller.ts';
import type { CreatedResource, TemplateResource } from '../../local/aws/service.ts';
import { createIdentity, type Identity } from '../../local/identity/identity.ts';

export const accountId = '000000000000';
export const region = 'ap-south-1';
export const callback = 'http://localhost:41801/callback';
export const scope = 'mediakeep/use';

/** A clock that a test moves. */
export interface MovableClock extends Clock {
  advance(ms: number): void;
}

export const movableClock = (startMs = Date.parse('2026-01-15T10:00:00Z')): MovableClock => {
  let now = startMs;
  return {
    now: () => now,
    advance(ms) {
      now += ms;
    },
  };
};

export interface IdentityServer extends AsyncDisposable {
  readonly identity: Identity;
  readonly db: DatabaseSync;
  readonly clock: MovableClock;
  readonly asked: AuthorizationRequest[];
  /** The issuer's own URL. */
  readonly url: string;
  readonly poolId: string;
  readonly issuer: string;
  /** The public client of CLI and console. */
  readonly publicClient: string;
  readonly machine: { readonly id: string; readonly secret: string };
  readonly cognito: CognitoIdentityProviderClient;
}

export interface IdentityServerOptions {
  readonly authorize?: Authorize;
  readonly db?: DatabaseSync;
  readonly poolProperties?: Readonly<Record<string, unknown>>;
  readonly withDomain?: boolean;
}

/** Making an RSA key takes long; pools of one test file share the first one's. */
let knownKey: Record<string, SQLOutputValue> | undefined;

const shareKey = (db: DatabaseSync): void => {
  if (knownKey === undefined) return;
  db.prepare('INSERT INTO identity_keys VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING').run(
    ...Object.values(knownKey),
  );
};

/** A user pool as the template declares it, with its public client and one machine. */
export const startIdentity = async (options: IdentityServerOptions = {}): Promise<IdentityServer> => {
  const clock = movableClock();
  const asked: AuthorizationRequest[] = [];
  const db = options.db ?? new DatabaseSync(':memory:');
  const identity = createIdentity({
    db,
    clock,
    newId: randomUUID,
    log: () => {},
    authorize(request) {
      asked.push(request);
      options.authorize?.(request);
    },
  });
  shareKey(db);
  const pool = await createResource(identity, 'AWS::Cognito::UserPool', options.poolProperties ?? {});
  knownKey ??= db.prepare('SELECT * FROM identity_keys').get();
  const inPool = { UserPoolId: pool.ref };
  if (options.withDomain !== false) {
    await createResource(identity, 'AWS::Cognito::UserPoolDomain', {
      ...inPool,
      Domain: 'mediakeep-0',
      ManagedLoginVersion: 2,
    });
  }
  await createResource(identity, 'AWS::Cognito::UserPoolResourceServer', {
    ...inPool,
    Identifier: 'mediakeep',
    Name: 'Mediakeep',
    Scopes: [{ ScopeName: 'use', ScopeDescription: 'use Mediakeep' }],
  });
  const publicClient = await createResource(identity, 'AWS::Cognito::UserPoolClient', publicClientProperties(pool.ref));
  const machine = await createResource(
    identity,
    'AWS::Cognito::UserPoolClient',
    {
      ...inPool,
      ClientName: 'camera',
      GenerateSecret: true,
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthScopes: [scope],
    },
    'Camera',
  );
  identity.createUser(pool.ref, { username: 'asha', email: 'asha@example.org' });
  const url = await identity.listen(0);
  const api = await startApi(identity);
  return {
    identity,
    db,
    clock,
    asked,
    url,
    poolId: pool.ref,
    issuer: pool.attributes['ProviderURL'] ?? '',
    publicClient: publicClient.ref,
    machine: { id: machine.ref, secret: machine.attributes['ClientSecret'] ?? '' },
    cognito: api.client,
    async [Symbol.asyncDispose]() {
      await api.stop();
      await identity.stop();
    },
  };
};

export const publicClientProperties = (poolId: string) => ({
  UserPoolId: poolId,
  ClientName: 'people',
  GenerateSecret: false,
  AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthFlows: ['code'],
  AllowedOAuthScopes: ['openid', 'email', scope],
  CallbackURLs: [callback, 'http://localhost:41802/callback'],
  LogoutURLs: ['http://localhost:41801/'],
  SupportedIdentityProviders: ['COGNITO'],
  AccessTokenValidity: 60,
  TokenValidityUnits: { AccessToken: 'minutes' },
});

export const createResource = async (
  identity: Identity,
  type: string,
  properties: Readonly<Record<string, unknown>>,
  logicalId = 'People',
): Promise<CreatedResource> => {
  const provider = identity.providers.find((candidate) => candidate.type === type);
  if (provider === undefined) throw new Error(`no provider for ${type}`);
  const resource: TemplateResource = {
    logicalId,
    type,
    stackName: 'test-data',
    region,
    accountId,
    properties,
    generatedName: `test-data-${logicalId}-0123456789ab`,
  };
  return provider.create(resource);
};

const startApi = async (identity: Identity) => {
  const server = createServer((http, response) => {
    void identity.handle(
      {
        http,
        url: http.url ?? '/',
        requestId: 'request-1',
        region,
        accountId,
        caller: { kind: 'user', arn: `arn:aws:iam::${accountId}:user/admin`, accountId, identityPolicies: [] },
        baseContext: {},
      },
      response,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new CognitoIdentityProviderClient({ endpoint, region, credentials, maxAttempts: 1 });
  return {
    client,
    async stop() {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

export const verifier = 'a-verifier-of-at-least-forty-three-characters-1';
export const challenge = createHash('sha256').update(verifier).digest('base64url');

/** The parameters of a right authorization request, with some changed or (undefined) left out. */
export const authorizeQuery = (
  server: IdentityServer,
  changes: Readonly<Record<string, string | undefined>> = {},
): URLSearchParams => {
  const parameters = {
    client_id: server.publicClient,
    redirect_uri: callback,
    response_type: 'code',
    scope: `openid email ${scope}`,
    state: 'state-1',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...changes,
  };
  return new URLSearchParams(
    Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
};

export const get = (url: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(url, { redirect: 'manual', headers });

export const postForm = (
  url: string,
  fields: Readonly<Record<string, string | undefined>>,
  headers: Readonly<Record<string, string>> = {},
) => {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) body.set(name, value);
  return fetch(url, { method: 'POST', redirect: 'manual', headers, body });
};

/** Signs a user in through the pages; answers where the browser is sent. */
export const signIn = async (
  server: IdentityServer,
  fields: Readonly<Record<string, string>> = { username: 'asha' },
  query = authorizeQuery(server),
): Promise<{ location: URL; cookies: string }> => {
  const page = await get(`${server.url}/login?${query}`);
  const csrf = /name="_csrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
  const answer = await postForm(
    `${server.url}/login?${query}`,
    { _csrf: csrf, ...fields },
    { cookie: (page.headers.get('set-cookie') ?? '').split(';')[0] ?? '' },
  );
  return {
    location: new URL(answer.headers.get('location') ?? 'none:'),
    cookies: (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '',
  };
};

/** A code of a fresh sign-in. */
export const newCode = async (server: IdentityServer, query = authorizeQuery(server)): Promise<string> =>
  (await signIn(server, { username: 'asha' }, query)).location.searchParams.get('code') ?? '';

/** Exchanges a code with the right parameters, some changed or left out. */
export const exchange = (
  server: IdentityServer,
  code: string,
  changes: Readonly<Record<string, string | undefined>> = {},
) =>
  postForm(`${server.url}/oauth2/token`, {
    grant_type: 'authorization_code',
    client_id: server.publicClient,
    code,
    redirect_uri: callback,
    code_verifier: verifier,
    ...changes,
  });
