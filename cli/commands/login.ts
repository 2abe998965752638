import type { CommandContext } from '../context.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import type { Register } from '../program.ts';
import { openBrowser } from '../session/browser.ts';
import { openCallbackServer } from '../session/callback-server.ts';
import type { LoginProfile } from '../session/oauth.ts';
import { codeRequest, exchangeCode, machineTokens } from '../session/oauth.ts';
import { profileName } from '../session/session.ts';
import type { Tokens } from '../session/settings.ts';
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
      const store = new SettingsStore(current.env);
      const name = profileName(current.globals, current.env);
      const { localUser: _, ...profile } = store.profile(name);
      if (options.user !== undefined) {
        store.saveProfile(name, { ...profile, localUser: options.user });
        await whoAmI(current);
        return;
      }
      const login = requireLogin(profile);
      const tokens = options.machine ? await asMachine(login, current) : await asPerson(login, current, options);
      store.saveProfile(name, profile);
      store.saveTokens(name, tokens);
      await whoAmI(current);
    });

  program
    .command('logout')
    .description('forget the tokens of the profile')
    .addHelpText('after', '\nExample:\n  mediakeep logout')
    .action(() => {
      const { env, globals, output } = context();
      new SettingsStore(env).saveTokens(profileName(globals, env), undefined);
      output.line('Signed out.');
    });
};

const requireLogin = ({ login, client }: Partial<LoginProfile>): LoginProfile => {
  if (login !== undefined && client !== undefined) return { login, client };
  throw new CliError(
    exitCodes.signIn,
    'The profile does not say where to sign in. Set `login` and `client` with `mediakeep config set`; `cdk deploy` printed both as outputs LoginUrl and PeopleClientId.',
  );
};

const asMachine = (profile: LoginProfile, { env }: CommandContext): Promise<Tokens> => {
  const secret = env['MEDIAKEEP_CLIENT_SECRET'];
  if (secret) return machineTokens(profile, secret);
  throw new CliError(exitCodes.signIn, 'Set MEDIAKEEP_CLIENT_SECRET to the secret of the machine’s app client.');
};

const asPerson = async (profile: LoginProfile, { output }: CommandContext, options: LoginOptions): Promise<Tokens> => {
  await using server = await openCallbackServer();
  const request = codeRequest(profile, server.redirectUri);
  const opened = options.browser && (await openBrowser(request.url));
  output.note(opened ? 'The browser shows the login.' : `Open this address to sign in:\n${request.url}`);
  return await exchangeCode(profile, request, await server.code(request.state));
};

const whoAmI = async ({ openSession, output }: CommandContext): Promise<void> => {
  using session = openSession();
  const me = await session.client.me();
  output.data(me);
  output.line(`Signed in as ${me.principal}: ${me.roles.join(', ')} of tenant ${me.tenant}.`);
};
