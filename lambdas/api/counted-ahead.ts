import type { RateCounter, RateRows } from './ports.ts';

/** No container holds more than this share of a caller's minute without using it. */
const largestShare = 1 / 50;

interface Lead {
  readonly minute: number;
  /** Requests that are counted already and not made yet. */
  left: number;
  /** How many are counted at the next write. */
  next: number;
}

/**
 * Counts the requests of a busy caller before they come: one write for the first request that a container gets from it in a
 * minute, then one for the next two, four and so on. What is counted and not used lapses with the minute, so nobody
 * is ever admitted past the limit, and a caller whom many containers serve is refused a little before it. Throws what the
 * rows throw.
 */
export const countedAhead = (rows: RateRows): RateCounter => {
  const leads = new Map<string, Lead>();
  return {
    async admit(principal, minute, limit) {
      const lead = leads.get(principal);
      if (lead?.minute === minute && lead.left > 0) {
        lead.left -= 1;
        return true;
      }
      const ahead = lead?.minute === minute ? Math.max(1, Math.min(lead.next, Math.floor(limit * largestShare))) : 1;
      for (const stale of leads) if (stale[1].minute !== minute) leads.delete(stale[0]);
      if (await rows.take(principal, { minute, requests: ahead, limit })) {
        leads.set(principal, { minute, left: ahead - 1, next: ahead * 2 });
        return true;
      }
      // What is left of the minute may still be enough for this one.
      return ahead > 1 && (await rows.take(principal, { minute, requests: 1, limit }));
    },
  };
};
