import { randomBytes, timingSafeEqual } from 'node:crypto';
import { type AuthorizationRequest, readAuthorizationRequest, withParameters } from './authorization-request.ts';
import type { IdentityParts } from './identity-parts.ts';
import { errorPage, loginPage } from './login-page.ts';
import type { User } from './users.ts';
import { cookie, html, redirect, single, type WebAnswer, type WebRequest } from './web-exchange.ts';

const sessionCookie = 'cognito';
const csrfCookie = 'XSRF-TOKEN';
const cookieRules = 'Path=/; HttpOnly; SameSite=Lax';

/** `GET /oauth2/authorize`: to the redirect with a code where a session is known, else to the sign-in page. */
export const authorizeEndpoint = (parts: IdentityParts, request: WebRequest): WebAnswer => {
  const asked = readAuthorizationRequest(parts.pools, request.query);
  if ('kind' in asked) return problemAnswer(asked);
  const session = asked.prompt === 'login' ? undefined : knownSession(parts, asked, request);
  if (session !== undefined) return grantCode(parts, asked, session.user, session.authTimeSeconds);
  if (asked.prompt === 'none') {
    return redirect(withParameters(asked.redirectUri, { error: 'login_required', state: asked.state }));
  }
  return redirect(`/login?${request.query}`);
};

/** `GET /login`: the page. */
export const loginForm = (parts: IdentityParts, request: WebRequest, problem?: string): WebAnswer => {
  const asked = readAuthorizationRequest(parts.pools, request.query);
  if ('kind' in asked) return problemAnswer(asked);
  const csrf = randomBytes(16).toString('hex');
  const page = loginPage({
    clientName: asked.client.name,
    users: parts.users.list(asked.pool).filter(({ enabled }) => enabled),
    query: request.query.toString(),
    csrf,
    ...(problem === undefined ? {} : { problem }),
  });
  return html(problem === undefined ? 200 : 400, page, { 'set-cookie': `${csrfCookie}=${csrf}; ${cookieRules}` });
};

/** `POST /login`: the chosen user gets a session and the client a code. */
export const login = (parts: IdentityParts, request: WebRequest): WebAnswer => {
  const asked = readAuthorizationRequest(parts.pools, request.query);
  if ('kind' in asked) return problemAnswer(asked);
  const form = request.form ?? new URLSearchParams();
  if (!sameText(form.get('_csrf'), cookie(request, csrfCookie))) {
    return loginForm(parts, request, 'The page was too old; please sign in once more.');
  }
  const name = single(form, 'name') ?? single(form, 'username') ?? '';
  const user = parts.users.find(asked.pool, name);
  if (user === undefined || !parts.users.passwordMatches(user, form.get('password') ?? '')) {
    return loginForm(parts, request, 'Incorrect user name or password.');
  }
  if (!user.enabled) return loginForm(parts, request, 'User is disabled.');
  const session = parts.grants.newSession(asked.pool.id, user.username);
  const answer = grantCode(parts, asked, user, Math.floor(parts.clock.now() / 1000));
  return { ...answer, headers: { ...answer.headers, 'set-cookie': `${sessionCookie}=${session}; ${cookieRules}` } };
};

/** `GET /logout`: ends the session and goes where the client may send people. */
export const logout = (parts: IdentityParts, request: WebRequest): WebAnswer => {
  const { query } = request;
  const found = parts.pools.byClient(single(query, 'client_id') ?? '');
  if (found === undefined)
    return html(400, errorPage('invalid_request', 'There is no app client with this client_id.'));
  const headers = endSession(parts, request);
  const logoutUri = single(query, 'logout_uri');
  if (logoutUri !== undefined) {
    if (found.client.logoutUrls.includes(logoutUri)) return redirect(logoutUri, headers);
    return html(
      400,
      errorPage('redirect_mismatch', 'The logout_uri is none of the sign-out URLs that the app client has.'),
    );
  }
  const asked = readAuthorizationRequest(parts.pools, query);
  return 'kind' in asked ? problemAnswer(asked) : redirect(`/login?${query}`, headers);
};

const endSession = (parts: IdentityParts, request: WebRequest): Record<string, string> => {
  const session = cookie(request, sessionCookie);
  if (session !== undefined) parts.grants.endSession(session);
  return { 'set-cookie': `${sessionCookie}=; ${cookieRules}; Max-Age=0` };
};

const problemAnswer = (
  problem: Exclude<ReturnType<typeof readAuthorizationRequest>, AuthorizationRequest>,
): WebAnswer =>
  problem.kind === 'page' ? html(400, errorPage(problem.error, problem.message)) : redirect(problem.location);

const knownSession = (parts: IdentityParts, { pool }: AuthorizationRequest, request: WebRequest) => {
  const session = parts.grants.session(cookie(request, sessionCookie) ?? '', pool.id);
  const user = session === undefined ? undefined : parts.users.find(pool, session.username);
  return session !== undefined && user?.enabled === true ? { ...session, user } : undefined;
};

const grantCode = (
  { grants, newId }: IdentityParts,
  asked: AuthorizationRequest,
  user: User,
  authTimeSeconds: number,
): WebAnswer => {
  const code = grants.newCode({
    poolId: asked.pool.id,
    clientId: asked.client.id,
    username: user.username,
    scopes: [...asked.scopes],
    authTimeSeconds,
    origin: newId(),
    nonce: asked.nonce,
    redirectUri: asked.redirectUri,
    challenge: asked.challenge,
  });
  return redirect(withParameters(asked.redirectUri, { code, state: asked.state }));
};

const sameText = (a: string | null, b: string | undefined): boolean =>
  a !== null && b !== undefined && a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
