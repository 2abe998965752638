import { CliError, exitCodes } from '../exit-codes.ts';
import { machineTokens, renewTokens } from './oauth.ts';
import type { Profile, SettingsStore, Tokens } from './settings.ts';

const renewBeforeMs = 60_000;

/** What finding a token needs. */
export interface TokenSourceOptions {
  readonly store: SettingsStore;
  /** Name of the profile. */
  readonly name: string;
  readonly profile: Profile;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/**
 * The access token of a profile: the one of the last sign-in, renewed shortly before its end by the refresh token, or by the
 * secret of a machine. Requests that ask at the same time share one renewal.
 */
export const tokenSource = (options: TokenSourceOptions): (() => Promise<string>) => {
  const { store, name } = options;
  let tokens = store.tokens(name);
  let renewal: Promise<Tokens> | undefined;
  return async () => {
    if (tokens !== undefined && Date.parse(tokens.expiresAt) - renewBeforeMs > Date.now()) return tokens.accessToken;
    renewal ??= renew(options, tokens).finally(() => {
      renewal = undefined;
    });
    tokens = await renewal;
    return tokens.accessToken;
  };
};

const renew = async (
  { store, name, profile, env, signal }: TokenSourceOptions,
  tokens: Tokens | undefined,
): Promise<Tokens> => {
  const { login, client } = profile;
  const secret = env['MEDIAKEEP_CLIENT_SECRET'];
  const refreshToken = tokens?.refreshToken;
  if (login === undefined || client === undefined || (refreshToken === undefined && !secret)) throw notSignedIn();
  const request = { login: { login, client }, signal };
  const renewed =
    refreshToken === undefined ? await machineTokens(request, secret ?? '') : await renewTokens(request, refreshToken);
  store.saveTokens(name, renewed);
  return renewed;
};

/** The error for a command that needs a sign-in. */
export const notSignedIn = (): CliError =>
  new CliError(
    exitCodes.signIn,
    'Nobody is signed in. Run `mediakeep login`, set MEDIAKEEP_API and MEDIAKEEP_TOKEN, or start a platform on this machine with `mediakeep local start`.',
  );
