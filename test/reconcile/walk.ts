import { landingPage } from '../../lambdas/reconcile/landing-pass.ts';
import { firstList, listsPage } from '../../lambdas/reconcile/lists-pass.ts';
import { firstPacks, packsPage } from '../../lambdas/reconcile/packs-pass.ts';
import type { ReconcileDeps } from '../../lambdas/reconcile/ports.ts';
import { addRebuilds, emptyRebuild, rebuildPage } from '../../lambdas/reconcile/rebuild-page.ts';
import { landingPrefixesOf, type Scope, vaultPrefixes } from '../../lambdas/reconcile/scope.ts';
import { checksumPage, firstChecksum, handOver } from '../../lambdas/reconcile/scrub-by-s3.ts';
import { scrubPage } from '../../lambdas/reconcile/scrub-page.ts';
import { mostBytes } from '../../lambdas/reconcile/scrub-share.ts';
import { addScrubs, emptyScrub } from '../../lambdas/reconcile/scrub-tally.ts';
import { addTallies, emptyTally, type Tally } from '../../lambdas/reconcile/tally.ts';
import { firstPrefix, vaultPage } from '../../lambdas/reconcile/vault-pass.ts';
import type { PageAnswer } from '../../lambdas/shared/durable/pages.ts';

/** Goes from page to page as the durable job does. */
const walk = async <Cursor, Sum>(
  from: Cursor,
  { sum, add }: { readonly sum: Sum; readonly add: (a: Sum, b: Sum) => Sum },
  page: (cursor: Cursor) => Promise<PageAnswer<Cursor, Sum>>,
): Promise<Sum> => {
  let total = sum;
  for (let cursor: Cursor | undefined = from; cursor !== undefined; ) {
    const answer: PageAnswer<Cursor, Sum> = await page(cursor);
    total = add(total, answer.tally);
    cursor = answer.next;
  }
  return total;
};

const tallies = { sum: emptyTally, add: addTallies };

/** A whole reconciliation. */
export const reconcile = async (
  deps: ReconcileDeps,
  repair = false,
  scope: Scope = {},
  recount = false,
): Promise<Tally> => {
  const report = 'reports/reconcile/test';
  const vault = { prefixes: vaultPrefixes(scope, deps.classes), repair, report };
  const landing = { prefixes: landingPrefixesOf(scope), repair, report };
  const passes = [
    await walk(firstPrefix, tallies, (cursor) => vaultPage(cursor, vault, deps)),
    await walk(firstList, tallies, (cursor) => listsPage(cursor, { scope, repair, recount, report }, deps)),
    await walk(firstPacks, tallies, (cursor) => packsPage(cursor, { scope, repair, report }, deps)),
    await walk(firstPrefix, tallies, (cursor) => landingPage(cursor, landing, deps)),
  ];
  return passes.reduce(addTallies);
};

/** A whole rebuild. */
export const rebuild = async (deps: ReconcileDeps) => {
  const sums = { sum: emptyRebuild, add: addRebuilds };
  const rebuilt = await walk(firstPrefix, sums, (cursor) => rebuildPage(cursor, [''], deps));
  const lists = { scope: {}, repair: true, report: 'reports/rebuild/test' };
  await walk(firstList, tallies, (cursor) => listsPage(cursor, lists, deps));
  return rebuilt;
};

/** What a scrub in a test may do otherwise. */
export interface ScrubOptions {
  readonly heal?: boolean;
  /** Names the note and the jobs of what S3 is to read. */
  readonly name?: string;
  readonly largeBytes?: number;
  /** Has S3 do its jobs. */
  readonly runJobs?: () => Promise<void>;
}

/** A scrub of everything. */
export const scrub = async (
  deps: ReconcileDeps,
  { heal = true, name = 'scrub-test', largeBytes = mostBytes, runJobs = async () => undefined }: ScrubOptions = {},
) => {
  const sums = { sum: emptyScrub, add: addScrubs };
  const report = 'reports/scrub/test';
  const share = { everyDays: 1, index: 0 };
  const props = { prefixes: [''], share, heal, report, name, largeBytes, startedAt: 0 };
  const read = await walk(firstPrefix, sums, (cursor) => scrubPage(cursor, props, deps));
  if (read.large === 0) return read;
  const handed = await handOver(name, deps);
  await runJobs();
  const computed = await walk(firstChecksum, sums, (cursor) => checksumPage(cursor, handed, { heal, report }, deps));
  return addScrubs(read, computed);
};
