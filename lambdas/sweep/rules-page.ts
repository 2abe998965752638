import type { AssetSummary } from '../../core/catalog/asset-row.ts';
import { coversAsset, type HoldSummary } from '../../core/retention/hold-row.ts';
import { days } from '../../core/time.ts';
import type { IndexPosition } from '../shared/asset-index.ts';
import { listsAhead } from '../shared/lists-ahead.ts';
import { rememberedTable } from '../shared/retention-facts.ts';
import type { Candidate } from './judge.ts';
import { judgeAll } from './judge-all.ts';
import type { SweepDeps } from './ports.ts';
import { type EndingRule, endedBy, endingRules } from './rule-windows.ts';
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

/** What should have gone so long ago was missed. */
export const overdueMs = days(2);

const assetsAtOnce = 500;
const mostAssets = 600;
const mostQueries = 200;

/**
 * Judges everything that still stands though a rule ended it before an instant: rule by rule, tenant by tenant. What ended more
 * than two days ago should be gone; where nothing keeps it it was missed, and counts as overdue.
 */
export const rulesPage = async (cursor: RulesCursor, at: number, deps: SweepDeps): Promise<RulesPage> => {
  const tenants = deps.tenants.remembered();
  const table = rememberedTable(deps.retention);
  const holdsOf = holdsInForce(deps);
  const holdsAny = listsAhead(deps.index);
  let tally = nothingSwept;
  let here: RulesCursor | undefined = cursor;
  for (let queries = 0; here !== undefined; queries++) {
    if (queries >= mostQueries || tally.lookedAt >= mostAssets) return { tally, next: here };
    const { tenant = await tenants.after(undefined), rule, after } = here;
    if (tenant === undefined) break;
    const rules = endingRules(tenant, deps.classes, await table.rules(tenant));
    const current = rules[rule];
    if (current === undefined) {
      const next = await tenants.after(tenant);
      here = next === undefined ? undefined : { tenant: next, rule: 0 };
      continue;
    }
    const lists = rules.map((one) => endedBy(one, at));
    if (after === undefined && !(await holdsAny(tenant, lists, rule))) {
      here = { tenant, rule: rule + 1 };
      continue;
    }
    const { items, next } = await deps.index.list(endedBy(current, at), assetsAtOnce, after);
    const ofClass = items.filter(({ dataClass }) => dataClass === current.dataClass);
    const holds = ofClass.length === 0 ? [] : await holdsOf(tenant);
    const candidates = ofClass.flatMap((item) => candidateOf(tenant, item, { rule: current, at, holds }));
    tally = addTallies(tally, await judgeAll(candidates, deps));
    here = next === undefined ? { tenant, rule: rule + 1 } : { tenant, rule, after: next };
  }
  return { tally, next: undefined };
};

const holdsInForce = ({ holds }: SweepDeps): ((tenant: string) => Promise<readonly HoldSummary[]>) => {
  const known = new Map<string, Promise<readonly HoldSummary[]>>();
  return (tenant) => {
    const list = known.get(tenant) ?? holds.list(tenant);
    known.set(tenant, list);
    return list;
  };
};

/** What holds have kept for long is passed over without a look at each: their end puts a row for it. */
const candidateOf = (
  tenant: string,
  item: AssetSummary,
  { rule, at, holds }: { readonly rule: EndingRule; readonly at: number; readonly holds: readonly HoldSummary[] },
): Candidate[] => {
  const { assetId, createdAt } = item;
  if (Date.parse(createdAt) + rule.deleteAfter > at - overdueMs) return [{ tenant, assetId }];
  return holds.some((hold) => coversAsset(hold, item)) ? [] : [{ tenant, assetId, isOverdue: true }];
};
