import { resolve } from 'node:path';
import { buildBundles } from './build.ts';

/** Both in one process: the bundler is a program of its own, and while it works the CDK is loaded. */
await Promise.all([
  buildBundles(resolve(import.meta.dirname, '..', 'dist')),
  import('aws-cdk-lib'),
  import('../lib/stacks/service.ts'),
]);
await import('./mediakeep.ts');
