import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cedarEngine, readPolicies, slicePolicies } from '../../bin/slice-policies.ts';
import { loadPermissions, type Permits } from '../../lambdas/api/permissions.ts';

/** A text of the folder `policies/`. */
export const policyText = (name: string): string =>
  readFileSync(resolve(import.meta.dirname, '../../policies', name), 'utf8');

/** The policies as they are written. */
export const allPolicies = readPolicies();

/** Loads what a function would find beside its bundle. */
export const loadSlices = (slices: unknown): Permits => {
  const folder = mkdtempSync(join(tmpdir(), 'mediakeep-policies-'));
  const file = join(folder, 'policies.json');
  writeFileSync(file, JSON.stringify(slices));
  try {
    return loadPermissions({ engine: pathToFileURL(cedarEngine), policies: pathToFileURL(file) });
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** The real policies, loaded once for a test file. */
export const permits = loadSlices(slicePolicies(allPolicies));
