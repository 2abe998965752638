import { createWriteStream, existsSync } from 'node:fs';
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
  if (!overwrite && existsSync(path)) throw isThere(path);
  try {
    await pipeline(bytes, createWriteStream(partial));
    await (overwrite ? rename(partial, path) : link(partial, path));
  } catch (error) {
    throw error instanceof Error && 'code' in error && error.code === 'EEXIST' ? isThere(path) : error;
  } finally {
    await rm(partial, { force: true });
  }
};

const isThere = (path: string): CliError =>
  new CliError(exitCodes.refused, `${path} is there already; --force overwrites it.`);
