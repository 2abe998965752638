import { copyFileSync, globSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { keepVersionOnly, sdkReplacements, unfoldSchemaNames } from './bundle-plugins.ts';

const root = resolve(import.meta.dirname, '..');

/** Files that a function reads at run time, beside its bundle. */
const assets: Readonly<Record<string, readonly string[]>> = {
  api: [
    'node_modules/@cedar-policy/cedar-wasm/web/cedar_wasm_bg.wasm',
    'policies/roles.cedar',
    'policies/boundaries.cedar',
  ],
};

/** What CommonJS packages find missing in an ES module. */
const banner = [
  "import { createRequire as createRequireOfBundle } from 'node:module';",
  'const require = createRequireOfBundle(import.meta.url);',
].join('');

/** Bundles every function into a folder of its own and puts the source maps aside; the same sources give the same bytes. */
export const buildBundles = async (dist: string): Promise<void> => {
  const functions = globSync('lambdas/*/handler.ts', { cwd: root })
    .map((handler) => basename(dirname(handler)))
    .sort();
  rmSync(dist, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: functions.map((name) => ({ in: `lambdas/${name}/handler.ts`, out: `${name}/index` })),
    outdir: dist,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    alias: { ...sdkReplacements },
    plugins: [unfoldSchemaNames, keepVersionOnly],
    sourcemap: 'external',
    sourcesContent: false,
    legalComments: 'none',
    banner: { js: banner },
    logLevel: 'warning',
  });
  mkdirSync(join(dist, 'maps'));
  for (const name of functions) {
    renameSync(join(dist, name, 'index.mjs.map'), join(dist, 'maps', `${name}.mjs.map`));
    for (const asset of assets[name] ?? []) copyFileSync(join(root, asset), join(dist, name, basename(asset)));
  }
};

if (import.meta.main) await buildBundles(join(root, 'dist'));
