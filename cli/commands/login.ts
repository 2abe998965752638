import { readLocalState } from '../../local/state-file.ts';
import type { CommandContext } from '../context.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { printable } from '../output.ts';
import type { Register } from '../program.ts';
import { openBrowser } from '../session/browser.ts';
import { openCallbackServer } from '../session/callback-server.ts';
import type { LoginProfile } from '../session/oauth.ts';
import { codeRequest, exchangeCode, machineTokens } from '../session/oauth.ts';
import { serviceAddress } from '../session/service-address.ts';
import { profileName } from '../session/session.ts';
import type { Profile, Tokens } from '../session/settings.ts';
import { SettingsStore } from '../session/settings.ts';

interface LoginOptions {
  readonly user?: string;
  readonly machine?: boolean;
  readonly browser: boolean;
}

const examples = `
Examples:
  mediakeep login                      in the browser, to the deployment of the profile
  mediakeep login --user asha          as a sample user of the platform on this machine
  MEDIAKEEP_CLIENT_SECRET=… mediakeep login --machine`;

/** `login` and `logout`. */
export const registerLoginCommand: Register = (program, context) => {
  program
    .command('login')
    .description('sign in')
    .option('--user <name>', 'a sample user of the platform on this machine')
    .option('--machine', 'client credentials; the secret comes from MEDIAKEEP_CLIENT_SECRET')
    .option('--no-browser', 'print the address instead of opening it')
    .addHelpText('after', examples)
    .action(async (options: LoginOptions) => {
      const current = context();
      if (options.user !== undefined) await asSampleUser(current, options.user);
      else await withTokens(current, options);
    });

  program
    .command('logout')
    .description('forget the tokens of the profile')
    .addHelpText('after', '\nExample:\n  mediakeep logout')
    .action(() => {
      const { env, globals, output } = context();
      new SettingsStore(env).saveTokens(profileName(globals, env), undefined);
      output.data({ signedOut: true });
      output.line('Signed out.');
    });
};

/** Nothing is remembered of a sign-in that does not work. */
const asSampleUser = async (current: CommandContext, user: string): Promise<void> => {
  const { env, globals } = current;
  const store = new SettingsStore(env);
  const name = profileName(globals, env);
  const before = store.profile(name);
  store.saveProfile(name, { ...before, localUser: user });
  try {
    await whoAmI(current);
  } catch (error) {
    store.saveProfile(name, before);
    throw error;
  }
};

const withTokens = async (current: CommandContext, options: LoginOptions): Promise<void> => {
  const { env, globals, stateDir } = current;
  const store = new SettingsStore(env);
  const name = profileName(globals, env);
  const { localUser: _, ...known } = store.profile(name);
  const profile = known.login === undefined ? { ...localProfile(stateDir), ...known } : known;
  const login = requireLogin(profile);
  const tokens = options.machine ? await asMachine(login, current) : await asPerson(login, current, options);
  store.saveProfile(name, profile);
  store.saveTokens(name, tokens);
  await whoAmI(current);
};

/** The platform on this machine has a login of its own. */
const localProfile = (stateDir: string): Profile => {
  const state = readLocalState(stateDir);
  return state === undefined ? {} : { api: state.api, login: state.issuer, client: state.clientId };
};

const requireLogin = ({ login, client }: Profile): LoginProfile => {
  if (login !== undefined && client !== undefined) return { login: serviceAddress(login, '`login`'), client };
  throw new CliError(
    exitCodes.signIn,
    'The profile does not say where to sign in. Set `api`, `login` and `client` with `mediakeep config set`; `cdk deploy` printed them as outputs ApiUrl, LoginUrl and PeopleClientId.',
  );
};

const asMachine = (login: LoginProfile, { env, signal }: CommandContext): Promise<Tokens> => {
  const secret = env['MEDIAKEEP_CLIENT_SECRET'];
  if (secret) return machineTokens({ login, signal }, secret);
  throw new CliError(exitCodes.signIn, 'Set MEDIAKEEP_CLIENT_SECRET to the secret of the machine’s app client.');
};

const asPerson = async (
  login: LoginProfile,
  { output, signal }: CommandContext,
  options: LoginOptions,
): Promise<Tokens> => {
  await using server = await openCallbackServer();
  const request = codeRequest(login, server.redirectUri);
  const code = server.code(request.state, signal);
  // A failure while the browser opens is met at the await below.
  code.catch(() => {});
  const opened = options.browser && (await openBrowser(request.url));
  if (opened) output.note('The browser shows the login. If it does not, open this address:');
  else output.note('Open this address to sign in:');
  output.note(request.url);
  return await exchangeCode({ login, signal }, request, await code);
};

const whoAmI = async ({ openSession, output }: CommandContext): Promise<void> => {
  using session = openSession();
  const me = await session.client.me();
  output.data(me);
  output.line(printable(`Signed in as ${me.principal}: ${me.roles.join(', ')} of tenant ${me.tenant}.`));
};
