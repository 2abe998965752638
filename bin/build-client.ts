import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** What the client needs of the packages that the whole project has. */
const needed = ['zod', '@noble/hashes'];

/**
 * Compiles the client into a package of its own, plain JavaScript with types, for projects elsewhere:
 * `npm install ../mediakeep/build/client-package`.
 */
export const buildClientPackage = (target: string): void => {
  rmSync(target, { recursive: true, force: true });
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const options = ['-p', join(root, 'tsconfig.client.json'), '--outDir', target];
  execFileSync(process.execPath, [compiler, ...options], { stdio: 'inherit' });
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(manifest(), undefined, 2)}\n`);
  copyFileSync(join(root, 'LICENSE'), join(target, 'LICENSE'));
};

const manifest = (): unknown => {
  const { name, version, license, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return {
    name,
    version,
    license,
    type: 'module',
    engines: { node: '>=20.19' },
    exports: { './client': entry('client/index'), './client/node': entry('client/node/index') },
    dependencies: Object.fromEntries(needed.map((dependency) => [dependency, dependencies[dependency]])),
  };
};

const entry = (path: string) => ({ types: `./${path}.d.ts`, default: `./${path}.js` });

if (import.meta.main) buildClientPackage(join(root, 'build', 'client-package'));
