import { createHash, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { CliError, exitCodes } from '../exit-codes.ts';
import type { Profile, Tokens } from './settings.ts';

/** The scope without which no route answers. */
export const apiScope = 'mediakeep/use';

/** A profile that can sign in. */
export type LoginProfile = Required<Pick<Profile, 'login' | 'client'>>;

/** What a request for tokens runs with. */
export interface TokenRequest {
  readonly login: LoginProfile;
  readonly signal?: AbortSignal | undefined;
}

/** One run of the code flow with its proof key (RFC 7636) and state. */
export interface CodeRequest {
  readonly url: string;
  readonly state: string;
  readonly verifier: string;
  readonly redirectUri: string;
}

/** The address at which a person signs in. */
export const codeRequest = ({ login, client }: LoginProfile, redirectUri: string): CodeRequest => {
  const verifier = randomBytes(48).toString('base64url');
  const state = randomBytes(24).toString('base64url');
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: client,
    redirect_uri: redirectUri,
    scope: `openid ${apiScope}`,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  return { url: `${login}/oauth2/authorize?${query}`, state, verifier, redirectUri };
};

/** Turns the code that came back into tokens. */
export const exchangeCode = (request: TokenRequest, asked: CodeRequest, code: string): Promise<Tokens> =>
  askForTokens(request, {
    grant_type: 'authorization_code',
    client_id: request.login.client,
    redirect_uri: asked.redirectUri,
    code_verifier: asked.verifier,
    code,
  });

/** Tokens of a machine, which signs in with its client's secret. */
export const machineTokens = (request: TokenRequest, secret: string): Promise<Tokens> =>
  askForTokens(
    request,
    { grant_type: 'client_credentials', scope: apiScope },
    { authorization: `Basic ${Buffer.from(`${request.login.client}:${secret}`).toString('base64')}` },
  );

/** New tokens for a refresh token; the refresh token stays the same where the answer names none. */
export const renewTokens = async (request: TokenRequest, refreshToken: string): Promise<Tokens> => {
  const form = { grant_type: 'refresh_token', client_id: request.login.client, refresh_token: refreshToken };
  return { refreshToken, ...(await askForTokens(request, form)) };
};

const TokenAnswer = z.object({
  access_token: z.string(),
  refresh_token: z.string().optional(),
  expires_in: z.number(),
});
const Refusal = z.object({ error: z.string() });

const askForTokens = async (
  { login: { login }, signal }: TokenRequest,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Tokens> => {
  const init = { method: 'POST', headers, body: new URLSearchParams(form), signal: signal ?? null };
  const { host } = new URL(login);
  const { ok, status, body } = await post(`${login}/oauth2/token`, init, host);
  if (status >= 500) throw new CliError(exitCodes.unavailable, `The login at ${host} answered ${status}. Try again.`);
  const answer = TokenAnswer.safeParse(body).data;
  if (!ok || answer === undefined) {
    const reason = Refusal.safeParse(body).data?.error ?? `it answered ${status} and no token`;
    throw new CliError(exitCodes.signIn, `The login at ${host} refused: ${reason}. Run \`mediakeep login\` again.`);
  }
  return {
    accessToken: answer.access_token,
    ...(answer.refresh_token && { refreshToken: answer.refresh_token }),
    expiresAt: new Date(Date.now() + answer.expires_in * 1000).toISOString(),
  };
};

const post = async (url: string, init: RequestInit, host: string) => {
  try {
    const response = await fetch(url, init);
    const body: unknown = await response.json().catch(() => undefined);
    return { ok: response.ok, status: response.status, body };
  } catch (error) {
    init.signal?.throwIfAborted();
    const reason = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
    throw new CliError(exitCodes.unavailable, `No answer from the login at ${host}${reason}`, { cause: error });
  }
};
