import type { IndexPosition } from '../shared/asset-index.ts';
import type { Candidate } from './judge.ts';
import { judgeAll } from './judge-all.ts';
import type { SweepDeps } from './ports.ts';
import { type EndingRule, endingRules, windowOf } from './rule-windows.ts';
import { addTallies, nothingSwept, type SweepTally } from './tally.ts';

/** Where the walk through the rules goes on: in which tenant, at which of its rules, behind which asset. */
export interface RulesCursor {
  readonly tenant?: string;
  readonly rule: number;
  readonly after?: IndexPosition;
}

export interface RulesPage {
  readonly tally: SweepTally;
  readonly next: RulesCursor | undefined;
}

const assetsAtOnce = 200;
const mostAssets = 600;
const mostQueries = 200;

/**
 * Judges what rules end between two instants, rule by rule, tenant by tenant.
 */
export const rulesPage = async (
  cursor: RulesCursor,
  { from, to }: { readonly from: number; readonly to: number },
  deps: SweepDeps,
): Promise<RulesPage> => {
  let tally = nothingSwept;
  let at: RulesCursor | undefined = cursor;
  for (let queries = 0; at !== undefined; queries++) {
    if (queries >= mostQueries || tally.lookedAt >= mostAssets) return { tally, next: at };
    const { tenant = await deps.tenants.after(undefined), rule, after } = at;
    if (tenant === undefined) break;
    const rules = endingRules(tenant, deps.classes, await deps.retention.rules(tenant));
    const current = rules[rule];
    if (current === undefined) {
      const next = await deps.tenants.after(tenant);
      at = next === undefined ? undefined : { tenant: next, rule: 0 };
      continue;
    }
    const { items, next } = await deps.index.list(windowOf(current, from, to), assetsAtOnce, after);
    const candidates = ofRule(items, current).map(({ assetId }): Candidate => ({ tenant, assetId }));
    tally = addTallies(tally, await judgeAll(candidates, deps));
    at = next === undefined ? { tenant, rule: rule + 1 } : { tenant, rule, after: next };
  }
  return { tally, next: undefined };
};

const ofRule = <Item extends { readonly dataClass: string }>(
  items: readonly Item[],
  { dataClass }: EndingRule,
): Item[] => items.filter((item) => item.dataClass === dataClass);
