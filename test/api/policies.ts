import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadPermissions } from '../../lambdas/api/permissions.ts';

const root = resolve(import.meta.dirname, '../..');
const file = (path: string): URL => pathToFileURL(resolve(root, path));

export const policyFiles = {
  engine: file('node_modules/@cedar-policy/cedar-wasm/web/cedar_wasm_bg.wasm'),
  policies: [file('policies/roles.cedar'), file('policies/boundaries.cedar')],
};

/** The real policies, loaded once for a test file. */
export const permits = loadPermissions(policyFiles);
