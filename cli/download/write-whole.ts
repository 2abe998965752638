import { createWriteStream } from 'node:fs';
import { link, rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { CliError, exitCodes } from '../exit-codes.ts';

/**
 * Writes under another name until every byte has been checked, so that nothing half or wrong bears the right one. Throws a
 * {@link CliError} for a file that is there, unless it may be overwritten.
 */
export const writeWhole = async (
  bytes: AsyncIterable<Uint8Array>,
  path: string,
  { overwrite }: { overwrite: boolean },
): Promise<void> => {
  const partial = `${path}.${process.pid}.part`;
  try {
    await pipeline(bytes, createWriteStream(partial));
    await (overwrite ? rename(partial, path) : link(partial, path));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      throw new CliError(exitCodes.refused, `${path} is there already; --force overwrites it.`, { cause: error });
    }
    throw error;
  } finally {
    await rm(partial, { force: true });
  }
};
