import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';

const folder = resolve(import.meta.dirname, '..', '..', 'samples');

const Wrong = z.object({
  file: z.string(),
  dataClass: z.string(),
  contentType: z.string(),
  reason: z.string(),
});

/** The files that intake must refuse, with the reason for each. */
export const wrongSamples = z
  .object({ wrong: z.array(Wrong) })
  .parse(JSON.parse(readFileSync(resolve(folder, 'index.json'), 'utf8'))).wrong;

/** The bytes of a sample. */
export const sampleBytes = (file: string): Uint8Array => readFileSync(resolve(folder, file));
