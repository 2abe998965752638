import { Mediakeep, type SignRequest } from '../../client/index.ts';
import { httpTransport } from '../../client/node/index.ts';
import { readLocalState } from '../../local/state-file.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { serviceAddress } from './service-address.ts';
import type { Profile } from './settings.ts';
import { SettingsStore } from './settings.ts';
import { signAsMember, standbyProfile } from './standby-access.ts';
import { notSignedIn, tokenSource } from './token-source.ts';

/** What every command that talks to a deployment may be told. */
export interface SessionOptions {
  readonly profile?: string | undefined;
  /** Reads from the second region as this principal. */
  readonly standby?: string | undefined;
  readonly tenant?: string | undefined;
  readonly stateDir: string;
  readonly signal: AbortSignal;
  /** Transfers to storage at once. */
  readonly parallel?: number;
}

/** A deployment to talk to, and what names it. */
export interface Session extends Disposable {
  readonly client: Mediakeep;
  readonly api: string;
  readonly tenant: string | undefined;
}

interface Access {
  readonly api: string;
  readonly tenant: string | undefined;
  readonly token?: () => Promise<string>;
  readonly sign?: SignRequest;
}

/**
 * Finds the deployment and the right to use it: `MEDIAKEEP_API` with `MEDIAKEEP_TOKEN`, else the profile, else the platform
 * that runs on this machine. Throws a {@link CliError} that says how to sign in.
 */
export const openSession = (options: SessionOptions, env: NodeJS.ProcessEnv): Session => {
  const access =
    fromStandby(options, env) ?? fromEnvironment(env) ?? fromProfile(options, env) ?? fromLocalPlatform(options, {});
  if (access === undefined) throw notSignedIn();
  const { signal, parallel } = options;
  const tenant = options.tenant ?? (env['MEDIAKEEP_TENANT'] || access.tenant);
  const transport = httpTransport();
  const client = new Mediakeep({
    api: access.api,
    ...(access.token && { token: access.token }),
    ...(access.sign && { sign: access.sign }),
    transport,
    signal,
    ...(tenant && { tenant }),
    ...(parallel !== undefined && { parallel }),
  });
  return { client, api: access.api, tenant, [Symbol.dispose]: () => transport.close() };
};

const fromStandby = ({ standby, stateDir, signal }: SessionOptions, env: NodeJS.ProcessEnv): Access | undefined => {
  if (standby === undefined) return undefined;
  const { api, readerRole: roleArn, region } = new SettingsStore(env).profile(standbyProfile);
  if (api === undefined || roleArn === undefined || region === undefined) {
    throw new CliError(
      exitCodes.usage,
      `The profile \`${standbyProfile}\` does not say where the second region answers. \`mediakeep failover run\` writes it; elsewhere set \`api\`, \`readerRole\` and \`region\` with \`mediakeep --profile ${standbyProfile} config set\`.`,
    );
  }
  const local = new URL(api).hostname === '127.0.0.1' ? readLocalState(stateDir) : undefined;
  const sign = signAsMember({ roleArn, region, principal: standby, local, signal });
  return { api: serviceAddress(api, `\`api\` of profile ${standbyProfile}`), tenant: undefined, sign };
};

const fromEnvironment = (env: NodeJS.ProcessEnv): Access | undefined => {
  const { MEDIAKEEP_API: api, MEDIAKEEP_TOKEN: token } = env;
  if (!api || !token) return undefined;
  return { api: serviceAddress(api, 'MEDIAKEEP_API'), tenant: undefined, token: async () => token };
};

const fromProfile = (options: SessionOptions, env: NodeJS.ProcessEnv): Access | undefined => {
  const store = new SettingsStore(env);
  const name = profileName(options, env);
  const profile = store.profile(name);
  if (profile.localUser !== undefined) return fromLocalPlatform(options, profile) ?? platformMissing(profile);
  if (profile.api !== undefined) {
    const token = tokenSource({ store, name, profile, env, signal: options.signal });
    return { api: serviceAddress(profile.api, `\`api\` of profile ${name}`), tenant: profile.tenant, token };
  }
  if (options.profile === undefined) return undefined;
  throw new CliError(
    exitCodes.usage,
    `There is no profile \`${name}\` with an \`api\`. Set it with \`mediakeep --profile ${name} config set api https://…\`.`,
  );
};

/** The profile that a command works with. */
export const profileName = (options: Pick<SessionOptions, 'profile'>, env: NodeJS.ProcessEnv): string =>
  options.profile ?? (env['MEDIAKEEP_PROFILE'] || 'default');

const fromLocalPlatform = ({ stateDir }: SessionOptions, profile: Profile): Access | undefined => {
  const state = readLocalState(stateDir);
  if (state === undefined) return undefined;
  const name = profile.localUser ?? state.users[0]?.name;
  const user = state.users.find((candidate) => candidate.name === name);
  if (user === undefined) {
    const known = state.users.map((candidate) => candidate.name).join(', ');
    throw new CliError(exitCodes.signIn, `The platform on this machine has no user \`${name}\`; it has ${known}.`);
  }
  // Read again for each request: moving the platform's clock gives the users new tokens.
  const token = async () => readLocalState(stateDir)?.users.find(({ name }) => name === user.name)?.token ?? user.token;
  return { api: state.api, tenant: user.tenant, token };
};

const platformMissing = ({ localUser }: Profile): never => {
  throw new CliError(
    exitCodes.unavailable,
    `The profile signs in as \`${localUser}\` on this machine, but no platform has run here. Start one with \`mediakeep local start\`.`,
  );
};
