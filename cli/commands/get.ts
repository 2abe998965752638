import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { CommandContext } from '../context.ts';
import { writeWhole } from '../download/write-whole.ts';
import { forEachItem } from '../each-item.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { formatBytes, printable } from '../output.ts';
import type { Register } from '../program.ts';
import type { Session } from '../session/session.ts';

interface GetOptions {
  readonly output?: string;
  readonly versionId?: string;
  readonly force?: boolean;
}

const examples = `
Examples:
  mediakeep get 01JZ8K2M4N6P8Q0R2S4T6V8W0X                 into the working folder, under its own name
  mediakeep get 01JZ8K2M4N6P8Q0R2S4T6V8W0X -o talk.wav
  mediakeep get 01JZ8K2M4N6P8Q0R2S4T6V8W0X -o - | aplay
  mediakeep ls --case C-17 --json | jq -r .assetId | xargs mediakeep get -o case-17/`;

/** `get`: the content of assets, checked against its digest. */
export const registerGetCommand: Register = (program, context) => {
  program
    .command('get <assetIds...>')
    .description('fetch the content of assets')
    .option('-o, --output <path>', 'file, or folder that is there, to write to; `-` for standard output')
    .option('--version-id <id>', 'an older version')
    .option('--force', 'overwrite a file that is there')
    .addHelpText('after', examples)
    .action(async (assetIds: string[], options: GetOptions) => {
      const current = context();
      await checkOptions(assetIds, options, current);
      using session = current.openSession();
      if (options.output === '-') return await toStdout(session, assetIds, options, current);
      await forEachItem(current, assetIds, (assetId) => toFile(session, assetId, options, current));
    });
};

const checkOptions = async (
  assetIds: readonly string[],
  { output: path, versionId }: GetOptions,
  { output }: CommandContext,
): Promise<void> => {
  if (path === '-' && output.json) {
    throw new CliError(
      exitCodes.usage,
      'Standard output takes the content or JSON, not both: leave out --json or -o -.',
    );
  }
  if (assetIds.length === 1) return;
  if (versionId !== undefined) throw new CliError(exitCodes.usage, '--version-id belongs to one asset.');
  if (path === undefined || (path !== '-' && (await isFolder(path)))) return;
  throw new CliError(exitCodes.usage, `\`${path}\` is no folder that is there; several assets go into one.`);
};

/** What was written cannot be taken back: whether it was right, the exit code tells. */
const toStdout = async (
  { client }: Session,
  assetIds: readonly string[],
  options: GetOptions,
  { stdout }: CommandContext,
): Promise<void> => {
  for (const assetId of assetIds) {
    const { bytes } = await client.get(assetId, versionOf(options));
    await pipeline(bytes, stdout, { end: false });
  }
};

const toFile = async (
  { client }: Session,
  assetId: string,
  options: GetOptions,
  { output }: CommandContext,
): Promise<void> => {
  const { link, bytes } = await client.get(assetId, versionOf(options));
  const path = await targetPath(options, safeName(link.filename, assetId));
  await writeWhole(bytes, path, { overwrite: options.force ?? false });
  output.item({ assetId, versionId: link.versionId, path });
  output.line(`${printable(path)}  ${formatBytes((await stat(path)).size)}`);
};

const versionOf = ({ versionId }: GetOptions) => (versionId === undefined ? {} : { versionId });

/** A name from elsewhere never leads out of the folder, and never makes a hidden file. */
const safeName = (filename: string, assetId: string): string => {
  const name = basename(filename.replaceAll('\\', '/')).replace(/\p{Cc}/gu, '_');
  return name === '' || name.startsWith('.') ? `${assetId}${name === '.' || name === '..' ? '' : name}` : name;
};

const targetPath = async ({ output }: GetOptions, filename: string): Promise<string> => {
  if (output === undefined) return filename;
  return (await isFolder(output)) ? join(output, filename) : output;
};

const isFolder = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
};
