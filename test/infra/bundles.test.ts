import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildBundles } from '../../bin/build.ts';

const budget: Record<string, number> = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../bin/bundle-budget.json'), 'utf8'),
);
const dist = mkdtempSync(join(tmpdir(), 'mediakeep-dist-'));
const again = mkdtempSync(join(tmpdir(), 'mediakeep-dist-'));

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

beforeAll(async () => {
  await buildBundles(dist);
  await buildBundles(again);
});

describe('the bundles', () => {
  it('are exactly those with a budget', () => {
    expect(
      readdirSync(dist)
        .filter((name) => name !== 'maps')
        .sort(),
    ).toEqual(Object.keys(budget).sort());
  });

  it.each(Object.entries(budget))('%s stays within %d bytes', (name, mostBytes) => {
    expect(statSync(join(dist, name, 'index.mjs')).size).toBeLessThanOrEqual(mostBytes);
  });

  it('keep their source maps aside', () => {
    expect(filesOf(dist).filter((file) => file.endsWith('.map'))).toEqual(
      Object.keys(budget).map((name) => join('maps', `${name}.mjs.map`)),
    );
  });

  it('hold the policies and the engine that the API reads', () => {
    expect(readdirSync(join(dist, 'api')).sort()).toEqual(['cedar_wasm_bg.wasm', 'index.mjs', 'policies.json']);
  });

  it('are the same bytes each time', () => {
    expect(filesOf(again)).toEqual(filesOf(dist));
    for (const file of filesOf(dist))
      expect(readFileSync(join(again, file)).equals(readFileSync(join(dist, file))), file).toBe(true);
  });

  it('name no path of the machine that built them', () => {
    const root = resolve(import.meta.dirname, '../..');

    for (const file of filesOf(dist).filter((name) => name.endsWith('.mjs'))) {
      expect(readFileSync(join(dist, file), 'utf8').includes(root), file).toBe(false);
    }
  });

  it('start where the environment is complete and say what is missing where it is not', async () => {
    await expect(import(pathToFileURL(join(dist, 'undelete', 'index.mjs')).href)).rejects.toThrow('VAULT_BUCKET');
  });
});
