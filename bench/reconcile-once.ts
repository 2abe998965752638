import { compareStreams } from '../core/compare/compare-streams.ts';
import type { CatalogEntry, VaultObject } from '../core/compare/pair.ts';
import { catalogLimits } from '../core/observe/write-all.ts';
import { days } from '../core/time.ts';
import { catalogPages, locate, vaultPages } from './generated-store.ts';

const count = Number(process.argv[2]);
let comparedMs = 0;
let peakBytes = 0;

/** Generating a store costs more than comparing it, so the clock stands still meanwhile. */
function* outsideOfTime<Page>(pages: Generator<Page>): Generator<Page> {
  for (;;) {
    const before = performance.now();
    const { done, value } = pages.next();
    comparedMs -= performance.now() - before;
    if (done === true) return;
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
    yield value;
  }
}

const sides = {
  vault: outsideOfTime<readonly VaultObject[]>(vaultPages(count)),
  catalog: outsideOfTime<readonly CatalogEntry[]>(catalogPages(count)),
};
const startedAt = performance.now();
let findings = 0;
for await (const page of compareStreams(sides, { now: Date.now() + days(1), locate, sizes: catalogLimits })) {
  findings += page.length;
}
comparedMs += performance.now() - startedAt;
process.stdout.write(JSON.stringify({ comparedMs, findings, peakMiB: peakBytes / 1024 ** 2 }));
