import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildClientPackage } from '../../bin/build-client.ts';

const installed = resolve(import.meta.dirname, '..', '..', 'node_modules');
let project: string;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'mediakeep-consumer-'));
  const modules = join(project, 'node_modules');
  mkdirSync(join(modules, '@noble'), { recursive: true });
  buildClientPackage(join(modules, 'mediakeep'));
  for (const name of ['zod', '@noble/hashes']) symlinkSync(join(installed, name), join(modules, name));
});
afterAll(() => rmSync(project, { recursive: true }));

describe('the client as a package of its own', () => {
  it('is plain JavaScript that another project imports', () => {
    const script = join(project, 'use.mjs');
    writeFileSync(
      script,
      "import { Mediakeep } from 'mediakeep/client'; import { openFile } from 'mediakeep/client/node'; console.log(typeof Mediakeep, typeof openFile);",
    );

    expect(execFileSync(process.execPath, ['--no-experimental-strip-types', script], { encoding: 'utf8' })).toBe(
      'function function\n',
    );
  });

  it('brings its types along', () => {
    const script = join(project, 'use.ts');
    writeFileSync(
      script,
      "import { Mediakeep } from 'mediakeep/client';\nexport const id: number = new Mediakeep({ api: '', token: () => '' });\n",
    );
    const compile = () =>
      execFileSync(
        process.execPath,
        [
          join(installed, 'typescript/bin/tsc'),
          '--ignoreConfig',
          '--noEmit',
          '--module',
          'nodenext',
          '--lib',
          'es2024,dom,dom.iterable,esnext',
          '--types',
          '',
          script,
        ],
        { encoding: 'utf8', stdio: 'pipe' },
      );

    expect(compile).toThrow(
      expect.objectContaining({
        stdout: expect.stringContaining("Type 'Mediakeep' is not assignable to type 'number'"),
      }),
    );
  });
});
