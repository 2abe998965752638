import type { AssetSummary } from '../../core/catalog/asset-row.ts';
import type { IndexPosition } from '../shared/asset-index.ts';
import type { Candidate } from './judge.ts';
import { judgeAll } from './judge-all.ts';
import type { SweepDeps } from './ports.ts';
import { endingRules, windowOf } from './rule-windows.ts';
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

/** How much one page does at the most, and which of what a rule ended it judges. */
export interface RulesWalk {
  readonly assetsAtOnce: number;
  readonly mostAssets: number;
  readonly mostQueries: number;
  readonly window: { readonly from: number | undefined; readonly to: number };
  select(tenant: string, items: readonly AssetSummary[]): Promise<readonly Candidate[]>;
}

/** Judges what rules end between two instants, rule by rule, tenant by tenant. */
export const rulesPage = (
  cursor: RulesCursor,
  window: { readonly from: number; readonly to: number },
  deps: SweepDeps,
): Promise<RulesPage> => walkRules(cursor, { ...judgingAll, window }, deps);

const judgingAll = {
  assetsAtOnce: 200,
  mostAssets: 600,
  mostQueries: 200,
  select: async (tenant: string, items: readonly AssetSummary[]): Promise<readonly Candidate[]> =>
    items.map(({ assetId }) => ({ tenant, assetId })),
};

/** Goes on from the cursor until a page's worth is done: the assets of a rule's window, then the next rule, then the next tenant. */
export const walkRules = async (cursor: RulesCursor, walk: RulesWalk, deps: SweepDeps): Promise<RulesPage> => {
  let tally = nothingSwept;
  let at: RulesCursor | undefined = cursor;
  for (let queries = 0; at !== undefined; queries++) {
    if (queries >= walk.mostQueries || tally.lookedAt >= walk.mostAssets) return { tally, next: at };
    const { tenant = await deps.tenants.after(undefined), rule, after } = at;
    if (tenant === undefined) break;
    const rules = endingRules(tenant, deps.classes, await deps.retention.rules(tenant));
    const current = rules[rule];
    if (current === undefined) {
      const next = await deps.tenants.after(tenant);
      at = next === undefined ? undefined : { tenant: next, rule: 0 };
      continue;
    }
    const window = windowOf(current, walk.window.from, walk.window.to);
    const { items, next } = await deps.index.list(window, walk.assetsAtOnce, after);
    const candidates = await walk.select(
      tenant,
      items.filter(({ dataClass }) => dataClass === current.dataClass),
    );
    tally = addTallies(tally, await judgeAll(candidates, deps));
    at = next === undefined ? { tenant, rule: rule + 1 } : { tenant, rule, after: next };
  }
  return { tally, next: undefined };
};
