import { homedir } from 'node:os';
import { parseAttribute } from '../attributes.ts';
import type { CommandContext } from '../context.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import type { Register } from '../program.ts';
import type { Session } from '../session/session.ts';
import type { Description } from '../upload/describe-files.ts';
import { compileMapping } from '../upload/path-mapping.ts';
import type { UploadPlan } from '../upload/plan-files.ts';
import { planFiles } from '../upload/plan-files.ts';
import { createProgressDisplay } from '../upload/progress-display.ts';
import { showPlan, showResults } from '../upload/show-results.ts';
import type { FileResult } from '../upload/upload-files.ts';
import { progressDirectory, uploadFiles } from '../upload/upload-files.ts';

interface UploadCommandOptions {
  readonly class: string;
  readonly subject?: string;
  readonly consent?: string;
  readonly case?: string;
  readonly device?: string;
  readonly contentType?: string;
  readonly attr: string[];
  readonly map?: string;
  readonly include: string[];
  readonly exclude: string[];
  readonly dryRun?: boolean;
  readonly resume: boolean;
  readonly wait: boolean;
  readonly parallel: number;
  readonly parallelParts: number;
}

const examples = `
Examples:
  mediakeep upload interview.wav --class raw-audio --subject speaker-0042 --attr language=hi
  mediakeep upload recordings/ --class raw-audio --subject speaker-0042 --exclude '**/*.tmp'
  mediakeep upload commands/ --class voice-command --map '{language}/{intent}/{variation}/{subject}_*.wav'
  mediakeep upload 'cases/C-17/*.mp3' --class case-audio --case C-17 --subject caller-7 --dry-run

An upload that was interrupted goes on where it ended when the same command is given again.`;

/** `upload`: files and folders into the store. */
export const registerUploadCommand: Register = (program, context) => {
  program
    .command('upload <paths...>')
    .description('upload files, folders or patterns')
    .requiredOption('--class <name>', 'data class of the files')
    .option('--subject <id>', 'data subject: whose voice, face or words it is')
    .option('--consent <id>', 'consent that the recording rests on')
    .option('--case <id>', 'case that it belongs to')
    .option('--device <id>', 'camera or recorder that speaks')
    .option('--attr <name=value>', 'an attribute of the class; may be repeated', collect, [])
    .option('--map <pattern>', 'read attributes, subject, case or filename from each path')
    .option('--content-type <type>', 'instead of the one that the name’s ending promises')
    .option('--include <glob>', 'of folders only these; may be repeated', collect, [])
    .option('--exclude <glob>', 'of folders and patterns not these; may be repeated', collect, [])
    .option('--dry-run', 'say what would be uploaded, and upload nothing')
    .option('--no-resume', 'begin anew instead of where an earlier try ended')
    .option('--no-wait', 'do not wait until the files have been verified and catalogued')
    .option('--parallel <n>', 'files at once', countOf('--parallel'), 8)
    .option(
      '--parallel-parts <n>',
      'transfers at once, over all files; each takes 8 MiB',
      countOf('--parallel-parts'),
      3,
    )
    .addHelpText('after', examples)
    .action(async (paths: string[], options: UploadCommandOptions) => {
      const current = context();
      const description = descriptionOf(options);
      using session = current.openSession({ parallel: options.parallelParts });
      const classes = new Map((await session.client.classes()).map((item) => [item.name, item]));
      const plan = await planFiles(paths, options, { description, classes });
      if (options.dryRun) showPlan(current, plan);
      else await run(current, session, plan, options);
    });
};

const collect = (value: string, previous: string[]): string[] => [...previous, value];

const countOf =
  (option: string) =>
  (text: string): number => {
    const count = Number(text);
    if (Number.isInteger(count) && count >= 1 && count <= 64) return count;
    throw new CliError(exitCodes.usage, `${option} takes a whole number from 1 to 64, not \`${text}\`.`);
  };

const descriptionOf = ({ attr, map, ...options }: UploadCommandOptions): Description => ({
  ...options,
  attributes: Object.fromEntries(attr.map(parseAttribute)),
  mapping: map === undefined ? undefined : compileMapping(map),
});

/** An interruption shows what went through before it ends the command. */
const run = async (
  current: CommandContext,
  session: Session,
  { planned, failed }: UploadPlan,
  options: UploadCommandOptions,
): Promise<void> => {
  const { output, env, signal } = current;
  const results: FileResult[] = [];
  const onResult = (result: FileResult): void => {
    output.item(result);
    results.push(result);
  };
  failed.forEach(onResult);
  const totalBytes = planned.reduce((sum, { bytes }) => sum + bytes, 0);
  const display = createProgressDisplay(output.terminal, totalBytes, Date.now);
  try {
    await uploadFiles(planned, {
      client: session.client,
      display,
      signal,
      parallelFiles: options.parallel,
      wait: options.wait,
      progressDirectory: options.resume ? progressDirectory(env, homedir()) : undefined,
      target: [session.api, session.tenant ?? ''],
      onResult,
    });
  } finally {
    display.stop();
    const order = new Map(planned.map(({ path }, index) => [path, index]));
    const place = ({ path }: FileResult): number => order.get(path) ?? -1;
    showResults(
      current,
      results.toSorted((a, b) => place(a) - place(b)),
      planned.length + failed.length,
    );
    if (signal.aborted && options.resume) output.note('The same command goes on where this one ended.');
  }
};
