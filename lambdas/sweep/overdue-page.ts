import { coversAsset } from '../../core/retention/hold-row.ts';
import { days } from '../../core/time.ts';
import type { Candidate } from './judge.ts';
import type { SweepDeps } from './ports.ts';
import { type RulesCursor, type RulesPage, walkRules } from './rules-page.ts';

/** What should have gone so long ago was missed. */
export const overdueMs = days(2);

/**
 * Goes through everything that still stands though a rule ended it more than two days ago. What holds cover is passed over
 * without a look at each; of the rest nothing should be due, and what is was missed: it is deleted, and an alarm tells.
 */
export const overduePage = (cursor: RulesCursor, deps: SweepDeps): Promise<RulesPage> =>
  walkRules(
    cursor,
    {
      assetsAtOnce: 500,
      mostAssets: 500,
      mostQueries: 100,
      window: { from: undefined, to: deps.clock.now() - overdueMs },
      select: async (tenant, items) => {
        const holds = items.length === 0 ? [] : await deps.holds.list(tenant);
        return items
          .filter((item) => !holds.some((hold) => coversAsset(hold, item)))
          .map(({ assetId }): Candidate => ({ tenant, assetId, isOverdue: true }));
      },
    },
    deps,
  );
