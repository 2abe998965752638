import { stat } from 'node:fs/promises';
import { basename, relative, resolve } from 'node:path';
import { glob } from 'tinyglobby';
import { CliError, exitCodes } from '../exit-codes.ts';

/** A file to upload. */
export interface FoundFile {
  readonly path: string;
  /** Its path below the folder or pattern that was named, with `/`; what a mapping reads. */
  readonly relativePath: string;
}

export interface FindOptions {
  /** Only these, as glob patterns on the relative path. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/**
 * Finds the files that the paths name: files as they are, folders with all below them, patterns. Files whose name begins
 * with a dot are left out of folders. Throws a {@link CliError} for a path that names nothing.
 */
export const findFiles = async (paths: readonly string[], options: FindOptions): Promise<FoundFile[]> => {
  const found = new Map<string, FoundFile>();
  for (const path of paths) {
    const files = await filesOf(path, options);
    if (files.length === 0) throw new CliError(exitCodes.notFound, `\`${path}\` names no file.`);
    for (const file of files) if (!found.has(resolve(file.path))) found.set(resolve(file.path), file);
  }
  return [...found.values()];
};

const filesOf = async (path: string, options: FindOptions): Promise<FoundFile[]> => {
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isFile()) return [{ path, relativePath: basename(path) }];
  if (stats?.isDirectory()) return await below(path, options.include.length > 0 ? options.include : ['**/*'], options);
  return await below('.', [path], options);
};

const below = async (folder: string, patterns: readonly string[], { exclude }: FindOptions): Promise<FoundFile[]> => {
  const cwd = resolve(folder);
  const paths = await glob([...patterns], { cwd, ignore: [...exclude], absolute: true, onlyFiles: true });
  return paths.sort().map((path) => ({ path, relativePath: relative(cwd, path).replaceAll('\\', '/') }));
};
