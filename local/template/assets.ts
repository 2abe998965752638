import { resolve } from 'node:path';
import type { JsonRecord } from './json.ts';
import { recordAt, textAt } from './json.ts';

/** Reads asset manifests: where the directory or file of each asset lies, by `{bucket}/{key}`. */
export const readAssets = (assemblyDir: string, manifests: readonly JsonRecord[]): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const manifest of manifests) {
    for (const [id, value] of Object.entries(recordAt(manifest['files'], 'files'))) {
      const file = recordAt(value, id);
      const source = recordAt(file['source'], `${id}.source`);
      // An asset that a command makes has no path; whoever uses it is told that it is not there.
      if (source['path'] === undefined) continue;
      const path = resolve(assemblyDir, textAt(source['path'], `${id}.source.path`));
      for (const destination of Object.values(recordAt(file['destinations'], `${id}.destinations`))) {
        const { bucketName, objectKey } = recordAt(destination, id);
        found.set(assetName(textAt(bucketName, id), textAt(objectKey, id)), path);
      }
    }
  }
  return found;
};

/** The name under which a template finds an asset. */
export const assetName = (bucket: string, key: string): string => `${bucket}/${key}`;
