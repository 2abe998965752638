import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { normalize, relative, resolve } from 'node:path';
import { glob } from 'tinyglobby';
import { CliError, exitCodes } from '../exit-codes.ts';

/** A file to upload. */
export interface FoundFile {
  /** As it was named, or found below what was named. */
  readonly path: string;
  /** Its path below the folder that was named, or as it was named, with `/`; what a mapping reads. */
  readonly relativePath: string;
}

export interface FindOptions {
  /** Of folders only these, as glob patterns on the relative path. */
  readonly include: readonly string[];
  /** Of folders and patterns not these. */
  readonly exclude: readonly string[];
}

/** What the paths name, and those that name nothing. */
export interface FoundFiles {
  readonly files: readonly FoundFile[];
  readonly missing: readonly { readonly path: string; readonly error: unknown }[];
}

/**
 * Finds the files that the paths name: files as they are, folders with all below them, patterns. Below folders, names that
 * begin with a dot and linked folders are left out; a link to a file is that file. No file is named twice.
 */
export const findFiles = async (paths: readonly string[], options: FindOptions): Promise<FoundFiles> => {
  const found = new Map<string, FoundFile>();
  const missing: FoundFiles['missing'][number][] = [];
  for (const path of paths) {
    try {
      for (const file of await filesOf(path, options))
        if (!found.has(resolve(file.path))) found.set(resolve(file.path), file);
    } catch (error) {
      missing.push({ path, error });
    }
  }
  return { files: [...found.values()], missing };
};

const filesOf = async (path: string, options: FindOptions): Promise<FoundFile[]> => {
  const stats = await statsOf(path);
  if (stats?.isFile()) return [{ path, relativePath: asNamed(path) }];
  if (stats?.isDirectory()) return orNothing(await below(path, options), `the folder holds no file that was asked for`);
  if (stats !== undefined) throw new CliError(exitCodes.refused, 'is neither a file nor a folder');
  const matches = await glob([path], { ignore: [...options.exclude], ...behaviour });
  const files = matches.sort().map((match) => ({ path: match, relativePath: asNamed(match) }));
  return orNothing(files, isPattern(path) ? 'the pattern fits no file' : 'there is no such file or folder');
};

/** What the path names itself, if it names anything; that it may not be looked at is no sign that it is not there. */
const statsOf = (path: string): Promise<Stats | undefined> =>
  stat(path).catch((error) => {
    const absent = isPattern(path) ? ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'] : ['ENOENT', 'ENOTDIR'];
    if (absent.includes(error.code)) return undefined;
    throw error;
  });

/** Linked folders are not followed: they can lead anywhere, also back. */
const behaviour = { onlyFiles: true, followSymbolicLinks: false, expandDirectories: false } as const;

const isPattern = (path: string): boolean => /[*?{[]/.test(path);

const orNothing = (files: FoundFile[], reason: string): FoundFile[] => {
  if (files.length === 0) throw new CliError(exitCodes.notFound, reason);
  return files;
};

const below = async (folder: string, { include, exclude }: FindOptions): Promise<FoundFile[]> => {
  const patterns = include.length > 0 ? [...include] : ['**/*'];
  const paths = await glob(patterns, { cwd: folder, ignore: [...exclude], ...behaviour });
  return paths.sort().map((path) => ({ path: withSlash(folder) + path, relativePath: path }));
};

const withSlash = (folder: string): string => (folder.endsWith('/') ? folder : `${folder}/`);

/** `./a/b.wav` and `../a/b.wav` are `a/b.wav`; so is an absolute path, seen from the working folder where it lies below. */
const asNamed = (path: string): string => {
  const seen = relative('.', path);
  return normalize(seen.startsWith('..') ? path : seen)
    .replaceAll('\\', '/')
    .replace(/^(\.\.\/|\/)+/, '');
};
