import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { synthesize } from '../../local/synthesize.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The cloud assembly of the default deployment, with the functions' bundles. */
    readonly assemblyDir: string;
    /** What Node compiled of these bundles, for all platforms of a run. */
    readonly compileCacheDir: string;
  }
}

/** Bundles the functions and synthesizes the app once for all tests that run the platform. */
export default async (project: TestProject): Promise<() => void> => {
  const folder = mkdtempSync(join(tmpdir(), 'mediakeep-assembly-'));
  const outDir = join(folder, 'cdk.out');
  await synthesize({ projectDir: resolve(import.meta.dirname, '..', '..'), outDir });
  project.provide('assemblyDir', outDir);
  project.provide('compileCacheDir', join(folder, 'compile-cache'));
  return () => rmSync(folder, { recursive: true });
};
