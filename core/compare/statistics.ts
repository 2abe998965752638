import type { Finding } from './finding.ts';

/** What is counted for a name, such as a class of a tenant. */
export type Counts = Readonly<Record<string, number>>;

/**
 * Compares counters with what was counted; a name that one side lacks counts as nothing. Names are few (tenants times
 * classes), so both sides fit into memory.
 */
export const compareStatistics = (
  counted: ReadonlyMap<string, Counts>,
  told: ReadonlyMap<string, Counts>,
): readonly Finding[] =>
  [...new Set([...counted.keys(), ...told.keys()])].sort().flatMap((name) => {
    const [is, says] = [counted.get(name) ?? {}, told.get(name) ?? {}];
    const fields = [...new Set([...Object.keys(is), ...Object.keys(says)])]
      .filter((field) => (is[field] ?? 0) !== (says[field] ?? 0))
      .sort();
    if (fields.length === 0) return [];
    const found = fields.map((field) => `${field} is ${is[field] ?? 0}, the counter says ${says[field] ?? 0}`);
    return [
      {
        kind: 'stale-statistics' as const,
        key: name,
        fields,
        repair: 'safe' as const,
        action: 'recount' as const,
        found: `${found.join('; ')}.`,
      },
    ];
  });
