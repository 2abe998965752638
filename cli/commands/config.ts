import { CliError, exitCodes } from '../exit-codes.ts';
import { printable, table } from '../output.ts';
import type { Register } from '../program.ts';
import { serviceAddress } from '../session/service-address.ts';
import { profileName } from '../session/session.ts';
import type { Profile } from '../session/settings.ts';
import { profileFields, SettingsStore } from '../session/settings.ts';

const setExamples = `
Examples:
  mediakeep config set api https://abc123.execute-api.ap-south-1.amazonaws.com
  mediakeep config set login https://mediakeep-111122223333.auth.ap-south-1.amazoncognito.com
  mediakeep config set client 4k1example
  mediakeep --profile lab config set tenant lab`;

/** `config`: how to reach deployments, by profile. */
export const registerConfigCommand: Register = (program, context) => {
  const config = program
    .command('config')
    .description('where deployments are and how to sign in')
    .addHelpText('after', `${setExamples}\n  mediakeep config list`);

  config
    .command('set <field> <value>')
    .description(`set a field of the profile: ${profileFields.join(', ')}`)
    .addHelpText('after', setExamples)
    .action((field: string, value: string) => {
      const { env, globals, output } = context();
      const store = new SettingsStore(env);
      const name = profileName(globals, env);
      const known = knownField(field);
      const text = known === 'api' || known === 'login' ? serviceAddress(value, `\`${known}\``) : value;
      store.saveProfile(name, { ...store.profile(name), [known]: text });
      output.line(printable(`${name}: ${known} = ${text}`));
      output.data(store.profile(name));
    });

  config
    .command('unset <field>')
    .description('take a field of the profile away')
    .addHelpText('after', '\nExample:\n  mediakeep config unset localUser')
    .action((field: string) => {
      const { env, globals, output } = context();
      const store = new SettingsStore(env);
      const name = profileName(globals, env);
      const { [knownField(field)]: _, ...rest }: Profile = store.profile(name);
      store.saveProfile(name, rest);
      output.line(printable(`${name}: ${field} is unset`));
      output.data(rest);
    });

  config
    .command('list')
    .description('all profiles')
    .addHelpText('after', '\nExample:\n  mediakeep config list --json')
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

const knownField = (field: string): keyof Profile => {
  const known = profileFields.find((name) => name === field);
  if (known !== undefined) return known;
  throw new CliError(exitCodes.usage, `A profile has no field \`${field}\`; it has ${profileFields.join(', ')}.`);
};
