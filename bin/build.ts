import { globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { build } from 'esbuild';
import { keepVersionOnly, nativeHashesOnly, sdkReplacements, unfoldSchemaNames } from './bundle-plugins.ts';
import { type BuildOutcome, freshBundles } from './fresh-bundles.ts';
import { cedarEngine, readPolicies, slicePolicies } from './slice-policies.ts';

const root = resolve(import.meta.dirname, '..');

/** Files that a function reads at run time, beside its bundle. */
const assets: Readonly<Record<string, Readonly<Record<string, () => Uint8Array>>>> = {
  api: {
    'cedar_wasm_bg.wasm': () => readFileSync(cedarEngine),
    'policies.json': () => Buffer.from(JSON.stringify(slicePolicies(readPolicies()))),
  },
};

/** What CommonJS packages find missing in an ES module. */
const banner = [
  "import { createRequire as createRequireOfBundle } from 'node:module';",
  'const require = createRequireOfBundle(import.meta.url);',
].join('');

/**
 * Bundles every function into a folder of its own and puts the source maps aside; the same sources give the same bytes. Each
 * file takes its place at once, so that a synthesis or another build beside this one never sees half of it.
 */
export const buildBundles = async (dist: string): Promise<BuildOutcome> => {
  const functions = globSync('lambdas/*/handler.ts', { cwd: root })
    .map((handler) => basename(dirname(handler)))
    .sort();
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: functions.map((name) => ({ in: `lambdas/${name}/handler.ts`, out: `${name}/index` })),
    outdir: dist,
    outExtension: { '.js': '.mjs' },
    write: false,
    metafile: true,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    alias: { ...sdkReplacements },
    plugins: [unfoldSchemaNames, keepVersionOnly, nativeHashesOnly],
    sourcemap: 'external',
    sourcesContent: false,
    legalComments: 'none',
    banner: { js: banner },
    logLevel: 'warning',
  });
  const bundles = outputFiles.map(({ path, contents }) => ({ path: place(dist, path), contents }));
  const besides = functions.flatMap((name) =>
    Object.entries(assets[name] ?? {}).map(([file, contents]) => ({
      path: join(dist, name, file),
      contents: contents(),
    })),
  );
  const files = [...bundles, ...besides];
  for (const { path, contents } of files) replaceFile(path, contents);
  removeOthers(dist, new Set(files.map(({ path }) => path)));
  return {
    inputs: [...Object.keys(metafile.inputs), relative(root, cedarEngine)],
    outputs: files.map(({ path }) => path),
  };
};

/** `api/index.mjs.map` → `maps/api.mjs.map`: what is deployed is the folder without the map. */
const place = (dist: string, path: string): string =>
  path.endsWith('.map') ? join(dist, 'maps', `${basename(dirname(path))}.mjs.map`) : path;

const replaceFile = (path: string, contents: Uint8Array): void => {
  mkdirSync(dirname(path), { recursive: true });
  const written = join(dirname(dirname(path)), `.${basename(dirname(path))}-${basename(path)}.${process.pid}`);
  writeFileSync(written, contents);
  renameSync(written, path);
};

/** What an earlier build left behind would be deployed with the rest. */
const removeOthers = (dist: string, kept: ReadonlySet<string>): void => {
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const belongs = kept.has(path) || [...kept].some((file) => file.startsWith(`${path}${sep}`));
    if (!belongs && !entry.name.startsWith('.')) rmSync(path, { recursive: true, force: true });
  }
};

if (import.meta.main) await freshBundles({ root, dist: join(root, 'dist'), build: buildBundles });
