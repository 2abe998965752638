import { leastArchivedBytes } from '../archive/archive-class.ts';
import type { ColdStorage } from '../data-class.ts';
import { days, utcDay } from '../time.ts';
import { type Decision, decide } from './decide.ts';
import type { RetentionInputs } from './inputs.ts';

/** What a cost needs to know of a storage class. */
export interface SimulatedPrice {
  readonly perGbMonth: number;
  readonly perThousandTransitions: number;
  readonly minimumDays: number;
  readonly minimumBytes: number;
  readonly overhead: { readonly ownBytes: number; readonly standardBytes: number };
}

/** Under what a simulation counts. */
export interface SimulationTerms {
  readonly now: number;
  /** How far it looks ahead, in milliseconds. */
  readonly horizonMs: number;
  /** How long the bytes of what was deleted still lie there. */
  readonly undeleteWindowMs: number;
  readonly standard: SimulatedPrice;
  readonly cold: Readonly<Record<ColdStorage, SimulatedPrice>>;
}

/** One asset under the rules as they are and as they would be. */
export interface SimulatedAsset {
  readonly bytes: number;
  readonly before: RetentionInputs;
  readonly after: RetentionInputs;
}

export interface Counted {
  readonly assets: number;
  readonly bytes: number;
}

/** What would happen to one asset within the horizon. */
interface Fate {
  readonly decision: Decision;
  /** Absent where it does not happen within the horizon; what is overdue happens now. */
  readonly deletedAt?: number;
  readonly archivedAt?: number;
  readonly cost: number;
}

/** What a simulation over some assets found; simulations of other assets add up. */
export interface Simulation {
  readonly assets: number;
  readonly bytes: number;
  readonly held: number;
  readonly changed: number;
  readonly days: ReadonlyMap<string, { readonly deleted: Counted; readonly archived: Counted }>;
  readonly before: Outcome;
  readonly after: Outcome;
}

interface Outcome {
  readonly deleted: Counted;
  readonly archived: Counted;
  /** Of storage and transitions within the horizon. */
  readonly cost: number;
}

const nothing: Counted = { assets: 0, bytes: 0 };
const monthMs = days(365.25 / 12);
const gigabyte = 2 ** 30;

/** Decides over every asset twice and compares: what would go, what would be archived, day by day, and what it costs. */
export const simulate = (assets: readonly SimulatedAsset[], terms: SimulationTerms): Simulation => {
  const byDay = new Map<string, { deleted: Counted; archived: Counted }>();
  let [held, changed, bytes] = [0, 0, 0];
  let before: Outcome = { deleted: nothing, archived: nothing, cost: 0 };
  let after = before;
  for (const asset of assets) {
    const [was, is] = [fateOf(asset.before, asset.bytes, terms), fateOf(asset.after, asset.bytes, terms)];
    bytes += asset.bytes;
    if (is.decision.state === 'held') held += 1;
    if (was.deletedAt !== is.deletedAt || was.archivedAt !== is.archivedAt || was.cost !== is.cost) changed += 1;
    before = withFate(before, was, asset.bytes);
    after = withFate(after, is, asset.bytes);
    note(byDay, 'deleted', is.deletedAt, asset.bytes);
    note(byDay, 'archived', is.archivedAt, asset.bytes);
  }
  return { assets: assets.length, bytes, held, changed, days: byDay, before, after };
};

const fateOf = (inputs: RetentionInputs, bytes: number, terms: SimulationTerms): Fate => {
  const { now, horizonMs } = terms;
  const decision = decide(inputs, now);
  const end = now + horizonMs;
  const within = (at: number | undefined): number | undefined =>
    at === undefined || Math.max(at, now) >= end ? undefined : Math.max(at, now);
  const deletedAt = within(decision.deleteAt);
  const moves = bytes > leastArchivedBytes ? decision.coldAt : undefined;
  // What went cold before stays where it is: only what moves from now on is counted.
  const archivedAt = moves !== undefined && moves >= now ? within(moves) : undefined;
  return {
    decision,
    ...(deletedAt !== undefined && { deletedAt }),
    ...(archivedAt !== undefined && { archivedAt }),
    cost: costOf({ bytes, cold: inputs.classRule.cold, coldAt: moves, deletedAt }, terms),
  };
};

interface Stay {
  readonly bytes: number;
  readonly cold: ColdStorage | undefined;
  readonly coldAt: number | undefined;
  readonly deletedAt: number | undefined;
}

/** Storage until the bytes are gone or the horizon ends, the transition, and what a cold class charges at least. */
const costOf = ({ bytes, cold, coldAt, deletedAt }: Stay, terms: SimulationTerms): number => {
  const { now, horizonMs, undeleteWindowMs, standard } = terms;
  const horizon = now + horizonMs;
  const goneAt = deletedAt === undefined ? horizon : Math.min(horizon, deletedAt + undeleteWindowMs);
  const price = cold === undefined || coldAt === undefined ? undefined : terms.cold[cold];
  if (price === undefined || coldAt === undefined || coldAt >= goneAt) return storage(standard, bytes, goneAt - now);
  const movesNow = coldAt >= now;
  const from = Math.max(coldAt, now);
  const charged = deletedAt === undefined ? goneAt : Math.max(goneAt, coldAt + days(price.minimumDays));
  const own = Math.max(bytes, price.minimumBytes) + price.overhead.ownBytes;
  return (
    storage(standard, bytes, from - now) +
    storage(price, own, charged - from) +
    storage(standard, price.overhead.standardBytes, charged - from) +
    (movesNow ? price.perThousandTransitions / 1000 : 0)
  );
};

const storage = ({ perGbMonth }: SimulatedPrice, bytes: number, ms: number): number =>
  (bytes / gigabyte) * perGbMonth * (Math.max(0, ms) / monthMs);

const plus = ({ assets, bytes }: Counted, more: number): Counted => ({ assets: assets + 1, bytes: bytes + more });

const withFate = ({ deleted, archived, cost }: Outcome, fate: Fate, bytes: number): Outcome => ({
  deleted: fate.deletedAt === undefined ? deleted : plus(deleted, bytes),
  archived: fate.archivedAt === undefined ? archived : plus(archived, bytes),
  cost: cost + fate.cost,
});

const note = (
  byDay: Map<string, { deleted: Counted; archived: Counted }>,
  what: 'deleted' | 'archived',
  at: number | undefined,
  bytes: number,
): void => {
  if (at === undefined) return;
  const day = utcDay(at);
  const known = byDay.get(day) ?? { deleted: nothing, archived: nothing };
  byDay.set(day, { ...known, [what]: plus(known[what], bytes) });
};
