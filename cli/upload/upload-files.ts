import { join } from 'node:path';
import type { Mediakeep, UploadEvent, UploadFacts } from '../../client/index.ts';
import { fileProgressStore, openFile, removeOldProgress } from '../../client/node/index.ts';
import { forEachParallel } from '../../client/parallel.ts';
import type { Failure } from '../failure.ts';
import { describeFailure } from '../failure.ts';
import type { FoundFile } from './find-files.ts';
import type { ProgressDisplay } from './progress-display.ts';

/** A file with what is said of it. */
export interface PlannedFile extends FoundFile {
  readonly bytes: number;
  readonly facts: UploadFacts;
}

/** How one file's upload ended. */
export interface FileResult {
  readonly path: string;
  readonly bytes: number;
  readonly class?: string;
  readonly state: 'stored' | 'duplicate' | 'landed' | 'expected' | 'failed';
  readonly assetId?: string;
  readonly uploadId?: string;
  readonly failure?: Failure;
}

export interface UploadFilesOptions {
  readonly client: Mediakeep;
  readonly display: ProgressDisplay;
  readonly parallelFiles: number;
  readonly wait: boolean;
  readonly signal: AbortSignal;
  /** Where unfinished uploads are remembered; undefined to begin anew. */
  readonly progressDirectory: string | undefined;
  /** Makes an upload of the same file to another deployment or tenant another upload. */
  readonly target: readonly string[];
  readonly onResult: (result: FileResult) => void;
}

/** Uploads several files at once; one that fails does not stop the rest, an interruption stops all. */
export const uploadFiles = async (files: readonly PlannedFile[], options: UploadFilesOptions): Promise<void> => {
  if (options.progressDirectory !== undefined) await removeOldProgress(options.progressDirectory, Date.now());
  await forEachParallel(files, options.parallelFiles, async (file) => {
    options.signal.throwIfAborted();
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
export const failedFile = (
  { path, bytes, facts }: Pick<PlannedFile, 'path' | 'bytes'> & Partial<Pick<PlannedFile, 'facts'>>,
  error: unknown,
): FileResult => ({
  path,
  bytes,
  ...(facts && { class: facts.class }),
  state: 'failed',
  failure: describeFailure(error),
});

const uploadFile = async (
  { path, facts, bytes }: PlannedFile,
  { client, progressDirectory, target, signal, wait }: UploadFilesOptions,
  onProgress: (event: UploadEvent) => void,
): Promise<FileResult> => {
  await using content = await openFile(path);
  const purpose = [target, facts];
  const progress = progressDirectory && (await fileProgressStore(progressDirectory, { path, purpose }));
  const result = await client.upload(content, facts, { onProgress, signal, wait, ...(progress && { progress }) });
  return { path, bytes, class: facts.class, ...result };
};

/** Where unfinished uploads are remembered. */
export const progressDirectory = (env: NodeJS.ProcessEnv, home: string): string =>
  join(env['XDG_STATE_HOME'] || join(env['HOME'] || home, '.local', 'state'), 'mediakeep', 'uploads');
