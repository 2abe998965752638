import { resolve } from 'node:path';
import { freshBundles } from './fresh-bundles.ts';

const root = resolve(import.meta.dirname, '..');
const dist = resolve(root, 'dist');
const build = async (): ReturnType<typeof import('./build.ts').buildBundles> =>
  await (await import('./build.ts')).buildBundles(dist);

/** Both in one process: the bundler is a program of its own, and while it works the CDK is loaded. */
await Promise.all([freshBundles({ root, dist, build }), import('aws-cdk-lib'), import('../lib/stacks/service.ts')]);
await import('./mediakeep.ts');
