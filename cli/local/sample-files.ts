import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import type { UploadFacts } from '../../client/index.ts';

const Sample = z.object({
  file: z.string(),
  title: z.string(),
  dataClass: z.string(),
  contentType: z.string(),
  subject: z.string().optional(),
  case: z.string().optional(),
  attributes: z.record(z.string(), z.unknown()),
});

/** A sample recording, picture or text with what is said of it. */
export interface SampleFile {
  readonly title: string;
  readonly path: string;
  readonly facts: UploadFacts;
}

const folder = new URL('../../samples/', import.meta.url);

/** The samples that come with the project. */
export const readSamples = (): SampleFile[] => {
  const { good } = z
    .object({ good: z.array(Sample) })
    .parse(JSON.parse(readFileSync(new URL('index.json', folder), 'utf8')));
  return good.map(({ file, title, dataClass, ...facts }) => ({
    title,
    path: fileURLToPath(new URL(file, folder)),
    facts: { ...facts, class: dataClass, filename: file },
  }));
};
