import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../local/synthesize.ts';
import { projectDir } from './child-platform.ts';
import type { Bench } from './measurement.ts';
import { atMost } from './measurement.ts';

/** Bundles and template, without the validator. */
export const synthesis: Bench = {
  name: 'synthesis',
  about: 'bundle all functions and synthesize the app, without validation',
  async run() {
    const outDir = mkdtempSync(join(tmpdir(), 'mediakeep-synthesis-'));
    const startedAt = performance.now();
    await synthesize({ projectDir, outDir: join(outDir, 'cdk.out') });
    const seconds = (performance.now() - startedAt) / 1000;
    rmSync(outDir, { recursive: true });
    return [{ what: 'bundle and synthesize', value: seconds, unit: 's', bound: atMost(3) }];
  },
};
