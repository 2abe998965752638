import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { CommandContext, Process } from './context.ts';
import { createContext } from './context.ts';

/** Adds one command, or one group of them, to the program. */
export type Register = (program: Command, context: () => CommandContext) => void;

interface Group {
  readonly names: readonly string[];
  readonly load: () => Promise<Register>;
}

/** What one command needs is loaded only for it: the platform and the AWS SDK are large. */
const groups: readonly Group[] = [
  { names: ['upload'], load: async () => (await import('./commands/upload.ts')).registerUploadCommand },
  { names: ['ls'], load: async () => (await import('./commands/ls.ts')).registerLsCommand },
  { names: ['get'], load: async () => (await import('./commands/get.ts')).registerGetCommand },
  {
    names: ['show', 'versions', 'set', 'rm', 'undelete'],
    load: async () => (await import('./commands/assets.ts')).registerAssetCommands,
  },
  { names: ['stats'], load: async () => (await import('./commands/stats.ts')).registerStatsCommand },
  { names: ['login', 'logout'], load: async () => (await import('./commands/login.ts')).registerLoginCommand },
  { names: ['config'], load: async () => (await import('./commands/config.ts')).registerConfigCommand },
  { names: ['member'], load: async () => (await import('./commands/member.ts')).registerMemberCommand },
  { names: ['tenant'], load: async () => (await import('./commands/tenant.ts')).registerTenantCommand },
  {
    names: ['reconcile', 'rebuild-catalog', 'scrub'],
    load: async () => (await import('./commands/maintain.ts')).registerMaintainCommands,
  },
  {
    names: ['archive', 'restore', 'jobs', 'job'],
    load: async () => (await import('./commands/jobs.ts')).registerJobCommands,
  },
  { names: ['hold'], load: async () => (await import('./commands/hold.ts')).registerHoldCommand },
  { names: ['retention'], load: async () => (await import('./commands/retention.ts')).registerRetentionCommand },
  { names: ['why', 'purge'], load: async () => (await import('./commands/why.ts')).registerWhyCommands },
  { names: ['recover'], load: async () => (await import('./commands/recover.ts')).registerRecoverCommand },
  {
    names: ['failover', 'failback'],
    load: async () => (await import('./commands/failover.ts')).registerFailoverCommands,
  },
  { names: ['drill'], load: async () => (await import('./commands/drill.ts')).registerDrillCommand },
  { names: ['doctor'], load: async () => (await import('./commands/doctor.ts')).registerDoctorCommand },
  { names: ['destroy'], load: async () => (await import('./commands/destroy.ts')).registerDestroyCommand },
  { names: ['local'], load: async () => (await import('./commands/local.ts')).registerLocalCommand },
];

/** Reads the command line and runs its command. Errors are thrown, never printed and never the end of the process. */
export const runProgram = async (argv: readonly string[], process: Process): Promise<void> => {
  const program = await createProgram(process, argv);
  await program.parseAsync([...argv], { from: 'user' });
};

/** The command line with the commands that the arguments can mean; with all of them where no name is among them. */
export const createProgram = async (process: Process, argv: readonly string[] = []): Promise<Command> => {
  const registers = await Promise.all(groupsFor(argv).map(({ load }) => load()));
  const program = new Command('mediakeep')
    .description('Keeps voice and camera data: upload, find, fetch and govern it, on AWS or on this machine.')
    .version(packageVersion())
    .option('--json', 'answer in JSON on standard output')
    .option('--profile <name>', 'profile of `mediakeep config` (MEDIAKEEP_PROFILE)')
    .option('--standby <principal>', 'read from the second region as this member, while the home region is lost')
    .option('--tenant <id>', 'tenant to act in, for members of several (MEDIAKEEP_TENANT)')
    .option('--state-dir <folder>', 'state of the platform on this machine (MEDIAKEEP_STATE_DIR)')
    .showHelpAfterError('(--help tells what there is)')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', '\nExample:\n  mediakeep upload recordings/ --class raw-audio --subject speaker-0042')
    .configureOutput({
      writeOut: (text) => void process.stdout.write(text),
      writeErr: (text) => void process.stderr.write(text),
    });
  for (const register of registers) register(program, () => createContext(process, program.opts()));
  for (const command of allCommands(program)) command.exitOverride().copyInheritedSettings(program);
  return program;
};

const groupsFor = (argv: readonly string[]): readonly Group[] => {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) return [];
  const named = groups.filter(({ names }) => names.some((name) => argv.includes(name)));
  return named.length > 0 ? named : groups;
};

/** A command with all below it. */
export const allCommands = (command: Command): Command[] => [command, ...command.commands.flatMap(allCommands)];

const packageVersion = (): string =>
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
