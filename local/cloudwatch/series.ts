import { statistic } from './aggregate.ts';
import type { MetricQuery } from './alarm-model.ts';
import { computeExpression } from './metric-math.ts';
import type { MetricStore } from './metric-store.ts';
import type { Series } from './series-math.ts';

export interface SeriesRange {
  readonly fromMs: number;
  readonly toMs: number;
  readonly periodMs: number;
}

/** Computes all queries, those of metrics first and expressions in the order that their references allow. */
export const computeSeries = (
  store: MetricStore,
  queries: readonly MetricQuery[],
  range: SeriesRange,
): Map<string, Series> => {
  const series = new Map<string, Series>();
  for (const query of queries) if (query.kind === 'metric') series.set(query.id, metricSeries(store, query, range));
  const metrics = [...series.values()];
  const times = periodStarts(range);
  let waiting = queries.filter((query) => query.kind === 'expression');
  while (waiting.length > 0) {
    const ready = waiting.filter(({ expression }) => !waiting.some(({ id }) => names(expression, id)));
    if (ready.length === 0)
      throw new Error(`The expressions ${waiting.map(({ id }) => id).join(', ')} name each other.`);
    for (const { id, expression } of ready) {
      series.set(id, computeExpression(expression, { series, metrics, times, periodMs: range.periodMs }));
    }
    waiting = waiting.filter((query) => !ready.includes(query));
  }
  return series;
};

/** The begins of a range's periods, oldest first. */
export const periodStarts = ({ fromMs, toMs, periodMs }: SeriesRange): number[] =>
  Array.from({ length: Math.max(0, Math.ceil((toMs - fromMs) / periodMs)) }, (_, index) => fromMs + index * periodMs);

const names = (expression: string, id: string): boolean => new RegExp(`\\b${id}\\b`).test(expression);

const metricSeries = (
  store: MetricStore,
  query: Extract<MetricQuery, { kind: 'metric' }>,
  range: SeriesRange,
): Map<number, number> => {
  const result = new Map<number, number>();
  for (const [start, aggregate] of store.read(query.metric, range)) {
    const value = statistic(query.statistic, aggregate);
    if (value !== undefined) result.set(start, value);
  }
  return result;
};
