import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where the app's source stands and where its cloud assembly goes. */
export interface SynthesizeOptions {
  /** The project's folder, with `cdk.json` and `bin/`. */
  readonly projectDir: string;
  /** Receives the cloud assembly. */
  readonly outDir: string;
  /** Further context values, as `cdk -c key=value` gives them. */
  readonly context?: Readonly<Record<string, string>>;
}

/**
 * Bundles the functions and synthesizes the app in a process of its own, so that none of the CDK's memory stays.
 * Throws an Error with what the process printed.
 */
export const synthesize = async ({ projectDir, outDir, context }: SynthesizeOptions): Promise<void> => {
  const cdkJson = JSON.parse(readFileSync(join(projectDir, 'cdk.json'), 'utf8'));
  await runScript(projectDir, ['bin/bundle-and-synthesize.ts'], {
    CDK_OUTDIR: outDir,
    CDK_VALIDATION: 'false',
    CDK_CONTEXT_JSON: JSON.stringify({ ...cdkJson.context, ...context }),
  });
};

const runScript = async (cwd: string, args: string[], env: Record<string, string>): Promise<void> => {
  try {
    await run(process.execPath, args, { cwd, env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    throw new Error(`\`node ${args.join(' ')}\` failed:\n${output.trim()}`, { cause: error });
  }
};
