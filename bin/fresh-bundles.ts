import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

/** What a build read and wrote; paths from the project's folder. */
export interface BuildOutcome {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface FreshBundlesOptions {
  /** The project's folder. */
  readonly root: string;
  /** Receives the bundles. */
  readonly dist: string;
  readonly build: (dist: string) => Promise<BuildOutcome>;
}

/** Which other files decide what a build makes: a new one is read although no build has seen it. */
const besides = [
  'bin/*.ts',
  'lambdas/*/handler.ts',
  'policies/*.cedar',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
  'node_modules/.package-lock.json',
  'node_modules/esbuild/package.json',
];

/**
 * Bundles the functions unless the bundles that are there were made of the very files that are here now. Contents are compared,
 * never times, because a checkout sets those as it likes; to bundle takes eight seconds of a core, to compare a tenth of one.
 */
export const freshBundles = async ({ root, dist, build }: FreshBundlesOptions): Promise<void> => {
  const recordFile = join(dist, '.made-of');
  if (isFresh(root, recordFile)) return;
  const begunMs = Date.now();
  // A build that does not end leaves no record behind.
  rmSync(recordFile, { force: true });
  const { inputs, outputs } = await build(dist);
  const read = [...inputs, ...filesBesides(root)];
  // What was saved while the build ran may have been read before.
  if (read.some((file) => statSync(resolve(root, file)).mtimeMs >= begunMs)) return;
  const lines = new Set(
    [...read, ...outputs].map((file) => `${digestOf(root, file)} ${relative(root, resolve(root, file))}\n`),
  );
  const written = `${recordFile}.${process.pid}`;
  writeFileSync(written, [...lines].join(''));
  renameSync(written, recordFile);
};

/** The record has a line for each file: its digest, a space and its path. */
const isFresh = (root: string, recordFile: string): boolean => {
  if (!existsSync(recordFile)) return false;
  const digests = new Map(
    readFileSync(recordFile, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))]),
  );
  return (
    filesBesides(root).every((file) => digests.has(file)) &&
    [...digests].every(([file, digest]) => existsSync(resolve(root, file)) && digestOf(root, file) === digest)
  );
};

const filesBesides = (root: string): string[] => globSync(besides, { cwd: root });

const digestOf = (root: string, file: string): string =>
  createHash('sha1')
    .update(readFileSync(resolve(root, file)))
    .digest('base64');
