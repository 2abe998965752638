import { CliError, exitCodes } from '../exit-codes.ts';
import { table } from '../output.ts';
import type { Register } from '../program.ts';
import { profileName } from '../session/session.ts';
import type { Profile } from '../session/settings.ts';
import { profileFields, SettingsStore } from '../session/settings.ts';

const examples = `
Examples:
  mediakeep config set api https://abc123.execute-api.ap-south-1.amazonaws.com
  mediakeep config set login https://mediakeep-111122223333.auth.ap-south-1.amazoncognito.com
  mediakeep config set client 4k1example
  mediakeep config list`;

/** `config`: how to reach deployments, by profile. */
export const registerConfigCommand: Register = (program, context) => {
  const config = program
    .command('config')
    .description('where deployments are and how to sign in')
    .addHelpText('after', examples);

  config
    .command('set <field> <value>')
    .description(`set a field of the profile: ${profileFields.join(', ')}`)
    .action((field: string, value: string) => {
      const { env, globals, output } = context();
      const store = new SettingsStore(env);
      const name = profileName(globals, env);
      store.saveProfile(name, parseField(store.profile(name), field, value));
      output.line(`${name}: ${field} = ${value}`);
      output.data(store.profile(name));
    });

  config
    .command('list')
    .description('all profiles')
    .action(() => {
      const { env, output } = context();
      const profiles = new SettingsStore(env).profiles();
      output.data(profiles);
      const rows = Object.entries(profiles).flatMap(([name, profile]) =>
        Object.entries(profile).map(([field, value]) => [name, field, value]),
      );
      for (const line of table(['PROFILE', 'FIELD', 'VALUE'], rows)) output.line(line);
    });
};

const parseField = (profile: Profile, field: string, value: string): Profile => {
  const known = profileFields.find((name) => name === field);
  if (known === undefined) {
    throw new CliError(exitCodes.usage, `A profile has no field \`${field}\`; it has ${profileFields.join(', ')}.`);
  }
  return { ...profile, [known]: known === 'api' || known === 'login' ? value.replace(/\/+$/, '') : value };
};
