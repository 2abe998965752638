import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import type { ClassItem } from '../../core/schemas/class.ts';
import type { Description } from './describe-files.ts';
import { describeFile } from './describe-files.ts';
import type { FindOptions, FoundFile } from './find-files.ts';
import { findFiles } from './find-files.ts';
import type { FileResult, PlannedFile } from './upload-files.ts';
import { failedFile } from './upload-files.ts';

/** What will be uploaded, and what cannot be, with the reason. */
export interface UploadPlan {
  readonly planned: readonly PlannedFile[];
  readonly failed: readonly FileResult[];
}

/** Finds and describes all files; what is wrong with one is told of it and does not stop the rest. */
export const planFiles = async (
  paths: readonly string[],
  options: FindOptions,
  { description, classes }: { description: Description; classes: ReadonlyMap<string, ClassItem> },
): Promise<UploadPlan> => {
  const { files, missing } = await findFiles(paths, options);
  const planned: PlannedFile[] = [];
  const failed = missing.map(({ path, error }) => failedFile({ path, bytes: 0 }, error));
  for (const file of files) {
    let bytes = 0;
    try {
      bytes = await readableLength(file);
      planned.push({ ...file, bytes, facts: describeFile({ ...file, bytes }, description, classes) });
    } catch (error) {
      failed.push(failedFile({ path: file.path, bytes }, error));
    }
  }
  return { planned, failed };
};

const readableLength = async ({ path }: FoundFile): Promise<number> => {
  const { size } = await stat(path);
  await access(path, constants.R_OK);
  return size;
};
