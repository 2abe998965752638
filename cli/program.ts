import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { registerAssetCommands } from './commands/assets.ts';
import { registerConfigCommand } from './commands/config.ts';
import { registerGetCommand } from './commands/get.ts';
import { registerLocalCommand } from './commands/local.ts';
import { registerLoginCommand } from './commands/login.ts';
import { registerLsCommand } from './commands/ls.ts';
import { registerMemberCommand } from './commands/member.ts';
import { registerTenantCommand } from './commands/tenant.ts';
import { registerUploadCommand } from './commands/upload.ts';
import type { CommandContext, Process } from './context.ts';
import { createContext } from './context.ts';

/** Adds one command, or one group of them, to the program. */
export type Register = (program: Command, context: () => CommandContext) => void;

const commands: readonly Register[] = [
  registerUploadCommand,
  registerLsCommand,
  registerGetCommand,
  registerAssetCommands,
  registerLoginCommand,
  registerMemberCommand,
  registerTenantCommand,
  registerConfigCommand,
  registerLocalCommand,
];

/** The whole command line. Errors are thrown, never printed and never the end of the process. */
export const createProgram = (process: Process): Command => {
  const program = new Command('mediakeep')
    .description('Keeps voice and camera data: upload, find, fetch and govern it, on AWS or on this machine.')
    .version(packageVersion())
    .option('--json', 'answer in JSON on standard output')
    .option('--profile <name>', 'profile of `mediakeep config` (MEDIAKEEP_PROFILE)')
    .option('--tenant <id>', 'tenant to act in, for members of several (MEDIAKEEP_TENANT)')
    .option('--state-dir <folder>', 'state of the platform on this machine (MEDIAKEEP_STATE_DIR)')
    .showHelpAfterError('(--help tells what there is)')
    .configureHelp({ showGlobalOptions: true });
  for (const register of commands) register(program, () => createContext(process, program.opts()));
  for (const command of allCommands(program)) command.exitOverride().copyInheritedSettings(program);
  return program;
};

const allCommands = (command: Command): Command[] => [command, ...command.commands.flatMap(allCommands)];

const packageVersion = (): string =>
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
