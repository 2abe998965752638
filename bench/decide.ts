import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { roleNames } from '../core/authorization/roles.ts';
import { quantile } from './measurement.ts';

const engine = resolve(import.meta.dirname, '../node_modules/@cedar-policy/cedar-wasm/web/cedar_wasm_bg.wasm');
const policies = process.argv[2];
if (policies === undefined) throw new Error('Say where the policies by operation lie.');
const files = { engine: pathToFileURL(engine), policies: pathToFileURL(policies) };

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
