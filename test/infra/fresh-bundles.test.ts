import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freshBundles } from '../../bin/fresh-bundles.ts';

let root: string;
let builds: number;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mediakeep-fresh-'));
  builds = 0;
  for (const file of ['lambdas/api/handler.ts', 'core/rule.ts', 'policies/one.cedar']) save(file, file);
});
afterEach(() => rmSync(root, { recursive: true }));

/** As it was saved a minute ago. */
const save = (file: string, text: string, savedMs = Date.now() - 60_000): void => {
  const path = join(root, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  utimesSync(path, savedMs / 1000, savedMs / 1000);
};

const bundle = 'dist/api/index.mjs';
const inputs = ['lambdas/api/handler.ts', 'core/rule.ts'];

const refresh = async (duringBuild: () => void = () => {}): Promise<void> =>
  await freshBundles({
    root,
    dist: join(root, 'dist'),
    build: async () => {
      builds += 1;
      save(bundle, inputs.map((file) => readFileSync(join(root, file), 'utf8')).join());
      duringBuild();
      return { inputs, outputs: [join(root, bundle)] };
    },
  });

describe('bundles', () => {
  it('are built once for the same files, whenever those were saved', async () => {
    await refresh();
    save('core/rule.ts', 'core/rule.ts', Date.now());
    await refresh();

    expect(builds).toBe(1);
  });

  it.each([
    ['a file that is in them', 'core/rule.ts'],
    ['the handler of another function', 'lambdas/intake/handler.ts'],
    ['a policy', 'policies/one.cedar'],
    ['another policy', 'policies/two.cedar'],
    ['what builds them', 'bin/build.ts'],
    ['the versions that are installed', 'node_modules/.package-lock.json'],
    ['a bundle', bundle],
  ])('are built again after a change of %s', async (_, file) => {
    await refresh();
    save(file, 'changed');
    await refresh();
    await refresh();

    expect(builds).toBe(2);
    expect(readFileSync(join(root, bundle), 'utf8')).toBe(
      inputs.map((input) => readFileSync(join(root, input), 'utf8')).join(),
    );
  });

  it.each([bundle, 'policies/one.cedar', 'dist/.made-of'])('are built again when %s is gone', async (file) => {
    await refresh();
    rmSync(join(root, file));
    await refresh();

    expect(builds).toBe(2);
  });

  it('are built again when a file was saved while it was read', async () => {
    await refresh(() => save('core/rule.ts', 'saved late', Date.now() + 1000));
    await refresh();

    expect(builds).toBe(2);
  });

  it('are built again after a build that failed', async () => {
    await refresh();
    save('core/rule.ts', 'changed');
    await expect(refresh(() => expect.fail('the build ends here'))).rejects.toThrow('the build ends here');
    save('core/rule.ts', 'core/rule.ts');
    await refresh();

    expect(builds).toBe(3);
  });
});
