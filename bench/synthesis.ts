import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../local/synthesize.ts';
import { projectDir } from './child-process.ts';
import type { Bench } from './measurement.ts';
import { atMost } from './measurement.ts';

/** Bundles and template, without the validator. */
export const synthesis: Bench = {
  name: 'synthesis',
  about: 'the app without validation, each time in a fresh process',
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'mediakeep-synthesis-'));
    // Else what is there stays, because nothing has changed.
    rmSync(join(projectDir, 'dist', '.made-of'), { force: true });
    const both = await secondsOf(() => synthesize({ projectDir, outDir: join(folder, 'first') }));
    const alone = await secondsOf(async () => synthesizeAlone(join(folder, 'second')));
    rmSync(folder, { recursive: true });
    return [
      { what: 'synthesize, bundles being there', value: alone, unit: 's', bound: atMost(3) },
      { what: 'bundle all functions and synthesize', value: both, unit: 's' },
    ];
  },
};

const secondsOf = async (work: () => Promise<void>): Promise<number> => {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
};

const synthesizeAlone = (outDir: string): void => {
  const { context } = JSON.parse(readFileSync(join(projectDir, 'cdk.json'), 'utf8'));
  const env = {
    ...process.env,
    CDK_OUTDIR: outDir,
    CDK_VALIDATION: 'false',
    CDK_CONTEXT_JSON: JSON.stringify(context),
  };
  execFileSync(process.execPath, ['bin/mediakeep.ts'], { cwd: projectDir, env, stdio: 'ignore' });
};
