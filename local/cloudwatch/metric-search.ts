import type { MetricName } from './metric-store.ts';

const schema = /^\s*\{([^}]*)\}\s*(.*)$/s;
const term = /(?:([\w-]+)\s*=\s*)?"([^"]*)"|(?:([\w-]+)\s*=\s*)?(\S+)/g;

/**
 * Which metrics a SEARCH finds: `{namespace,dimension,…} MetricName="x" class="y"`. The dimensions must be exactly those that
 * are listed; each further term compares one of them, or the name, as a whole. Words without a name and `OR` are not known.
 */
export const searchMetrics = (search: string, metrics: readonly MetricName[]): MetricName[] => {
  const [, listed = '', rest = ''] = schema.exec(search) ?? [];
  const [namespace = '', ...dimensions] = listed.split(',').map((part) => part.trim().replaceAll('"', ''));
  if (namespace === '') throw new Error(`SEARCH: ${search} does not begin with {namespace,dimensions}.`);
  const terms = [...rest.matchAll(term)].map(([whole, quotedName, quoted, name, word]) => {
    const key = quotedName ?? name;
    if (key === undefined) throw new Error(`SEARCH: the embedded platform does not know the term ${whole}.`);
    return [key, quoted ?? word ?? ''] as const;
  });
  const wanted = [...dimensions].sort().join();
  return metrics.filter(
    (metric) =>
      metric.namespace === namespace &&
      Object.keys(metric.dimensions).sort().join() === wanted &&
      terms.every(([key, value]) => (key === 'MetricName' ? metric.name : metric.dimensions[key]) === value),
  );
};
