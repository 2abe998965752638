import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectDir } from './child-process.ts';

/** As after installation: nothing is known of the bundles that are there, so all are made anew. */
export const forgetBundles = (): void => rmSync(join(projectDir, 'dist', '.made-of'), { force: true });
