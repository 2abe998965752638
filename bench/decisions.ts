import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { readPolicies, slicePolicies } from '../bin/slice-policies.ts';
import type { Bench } from './measurement.ts';
import { atMost } from './measurement.ts';

const Timing = z.object({ firstMs: z.number(), laterUs: z.number() });

/** The policies in a fresh process, since what is loaded once is not loaded again. */
export const decisions: Bench = {
  name: 'decisions',
  about: 'Cedar: load, first decision, later decisions that were not asked before',
  async run() {
    const script = new URL('decide.ts', import.meta.url).pathname;
    const folder = mkdtempSync(join(tmpdir(), 'mediakeep-bench-'));
    const policies = join(folder, 'policies.json');
    writeFileSync(policies, JSON.stringify(slicePolicies(readPolicies())));
    const { stdout } = spawnSync(process.execPath, [script, policies], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    rmSync(folder, { recursive: true });
    const { firstMs, laterUs } = Timing.parse(JSON.parse(stdout));
    return [
      { what: 'load and first decision', value: firstMs, unit: 'ms', bound: atMost(120) },
      { what: 'a later decision, half of all', value: laterUs, unit: 'µs', bound: atMost(300) },
    ];
  },
};
