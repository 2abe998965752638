import { isJsonObject, type JsonObject, listAt, objectAt, textAt } from '../aws/json-object.ts';
import type { MetricValue } from './metric-store.ts';

/** CloudWatch takes this many values of one metric in a line. */
const maxValues = 100;

/** The metrics that a log line carries in the embedded metric format; none for a line that is something else. */
export const metricsOfLine = (line: string): MetricValue[] => {
  if (!line.includes('"_aws"')) return [];
  const document = parse(line);
  if (document === undefined) return [];
  const metadata = objectAt(document, '_aws');
  const timestamp = metadata['Timestamp'];
  if (typeof timestamp !== 'number') return [];
  return listAt(metadata, 'CloudWatchMetrics')
    .filter(isJsonObject)
    .flatMap((directive) => directiveMetrics(document, directive, timestamp));
};

const parse = (line: string): JsonObject | undefined => {
  try {
    const value: unknown = JSON.parse(line);
    return isJsonObject(value) ? value : undefined;
  } catch {
    // A line that mentions `_aws` and is not JSON is a line like any other.
    return undefined;
  }
};

const directiveMetrics = (document: JsonObject, directive: JsonObject, timestamp: number): MetricValue[] => {
  const namespace = textAt(directive, 'Namespace');
  const dimensionSets = listAt(directive, 'Dimensions').filter((set): set is unknown[] => Array.isArray(set));
  if (namespace === undefined) return [];
  return (dimensionSets.length === 0 ? [[]] : dimensionSets).flatMap((set) => {
    const dimensions = dimensionValues(document, set);
    return listAt(directive, 'Metrics')
      .filter(isJsonObject)
      .flatMap((metric) => {
        const name = textAt(metric, 'Name');
        if (name === undefined || dimensions === undefined) return [];
        const unit = textAt(metric, 'Unit') ?? 'None';
        return values(document[name]).map((value) => ({ namespace, name, dimensions, value, unit, timestamp }));
      });
  });
};

/** A set that names a dimension without a value makes no metric. */
const dimensionValues = (document: JsonObject, names: readonly unknown[]): Record<string, string> | undefined => {
  const pairs = names.map((name) => [String(name), textAt(document, String(name))] as const);
  return pairs.every(([, value]) => value !== undefined)
    ? Object.fromEntries(pairs.map(([name, value]) => [name, value ?? '']))
    : undefined;
};

const values = (value: unknown): number[] =>
  (Array.isArray(value) ? value.slice(0, maxValues) : [value]).filter(
    (item) => typeof item === 'number' && Number.isFinite(item),
  );
