import { spawnSync } from 'node:child_process';
import * as z from 'zod';
import { decide, faultEvery, generatedObject } from './generated-store.ts';
import type { Bench } from './measurement.ts';
import { atLeast, atMost } from './measurement.ts';

const Once = z.object({ comparedMs: z.number(), findings: z.number(), peakMiB: z.number() });

/** A process of its own for each size, so that the memory of one says nothing of another. */
const compare = (count: number): z.infer<typeof Once> => {
  const script = new URL('reconcile-once.ts', import.meta.url).pathname;
  const { stdout } = spawnSync(process.execPath, [script, String(count)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const once = Once.parse(JSON.parse(stdout));
  if (once.findings !== count / faultEvery) {
    throw new Error(`${count / faultEvery} of ${count} rows are wrong; ${once.findings} were found.`);
  }
  return once;
};

/** The comparison of vault and catalog, reading left out. */
export const reconcile: Bench = {
  name: 'reconcile',
  about: 'compare a listing with the rows of its assets and all that stands beside them; generating is not counted',
  async run() {
    const [small, large] = [compare(100_000), compare(1_000_000)];
    return [
      { what: '1,000,000 assets', value: large.comparedMs / 1000, unit: 's', bound: atMost(20) },
      {
        what: '1,000,000 as against 100,000',
        value: large.comparedMs / small.comparedMs,
        unit: '×',
        bound: atMost(11),
      },
      { what: 'memory at most, 100,000 assets', value: small.peakMiB, unit: 'MiB' },
      {
        what: 'memory at most, 1,000,000 assets',
        value: large.peakMiB,
        unit: 'MiB',
        bound: atMost(small.peakMiB * 1.3),
      },
    ];
  },
};

const decisions = 100_000;

/** What a rebuild decides for each object: its rows, from a HEAD and the list of its versions. */
export const rebuildDecisions: Bench = {
  name: 'rebuild',
  about: 'make the rows of an object from what S3 says of it, on one core; listing and HEADs are not counted',
  async run() {
    const objects = Array.from({ length: 10_000 }, (_, number) => generatedObject(number));
    for (const object of objects) decide(object);
    const startedAt = process.cpuUsage();
    for (let done = 0; done < decisions; done += objects.length) for (const object of objects) decide(object);
    const { user, system } = process.cpuUsage(startedAt);
    const seconds = (user + system) / 1e6;
    return [{ what: 'objects', value: decisions / seconds, unit: '/s', bound: atLeast(20_000) }];
  },
};
