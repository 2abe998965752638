import { createHash, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { CliError, exitCodes } from '../exit-codes.ts';
import type { Profile, Tokens } from './settings.ts';

/** The scope without which no route answers. */
export const apiScope = 'mediakeep/use';

/** A profile that can sign in. */
export type LoginProfile = Required<Pick<Profile, 'login' | 'client'>>;

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
export const exchangeCode = (profile: LoginProfile, request: CodeRequest, code: string): Promise<Tokens> =>
  askForTokens(profile, {
    grant_type: 'authorization_code',
    client_id: profile.client,
    redirect_uri: request.redirectUri,
    code_verifier: request.verifier,
    code,
  });

/** Tokens of a machine, which signs in with its client's secret. */
export const machineTokens = (profile: LoginProfile, secret: string): Promise<Tokens> =>
  askForTokens(
    profile,
    { grant_type: 'client_credentials', scope: apiScope },
    { authorization: `Basic ${Buffer.from(`${profile.client}:${secret}`).toString('base64')}` },
  );

/** New tokens for a refresh token; the refresh token stays the same where the answer names none. */
export const renewTokens = async ({ login, client }: Profile, refreshToken: string): Promise<Tokens> => {
  if (login === undefined || client === undefined) {
    throw new CliError(
      exitCodes.signIn,
      'The token has ended and the profile does not say where to renew it: run `mediakeep login`.',
    );
  }
  const form = { grant_type: 'refresh_token', client_id: client, refresh_token: refreshToken };
  return { refreshToken, ...(await askForTokens({ login, client }, form)) };
};

const TokenAnswer = z.object({
  access_token: z.string(),
  refresh_token: z.string().optional(),
  expires_in: z.number(),
});

const askForTokens = async (
  { login }: LoginProfile,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Tokens> => {
  const response = await fetch(`${login}/oauth2/token`, { method: 'POST', headers, body: new URLSearchParams(form) });
  if (!response.ok) {
    const { error } = z
      .object({ error: z.string() })
      .catch({ error: String(response.status) })
      .parse(await response.json());
    throw new CliError(
      exitCodes.signIn,
      `The login at ${new URL(login).host} refused: ${error}. Run \`mediakeep login\` again.`,
    );
  }
  const answer = TokenAnswer.parse(await response.json());
  return {
    accessToken: answer.access_token,
    ...(answer.refresh_token && { refreshToken: answer.refresh_token }),
    expiresAt: new Date(Date.now() + answer.expires_in * 1000).toISOString(),
  };
};
