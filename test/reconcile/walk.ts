import { landingPage } from '../../lambdas/reconcile/landing-pass.ts';
import { firstList, listsPage } from '../../lambdas/reconcile/lists-pass.ts';
import type { ReconcileDeps } from '../../lambdas/reconcile/ports.ts';
import { addRebuilds, emptyRebuild, rebuildPage } from '../../lambdas/reconcile/rebuild-page.ts';
import { landingPrefixesOf, type Scope, vaultPrefixes } from '../../lambdas/reconcile/scope.ts';
import { emptyScrub, scrubPage } from '../../lambdas/reconcile/scrub-page.ts';
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

/** A scrub of everything. */
export const scrub = (deps: ReconcileDeps, heal = true) =>
  walk(
    firstPrefix,
    {
      sum: emptyScrub,
      add: (a, b) => ({
        ...addTallies(a, b),
        versions: a.versions + b.versions,
        bytes: a.bytes + b.bytes,
        archived: a.archived + b.archived,
        unknown: a.unknown + b.unknown,
      }),
    },
    (cursor) =>
      scrubPage(
        cursor,
        { prefixes: [''], share: { everyDays: 1, index: 0 }, heal, report: 'reports/scrub/test' },
        deps,
      ),
  );
