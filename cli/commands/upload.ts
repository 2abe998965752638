import { homedir } from 'node:os';
import type { ClassItem } from '../../core/schemas/class.ts';
import type { CommandContext } from '../context.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { failureLines } from '../failure.ts';
import { formatBytes, printable, table } from '../output.ts';
import type { Register } from '../program.ts';
import type { Session } from '../session/session.ts';
import type { Description } from '../upload/describe-files.ts';
import { describeFile } from '../upload/describe-files.ts';
import { findFiles } from '../upload/find-files.ts';
import { compileMapping } from '../upload/path-mapping.ts';
import { createProgressDisplay } from '../upload/progress-display.ts';
import type { FileResult, PlannedFile } from '../upload/upload-files.ts';
import { failedFile, lengthOf, progressDirectory, uploadFiles } from '../upload/upload-files.ts';

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
  readonly parallel: string;
  readonly parallelParts: string;
}

const examples = `
Examples:
  mediakeep upload interview.wav --class raw-audio --subject speaker-0042 --attr language=hi
  mediakeep upload recordings/ --class raw-audio --subject speaker-0042 --exclude '**/*.tmp'
  mediakeep upload commands/ --class voice-command --map '{language}/{intent}/{variation}/{subject}_*.wav'
  mediakeep upload 'cases/C-17/*.mp3' --class case-audio --case C-17 --dry-run

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
    .option('--exclude <glob>', 'of folders not these; may be repeated', collect, [])
    .option('--dry-run', 'say what would be uploaded, and upload nothing')
    .option('--no-resume', 'begin anew instead of where an earlier try ended')
    .option('--no-wait', 'do not wait until the files have been verified and catalogued')
    .option('--parallel <n>', 'files at once', '4')
    .option('--parallel-parts <n>', 'parts of a file at once', '4')
    .addHelpText('after', examples)
    .action(async (paths: string[], options: UploadCommandOptions) => {
      const current = context();
      using session = current.openSession();
      const { planned, failed } = await plan(paths, options, await classesByName(session));
      if (options.dryRun) return showPlan(current, planned, failed);
      const results = [...failed, ...(await run(current, session, planned, options))];
      showResults(current, results);
    });
};

const collect = (value: string, previous: string[]): string[] => [...previous, value];

const classesByName = async ({ client }: Session): Promise<Map<string, ClassItem>> =>
  new Map((await client.classes()).map((item) => [item.name, item]));

const plan = async (
  paths: readonly string[],
  options: UploadCommandOptions,
  classes: ReadonlyMap<string, ClassItem>,
): Promise<{ planned: PlannedFile[]; failed: FileResult[] }> => {
  const description = descriptionOf(options);
  const planned: PlannedFile[] = [];
  const failed: FileResult[] = [];
  for (const file of await findFiles(paths, options)) {
    const bytes = await lengthOf(file.path);
    try {
      planned.push({ ...file, bytes, facts: describeFile(file, description, classes) });
    } catch (error) {
      failed.push(
        failedFile({ ...file, bytes, facts: { class: options.class, filename: '', contentType: '' } }, error),
      );
    }
  }
  return { planned, failed };
};

const descriptionOf = ({ attr, map, ...options }: UploadCommandOptions): Description => ({
  ...options,
  attributes: Object.fromEntries(attr.map(parseAttribute)),
  mapping: map === undefined ? undefined : compileMapping(map),
});

const parseAttribute = (text: string): [string, string] => {
  const equals = text.indexOf('=');
  if (equals > 0) return [text.slice(0, equals), text.slice(equals + 1)];
  throw new CliError(exitCodes.usage, `--attr \`${text}\` is not of the form name=value.`);
};

const run = async (
  { output, env, signal }: CommandContext,
  session: Session,
  planned: readonly PlannedFile[],
  options: UploadCommandOptions,
): Promise<FileResult[]> => {
  const results: FileResult[] = [];
  const totalBytes = planned.reduce((sum, { bytes }) => sum + bytes, 0);
  const display = createProgressDisplay(output, totalBytes, Date.now);
  try {
    await uploadFiles(planned, {
      client: session.client,
      display,
      signal,
      parallelFiles: countOf(options.parallel, '--parallel'),
      parallelParts: countOf(options.parallelParts, '--parallel-parts'),
      wait: options.wait,
      progressDirectory: options.resume ? progressDirectory(env, homedir()) : undefined,
      purpose: `${session.api} ${session.tenant ?? ''}`,
      onResult: (result) => {
        output.item(result);
        results.push(result);
      },
    });
  } finally {
    display.stop();
  }
  return results;
};

const countOf = (text: string, option: string): number => {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 64) return count;
  throw new CliError(exitCodes.usage, `${option} takes a whole number from 1 to 64, not \`${text}\`.`);
};

const showPlan = ({ output, setExitCode }: CommandContext, planned: PlannedFile[], failed: FileResult[]): void => {
  for (const { path, bytes, facts } of planned) output.item({ path, bytes, ...facts });
  const rows = planned.map(({ path, bytes, facts }) => [
    printable(path),
    formatBytes(bytes),
    facts.class,
    facts.contentType,
    printable(JSON.stringify({ ...facts.attributes, subject: facts.subject, case: facts.case })),
  ]);
  for (const line of table(['FILE', 'SIZE', 'CLASS', 'TYPE', 'SAYS'], rows)) output.line(line);
  explainFailures(output, failed);
  if (failed.length > 0) setExitCode(exitCodes.refused);
};

const showResults = ({ output, setExitCode }: CommandContext, results: readonly FileResult[]): void => {
  const rows = results.map(({ path, bytes, state, assetId }) => [
    printable(path),
    formatBytes(bytes),
    state,
    assetId ?? '',
  ]);
  for (const line of table(['FILE', 'SIZE', 'STATE', 'ASSET'], rows)) output.line(line);
  const failed = results.filter(({ state }) => state === 'failed');
  explainFailures(output, failed);
  const done = results.length - failed.length;
  output.line(`${done} of ${results.length} files went through.`);
  if (failed.length > 0) setExitCode(done > 0 ? exitCodes.partial : (failed[0]?.failure?.exitCode ?? exitCodes.failed));
};

const explainFailures = (output: CommandContext['output'], failed: readonly FileResult[]): void => {
  for (const { path, failure } of failed) {
    const [first, ...more] = failureLines(failure ?? { exitCode: exitCodes.failed, code: 'failed', message: 'failed' });
    output.note([`${printable(path)}: ${printable(first ?? '')}`, ...more.map(printable)].join('\n'));
  }
};
