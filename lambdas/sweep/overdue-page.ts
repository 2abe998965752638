import { coversAsset } from '../../core/retention/hold-row.ts';
import { days } from '../../core/time.ts';
import type { Candidate } from './judge.ts';
import { judgeAll } from './judge-all.ts';
import type { SweepDeps } from './ports.ts';
import { endingRules, windowOf } from './rule-windows.ts';
import type { RulesCursor, RulesPage } from './rules-page.ts';
import { addTallies, nothingSwept } from './tally.ts';

/** What should have gone so long ago was missed. */
export const overdueMs = days(2);

const assetsAtOnce = 500;
const mostQueries = 100;

/**
 * Goes through everything that still stands though a rule ended it more than two days ago. What holds cover is passed over
 * without a look at each; of the rest nothing should be due, and what is was missed: it is deleted, and an alarm tells.
 */
export const overduePage = async (cursor: RulesCursor, deps: SweepDeps): Promise<RulesPage> => {
  let tally = nothingSwept;
  let at: RulesCursor | undefined = cursor;
  for (let queries = 0; at !== undefined; queries++) {
    if (queries >= mostQueries || tally.lookedAt >= assetsAtOnce) return { tally, next: at };
    const { tenant = await deps.tenants.after(undefined), rule, after } = at;
    if (tenant === undefined) break;
    const rules = endingRules(tenant, deps.classes, await deps.retention.rules(tenant));
    const current = rules[rule];
    if (current === undefined) {
      const next = await deps.tenants.after(tenant);
      at = next === undefined ? undefined : { tenant: next, rule: 0 };
      continue;
    }
    const window = windowOf(current, undefined, deps.clock.now() - overdueMs);
    const { items, next } = await deps.index.list(window, assetsAtOnce, after);
    const holds = items.length === 0 ? [] : await deps.holds.list(tenant);
    const candidates = items
      .filter((item) => item.dataClass === current.dataClass && !holds.some((hold) => coversAsset(hold, item)))
      .map(({ assetId }): Candidate => ({ tenant, assetId, isOverdue: true }));
    tally = addTallies(tally, await judgeAll(candidates, deps));
    at = next === undefined ? { tenant, rule: rule + 1 } : { tenant, rule, after: next };
  }
  return { tally, next: undefined };
};
