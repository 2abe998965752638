import { Option } from 'commander';
import { roleNames } from '../../core/authorization/roles.ts';
import type { AddMember, ChangeMember } from '../../core/schemas/member.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { table } from '../output.ts';
import type { Register } from '../program.ts';

const examples = `
Examples:
  mediakeep member list
  mediakeep member add asha@example.org --role contributor
  mediakeep member add 4k1exampleclient --role device --device door-1
  mediakeep member change 8f1c… --role viewer
  mediakeep member remove 8f1c…`;

interface MemberOptions {
  readonly role?: AddMember['roles'];
  readonly device?: string[];
  readonly state?: 'active' | 'suspended';
}

/** `member`: who belongs to the tenant and with which roles. */
export const registerMemberCommand: Register = (program, context) => {
  const member = program.command('member').description('who belongs to the tenant').addHelpText('after', examples);

  member
    .command('list')
    .description('all members')
    .addHelpText('after', '\nExample:\n  mediakeep member list')
    .action(async () => {
      const { output, openSession } = context();
      using session = openSession();
      const members = await Array.fromAsync(session.client.members());
      output.data(members);
      const rows = members.map(({ principal, roles, state }) => [principal, roles.join(','), state]);
      for (const line of table(['PRINCIPAL', 'ROLES', 'STATE'], rows)) output.line(line);
    });

  member
    .command('add <emailOrPrincipal>')
    .description('invite a person by e-mail address, or admit a machine by its client id')
    .addOption(new Option('--role <roles...>', 'what they may do').choices(roleNames).makeOptionMandatory())
    .option('--device <ids...>', 'device ids under which a machine may speak')
    .addHelpText('after', '\nExample:\n  mediakeep member add asha@example.org --role contributor annotator')
    .action(async (who: string, { role = [], device }: MemberOptions) => {
      const { output, openSession } = context();
      using session = openSession();
      const name = who.includes('@') ? { email: who } : { principal: who };
      const added = await session.client.addMember({ ...name, roles: role, ...(device && { devices: device }) });
      output.data(added);
      output.line(`${added.principal} is ${added.state}: ${added.roles.join(', ')}`);
    });

  member
    .command('change <principal>')
    .description('give other roles or devices, suspend or readmit')
    .addOption(new Option('--role <roles...>', 'the roles from now on').choices(roleNames))
    .option('--device <ids...>', 'the devices from now on')
    .addOption(new Option('--state <state>', 'suspend or readmit').choices(['active', 'suspended']))
    .addHelpText('after', '\nExample:\n  mediakeep member change 8f1c… --state suspended')
    .action(async (principal: string, { role, device, state }: MemberOptions) => {
      if (!role && !device && !state) {
        throw new CliError(exitCodes.usage, 'Say what to change: --role, --device or --state.');
      }
      const { output, openSession } = context();
      using session = openSession();
      const change: ChangeMember = {
        ...(role && { roles: role }),
        ...(device && { devices: device }),
        ...(state && { state }),
      };
      const changed = await session.client.changeMember(principal, change);
      output.data(changed);
      output.line(`${changed.principal} is ${changed.state}: ${changed.roles.join(', ')}`);
    });

  member
    .command('remove <principal>')
    .description('take all rights away, within a minute')
    .addHelpText('after', '\nExample:\n  mediakeep member remove 8f1c…')
    .action(async (principal: string) => {
      const { output, openSession } = context();
      using session = openSession();
      await session.client.removeMember(principal);
      output.data({ principal, removed: true });
      output.line(`${principal} has no rights any more.`);
    });
};
