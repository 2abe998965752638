import { compareStreams } from '../core/compare/compare-streams.ts';
import type { CatalogEntry, VaultObject } from '../core/compare/pair.ts';
import { catalogLimits } from '../core/observe/write-all.ts';
import { days } from '../core/time.ts';
import { catalogPages, locate, vaultPages } from './generated-store.ts';

/** What the wall's clock and this thread's processor have counted so far, in milliseconds. */
const reading = (): { readonly wallMs: number; readonly cpuMs: number } => {
  const { user, system } = process.threadCpuUsage();
  return { wallMs: performance.now(), cpuMs: (user + system) / 1000 };
};

const count = Number(process.argv[2]);
const startedAt = reading();
const generating = { wallMs: 0, cpuMs: 0 };
let peakBytes = 0;

/** Generating a store costs more than comparing it, so both clocks stand still meanwhile. */
function* outsideOfTime<Page>(pages: Generator<Page>): Generator<Page> {
  for (;;) {
    const before = reading();
    const { done, value } = pages.next();
    const after = reading();
    generating.wallMs += after.wallMs - before.wallMs;
    generating.cpuMs += after.cpuMs - before.cpuMs;
    if (done === true) return;
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
    yield value;
  }
}

const sides = {
  vault: outsideOfTime<readonly VaultObject[]>(vaultPages(count)),
  catalog: outsideOfTime<readonly CatalogEntry[]>(catalogPages(count)),
};
let findings = 0;
for await (const page of compareStreams(sides, { now: Date.now() + days(1), locate, sizes: catalogLimits })) {
  findings += page.length;
}
const endedAt = reading();
const comparedMs = endedAt.wallMs - startedAt.wallMs - generating.wallMs;
const cpuMs = endedAt.cpuMs - startedAt.cpuMs - generating.cpuMs;
process.stdout.write(JSON.stringify({ comparedMs, cpuMs, findings, peakMiB: peakBytes / 1024 ** 2 }));
