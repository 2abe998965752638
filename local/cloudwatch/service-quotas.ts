import type { MetricName } from './metric-store.ts';

/** What the platform grants of each metric of use that a template asks for; as much as a new account with a raised quota has. */
const quotas: Readonly<Record<string, number>> = { 'Lambda ConcurrentExecutions': 1000 };

/** The quota of a metric in `AWS/Usage`, as SERVICE_QUOTA knows it; undefined for any other metric. */
export const quotaOf = ({ namespace, dimensions }: MetricName): number | undefined =>
  namespace === 'AWS/Usage' ? quotas[`${dimensions['Service']} ${dimensions['Resource']}`] : undefined;
