import { execFileSync } from 'node:child_process';
import { startChild } from './child-platform.ts';
import { projectDir } from './child-process.ts';
import type { Bench } from './measurement.ts';
import { atMost } from './measurement.ts';
import { residentBytes } from './processes.ts';

/** From the command to samples in the catalog. */
export const startup: Bench = {
  name: 'startup',
  about: 'npm start after installation: synthesize, run the template, catalogue the samples',
  async run() {
    // Installation makes the bundles.
    execFileSync(process.execPath, ['bin/build.ts'], { cwd: projectDir });
    await using platform = await startChild({ samples: true });
    return [
      { what: 'ready, samples catalogued', value: platform.readyMs / 1000, unit: 's', bound: atMost(10) },
      {
        what: 'resident memory of all processes',
        value: residentBytes(platform.pid) / 1e6,
        unit: 'MB',
        bound: atMost(600),
      },
    ];
  },
};
