import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mediakeep, UploadFacts } from '../../client/index.ts';
import { fileProgressStore, openFile } from '../../client/node/index.ts';
import { forEachParallel } from '../../client/parallel.ts';
import type { Failure } from '../failure.ts';
import { describeFailure } from '../failure.ts';
import type { FoundFile } from './find-files.ts';
import type { ProgressDisplay } from './progress-display.ts';

/** A file with what is said of it, or why nothing could be. */
export interface PlannedFile extends FoundFile {
  readonly bytes: number;
  readonly facts: UploadFacts;
}

/** How one file's upload ended. */
export interface FileResult {
  readonly path: string;
  readonly bytes: number;
  readonly class: string;
  readonly state: 'stored' | 'duplicate' | 'landed' | 'expected' | 'failed';
  readonly assetId?: string;
  readonly uploadId?: string;
  readonly failure?: Failure;
}

export interface UploadFilesOptions {
  readonly client: Mediakeep;
  readonly display: ProgressDisplay;
  readonly parallelFiles: number;
  readonly parallelParts: number;
  readonly wait: boolean;
  readonly signal: AbortSignal;
  /** Where unfinished uploads are remembered; undefined to begin anew. */
  readonly progressDirectory: string | undefined;
  /** Makes an upload of the same file to another deployment another upload. */
  readonly purpose: string;
  readonly onResult: (result: FileResult) => void;
}

/** Uploads several files at once; one that fails does not stop the rest, an interruption stops all. */
export const uploadFiles = async (files: readonly PlannedFile[], options: UploadFilesOptions): Promise<void> => {
  await forEachParallel(files, options.parallelFiles, async (file) => {
    const progress = options.display.begin(file.relativePath, file.bytes);
    try {
      options.onResult(await uploadFile(file, options, progress.update));
    } catch (error) {
      options.signal.throwIfAborted();
      options.onResult(failedFile(file, error));
    } finally {
      progress.end();
    }
  });
};

/** The result of a file that failed. */
export const failedFile = (file: Pick<PlannedFile, 'path' | 'bytes' | 'facts'>, error: unknown): FileResult => ({
  path: file.path,
  bytes: file.bytes,
  class: file.facts.class,
  state: 'failed',
  failure: describeFailure(error),
});

const uploadFile = async (
  { path, facts, bytes }: PlannedFile,
  options: UploadFilesOptions,
  onProgress: (event: Parameters<ReturnType<ProgressDisplay['begin']>['update']>[0]) => void,
): Promise<FileResult> => {
  await using content = await openFile(path);
  const { progressDirectory: directory, purpose } = options;
  const store = directory && (await fileProgressStore(directory, { path, purpose: `${purpose} ${facts.class}` }));
  const result = await options.client.upload(content, facts, {
    onProgress,
    signal: options.signal,
    parallel: options.parallelParts,
    wait: options.wait,
    ...(store && { progress: store }),
  });
  return { path, bytes, class: facts.class, ...result };
};

/** The length of a file. */
export const lengthOf = async (path: string): Promise<number> => (await stat(path)).size;

/** Where unfinished uploads are remembered. */
export const progressDirectory = (env: NodeJS.ProcessEnv, home: string): string =>
  join(env['XDG_STATE_HOME'] || join(home, '.local', 'state'), 'mediakeep', 'uploads');
