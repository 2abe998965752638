import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { ProgressStore } from '../upload-state.ts';
import { UploadProgress } from '../upload-state.ts';

/** Which upload of which file: the same file under the same purpose goes on where it ended. */
export interface ProgressKey {
  readonly path: string;
  /** What else makes it the same upload: the deployment, the tenant and all facts, which travel from the beginning. */
  readonly purpose: unknown;
}

/**
 * Keeps an upload's progress in one small file per upload, readable by its owner only, since it holds the upload's token.
 * A file that has changed since (by length or time) is another upload.
 */
export const fileProgressStore = async (directory: string, { path, purpose }: ProgressKey): Promise<ProgressStore> => {
  const { size, mtimeNs } = await stat(path, { bigint: true });
  const name = createHash('sha256')
    .update(JSON.stringify([resolve(path), String(size), String(mtimeNs), purpose]))
    .digest('hex');
  const file = join(directory, `${name}.json`);
  return {
    load: () => load(file),
    save: (progress) => save(file, progress),
    remove: () => rm(file, { force: true }),
  };
};

/** Removes the progress of uploads so old that the service has forgotten them. */
export const removeOldProgress = async (directory: string, nowMs: number): Promise<void> => {
  for (const name of (await readdir(directory).catch(nothingIfMissing)) ?? []) {
    const file = join(directory, name);
    const stats = await stat(file).catch(nothingIfMissing);
    if (stats && nowMs - stats.mtimeMs > keptMs) await rm(file, { force: true });
  }
};

/** An upload may take a day; what S3 was putting together then is known a day longer. */
const keptMs = 48 * 3_600_000;

const load = async (file: string): Promise<UploadProgress | undefined> => {
  try {
    return UploadProgress.safeParse(JSON.parse(await readFile(file, 'utf8'))).data;
  } catch (error) {
    // No file, or one that was cut short by a power failure: the upload begins anew.
    if (error instanceof SyntaxError || isMissing(error)) return undefined;
    throw error;
  }
};

/** Written aside and renamed, so that a kill leaves the old state or the new one. */
const save = async (file: string, progress: UploadProgress): Promise<void> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${process.pid}.new`;
  await writeFile(fresh, JSON.stringify(progress), { mode: 0o600 });
  await rename(fresh, file);
};

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

const nothingIfMissing = (error: unknown): undefined => {
  if (!isMissing(error)) throw error;
};
