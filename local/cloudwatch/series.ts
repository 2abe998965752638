import { statistic } from './aggregate.ts';
import type { MetricQuery } from './alarm-model.ts';
import { anomalyBand, type BandSeries, bandCall } from './anomaly-band.ts';
import { computeExpression } from './metric-math.ts';
import { searchMetrics } from './metric-search.ts';
import type { MetricStore } from './metric-store.ts';
import type { MathInput, Series } from './series-math.ts';
import { quotaOf } from './service-quotas.ts';

export interface SeriesRange {
  readonly fromMs: number;
  readonly toMs: number;
  readonly periodMs: number;
}

/** The series of all queries, by id. */
export const computeSeries = (
  store: MetricStore,
  queries: readonly MetricQuery[],
  range: SeriesRange,
): ReadonlyMap<string, Series> => computeAll(store, queries, range).series;

export interface Computed {
  readonly series: ReadonlyMap<string, Series>;
  readonly bands: ReadonlyMap<string, BandSeries>;
}

/** Computes all queries, bands last, since they look at the same series as it was on other days. */
export const computeAll = (store: MetricStore, queries: readonly MetricQuery[], range: SeriesRange): Computed => {
  const plain = queries.filter((query) => query.kind === 'metric' || bandCall(query.expression) === undefined);
  const series = computePlain(store, plain, range);
  const bands = new Map<string, BandSeries>();
  for (const query of queries) {
    const asked = query.kind === 'metric' ? undefined : bandCall(query.expression);
    if (asked === undefined) continue;
    const around = series.get(asked.of);
    if (around === undefined) throw new Error(`The band ${query.id} names ${asked.of}, and no query has this id.`);
    const before = (offsetMs: number): Series => {
      const then = { ...range, fromMs: range.fromMs - offsetMs, toMs: range.toMs - offsetMs };
      return computePlain(store, plain, then).get(asked.of) ?? new Map();
    };
    bands.set(query.id, anomalyBand(around, asked.width, before));
  }
  return { series, bands };
};

/** Metrics first, then expressions in the order that their references allow. */
const computePlain = (store: MetricStore, queries: readonly MetricQuery[], range: SeriesRange): Map<string, Series> => {
  const series = new Map<string, Series>();
  for (const query of queries) if (query.kind === 'metric') series.set(query.id, metricSeries(store, query, range));
  const metrics = [...series.values()];
  const quotas = new Map<Series, number>();
  for (const query of queries) {
    const [found, quota] = [series.get(query.id), query.kind === 'metric' ? quotaOf(query.metric) : undefined];
    if (found !== undefined && quota !== undefined) quotas.set(found, quota);
  }
  const search: MathInput['search'] = (text, stat) =>
    searchMetrics(text, store.list()).map((metric) =>
      metricSeries(store, { id: '', kind: 'metric', metric, statistic: stat, periodMs: range.periodMs }, range),
    );
  const times = periodStarts(range);
  let waiting = queries.filter((query) => query.kind === 'expression');
  while (waiting.length > 0) {
    const ready = waiting.filter(({ expression }) => !waiting.some(({ id }) => names(expression, id)));
    if (ready.length === 0)
      throw new Error(`The expressions ${waiting.map(({ id }) => id).join(', ')} name each other.`);
    for (const { id, expression } of ready) {
      series.set(
        id,
        computeExpression(expression, { series, metrics, times, periodMs: range.periodMs, quotas, search }),
      );
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
