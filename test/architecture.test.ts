import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { globSync } from 'tinyglobby';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** Who may import whom: folder → project folders, and the packages that it may take from outside. */
const rules: Record<string, { folders: string[]; packages: RegExp }> = {
  bin: { folders: ['bin', 'lib', 'config'], packages: /^(aws-cdk-lib|cdk-nag|esbuild|@cedar-policy|node:.*)(\/|$)/ },
  config: { folders: ['config', 'core'], packages: /^zod$/ },
  core: { folders: ['core'], packages: /^(zod|ulid|node:(crypto|zlib))$/ },
  lib: {
    folders: ['lib', 'config', 'core'],
    packages: /^(aws-cdk-lib|constructs|cdk-nag|node:(fs|path|url|crypto))(\/|$)/,
  },
  lambdas: { folders: ['core', 'config'], packages: /./ },
  client: { folders: ['client', 'core'], packages: /^(zod|@noble\/hashes\/.*|node:.*)$/ },
  cli: { folders: ['cli', 'client', 'core', 'local'], packages: /./ },
  local: { folders: ['local', 'core'], packages: /^(?!@cloud-copilot|aws-cdk-lib)/ },
};

const sourceFiles = globSync(
  Object.keys(rules).map((folder) => `${folder}/**/*.{ts,tsx,mts}`),
  { cwd: root },
);

/** Also what no rule of imports holds for. */
const allFiles = globSync(
  [...Object.keys(rules), 'test', 'bench', 'samples'].map((folder) => `${folder}/**/*.{ts,tsx,mts}`),
  {
    cwd: root,
  },
);

/** Files that may be longer than the rest, each with its reason. */
const longFiles: Readonly<Record<string, string>> = {
  'test/platform/tampering.test.ts': 'all that the API signs is tried on one platform, which takes seconds to start',
  'test/catalog/consume.test.ts': 'all that one call of the catalog function may hear is tried on one table',
  'test/intake/intake-object.test.ts': 'every outcome of one object, in one world',
};

const importsOf = (file: string): string[] => {
  const text = readFileSync(resolve(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const matches = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s(?:[^'";]*?\sfrom\s*)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]/g,
  );
  return [...matches].map((match) => match[1] ?? match[2] ?? '');
};

const mayImportFolder = (file: string, target: string): boolean => {
  const [folder = '', part = ''] = file.split('/');
  const [targetFolder = '', targetPart = ''] = target.split('/');
  if (folder === 'lambdas' && targetFolder === 'lambdas') return targetPart === part || targetPart === 'shared';
  return rules[folder]?.folders.includes(targetFolder) ?? false;
};

const mayImport = (file: string, specifier: string): boolean => {
  if (specifier.startsWith('.')) return mayImportFolder(file, relative(root, resolve(root, dirname(file), specifier)));
  const name = builtinModules.includes(specifier) ? `node:${specifier}` : specifier;
  return rules[file.split('/')[0] ?? '']?.packages.test(name) ?? false;
};

describe('imports point one way', () => {
  it.each(Object.keys(rules))('%s imports only what its job allows', (folder) => {
    const violations = sourceFiles
      .filter((file) => file.startsWith(`${folder}/`))
      .flatMap((file) => importsOf(file).map((specifier) => ({ file, specifier })))
      .filter(({ file, specifier }) => !mayImport(file, specifier))
      .map(({ file, specifier }) => `${file} imports ${specifier}`);

    expect(violations).toEqual([]);
  });

  it('tells an allowed import from a forbidden one', () => {
    expect(mayImport('core/facts.ts', '../lambdas/shared/logger.ts')).toBe(false);
    expect(mayImport('core/facts.ts', 'node:fs')).toBe(false);
    expect(mayImport('lambdas/api/handler.ts', '../intake/handler.ts')).toBe(false);
    expect(mayImport('lambdas/api/handler.ts', '../shared/logger.ts')).toBe(true);
    expect(mayImport('local/iam/evaluate.ts', '@cloud-copilot/iam-simulate')).toBe(false);
    expect(mayImport('client/upload.ts', '@aws-sdk/client-s3')).toBe(false);
  });

  it('keeps core free of input and output', () => {
    const offenders = sourceFiles
      .filter((file) => file.startsWith('core/'))
      .filter((file) => /\b(process\.|console\.|fetch\()/.test(readFileSync(resolve(root, file), 'utf8')));

    expect(offenders).toEqual([]);
  });
});

describe('files stay readable', () => {
  it('holds no file past 300 lines, and none of the longer ones that are named past 400', () => {
    const long = allFiles
      .map((file) => ({ file, lines: readFileSync(resolve(root, file), 'utf8').split('\n').length - 1 }))
      .filter(({ file, lines }) => lines > (file in longFiles ? 400 : 300))
      .map(({ file, lines }) => `${file}: ${lines} lines`);

    expect(long).toEqual([]);
  });

  it('names every file in kebab-case and after its topic', () => {
    const misnamed = allFiles.filter((file) => {
      const name = file.split('/').at(-1) ?? '';
      return (
        !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*\.(ts|tsx|mts)$/.test(name) || /^(utils?|helpers?|common)\./.test(name)
      );
    });

    expect(misnamed).toEqual([]);
  });
});
