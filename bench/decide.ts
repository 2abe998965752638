import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { roleNames } from '../core/authorization/roles.ts';
import { quantile } from './measurement.ts';

const root = resolve(import.meta.dirname, '..');
const url = (path: string): URL => pathToFileURL(resolve(root, path));
const files = {
  engine: url('node_modules/@cedar-policy/cedar-wasm/web/cedar_wasm_bg.wasm'),
  policies: readdirSync(resolve(root, 'policies'))
    .filter((name) => name.endsWith('.cedar'))
    .map((name) => url(`policies/${name}`)),
};

const startedAt = performance.now();
const { loadPermissions } = await import('../lambdas/api/permissions.ts');
const permits = loadPermissions(files);
const decide = (count: number): boolean => {
  const role = roleNames[count % roleNames.length] ?? 'viewer';
  const subject = { principal: `principal-${count}`, tenant: 'acme', roles: [role], devices: [] };
  return permits(subject, 'getAsset', { type: 'Asset', tenant: count % 2 ? 'acme' : 'globex', uploader: 'somebody' });
};
decide(0);
const firstMs = performance.now() - startedAt;

const later = Array.from({ length: 5000 }, (_, count) => {
  const before = performance.now();
  decide(count + 1);
  return (performance.now() - before) * 1000;
});
process.stdout.write(JSON.stringify({ firstMs, laterUs: quantile(later, 0.5) }));
