import { cpus } from 'node:os';
import { retentionDecisions } from './decide-retention.ts';
import { decisions } from './decisions.ts';
import { ingestBenches } from './ingest.ts';
import { largeFileBenches } from './large-file.ts';
import type { Bench } from './measurement.ts';
import { measurementLines } from './measurement.ts';
import { packing } from './packing.ts';
import { rebuildDecisions, reconcile } from './reconcile.ts';
import { startup } from './startup.ts';
import { sweep } from './sweep.ts';
import { synthesis } from './synthesis.ts';

const benches: readonly Bench[] = [
  synthesis,
  startup,
  ...ingestBenches,
  ...largeFileBenches,
  decisions,
  reconcile,
  rebuildDecisions,
  retentionDecisions,
  sweep,
  packing,
];

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !benches.some((bench) => bench.name === name));
if (unknown !== undefined) {
  console.error(`There is no bench \`${unknown}\`; there are ${benches.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}

console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`);
for (const bench of benches.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
  console.log(`\n${bench.name}: ${bench.about}`);
  for (const line of measurementLines(await bench.run())) console.log(line);
}
