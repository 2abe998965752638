import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CliError, exitCodes } from '../exit-codes.ts';
import { formatBytes, printable } from '../output.ts';
import type { Register } from '../program.ts';

interface GetOptions {
  readonly output?: string;
  readonly versionId?: string;
  readonly force?: boolean;
}

const examples = `
Examples:
  mediakeep get 01JZ8K2M4N6P8Q0R2S4T6V8W0X                 into the working folder, under its own name
  mediakeep get 01JZ8K2M4N6P8Q0R2S4T6V8W0X -o talk.wav
  mediakeep get 01JZ8K2M4N6P8Q0R2S4T6V8W0X -o - | aplay`;

/** `get`: the content of an asset, checked against its digest. */
export const registerGetCommand: Register = (program, context) => {
  program
    .command('get <assetId>')
    .description('fetch the content of an asset')
    .option('-o, --output <path>', 'file or folder to write to; `-` for standard output')
    .option('--version-id <id>', 'an older version')
    .option('--force', 'overwrite a file that is there')
    .addHelpText('after', examples)
    .action(async (assetId: string, options: GetOptions) => {
      const { output, openSession, signal } = context();
      using session = openSession();
      const version = options.versionId === undefined ? {} : { versionId: options.versionId };
      const { link, bytes } = await session.client.get(assetId, { ...version, signal });
      if (options.output === '-') return await pipeline(bytes, process.stdout, { end: false });
      const path = await targetPath(options, link.filename);
      await writeWhole(bytes, path);
      output.data({ assetId, versionId: link.versionId, path });
      output.line(`${printable(path)}  ${formatBytes(link.bytes ?? (await stat(path)).size)}`);
    });
};

const targetPath = async ({ output, force }: GetOptions, filename: string): Promise<string> => {
  const path = output === undefined ? filename : (await isFolder(output)) ? join(output, filename) : output;
  if (force || !(await exists(path))) return path;
  throw new CliError(exitCodes.refused, `${printable(path)} is there already; --force overwrites it.`);
};

const isFolder = async (path: string): Promise<boolean> => (await statOf(path))?.isDirectory() ?? false;
const exists = async (path: string): Promise<boolean> => (await statOf(path)) !== undefined;
const statOf = (path: string) => stat(path).catch(() => undefined);

/** Under another name until every byte has been checked, so that nothing half or wrong bears the right one. */
const writeWhole = async (bytes: AsyncIterable<Uint8Array>, path: string): Promise<void> => {
  const partial = `${path}.part`;
  try {
    await pipeline(bytes, createWriteStream(partial));
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
};
