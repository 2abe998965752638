import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Plugin } from 'esbuild';

/** What takes the place of SDK modules that no function needs, and why is said in each. */
export const sdkReplacements: Readonly<Record<string, string>> = {
  '@aws-sdk/credential-provider-node': './lambdas/shared/sdk/environment-credentials.ts',
  '@smithy/core/event-streams': './lambdas/shared/sdk/no-event-streams.ts',
  'mnemonist/lru-cache': './lambdas/shared/sdk/bounded-cache.ts',
};

/**
 * The SDK lists the shapes of all operations of a service in one module, as constants with computed property names. Those
 * keep esbuild from leaving out what nobody uses, because computing a name might have an effect. Here the names are plain
 * strings from the same file, so they are written in: for S3 12 KB stay of 68.
 */
export const unfoldSchemaNames: Plugin = {
  name: 'unfold-schema-names',
  setup: ({ onLoad }) => {
    onLoad({ filter: /dist-es\/(submodules\/[^/]+\/)?schemas\/schemas_\d+\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const names = new Map(
        [...source.matchAll(/^const (_\w+) = ("[^"]*");$/gm)].map(([, name = '', text = '']) => [name, text]),
      );
      const contents = source.replace(/\[(_\w+)\]:/g, (computed, name: string) => {
        const text = names.get(name);
        return text === undefined ? computed : `${text}:`;
      });
      return { contents, loader: 'js' };
    });
  },
};

const nativeHashes = resolve(import.meta.dirname, '../lambdas/shared/sdk/native-hashes-only.ts');

/** The SDK imports what it falls back to by relative paths, which no alias reaches. */
export const nativeHashesOnly: Plugin = {
  name: 'native-hashes-only',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\.\/((md5|sha1|sha256)\/)?(Md5|Sha1|Sha256)Js$/ }, () => ({
      path: nativeHashes,
    }));
  },
};

/** The SDK takes its version from its package.json and would take the whole file along. */
export const keepVersionOnly: Plugin = {
  name: 'keep-version-only',
  setup: ({ onLoad }) => {
    onLoad({ filter: /node_modules\/@(aws-sdk|smithy)\/[^/]+\/package\.json$/ }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};
