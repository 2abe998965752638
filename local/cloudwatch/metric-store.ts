import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type Clock, days } from '../../core/time.ts';
import { transaction } from '../aws/transaction.ts';
import { type Aggregate, addTo, aggregateOf, type MutableAggregate, merge, readHistogram } from './aggregate.ts';

/** One value of a metric. */
export interface MetricValue {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
  /** How many times the value occurred; once by default. */
  readonly count?: number;
  readonly unit: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
}

export type MetricName = Pick<MetricValue, 'namespace' | 'name' | 'dimensions'>;

/** Aggregates by metric and minute. Values wait in memory for a moment and are then written together. */
export interface MetricStore {
  put(value: MetricValue): void;
  /** Aggregates of periods that begin within [from, to), by the period's begin in milliseconds. */
  read(metric: MetricName, range: MetricRange): Map<number, Aggregate>;
  list(): MetricName[];
  /** Writes what waits, and drops what is older than CloudWatch keeps minutes. */
  flush(): void;
}

export interface MetricRange {
  readonly fromMs: number;
  readonly toMs: number;
  readonly periodMs: number;
}

const minuteMs = 60_000;
const keptMs = days(15);
/** CloudWatch takes any number of metrics and lets you pay; one machine stops here and says so. */
const maxMetrics = 5_000;

const schema = `
CREATE TABLE IF NOT EXISTS cloudwatch_minutes (
  metric TEXT NOT NULL, minute INTEGER NOT NULL, count REAL NOT NULL, sum REAL NOT NULL, min REAL NOT NULL, max REAL NOT NULL,
  histogram TEXT NOT NULL, PRIMARY KEY (metric, minute)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS cloudwatch_minutes_age ON cloudwatch_minutes (minute);
`;

export const createMetricStore = (db: DatabaseSync, clock: Clock, log: (line: string) => void): MetricStore => {
  db.exec(schema);
  const minutes = openMinutes(db);
  const waiting = new Map<string, Map<number, MutableAggregate>>();
  const known = new Set(minutes.metrics());
  /** The oldest minute that was kept last: within a minute nothing that is written grows too old. */
  let oldestKept = Number.NEGATIVE_INFINITY;
  const flush = () => {
    const oldest = Math.ceil((clock.now() - keptMs) / minuteMs) * minuteMs;
    if (waiting.size === 0 && oldest === oldestKept) return;
    transaction(db, () => {
      for (const [metric, ofMetric] of waiting)
        for (const [minute, added] of ofMetric) minutes.add(metric, minute, added);
      minutes.forgetBefore(oldest);
    });
    oldestKept = oldest;
    waiting.clear();
  };
  return {
    flush,
    put(value) {
      const metric = metricKey(value);
      if (!known.has(metric)) {
        if (known.size === maxMetrics) log(`More than ${maxMetrics} metrics: further ones are not kept.`);
        if (known.size >= maxMetrics) return;
        known.add(metric);
      }
      const ofMetric = waiting.get(metric) ?? new Map<number, MutableAggregate>();
      waiting.set(metric, ofMetric);
      const minute = Math.floor(value.timestamp / minuteMs) * minuteMs;
      const before = ofMetric.get(minute);
      if (before === undefined) ofMetric.set(minute, aggregateOf(value.value, value.count));
      else addTo(before, value.value, value.count);
    },
    read(metric, range) {
      flush();
      return inPeriods(minutes.between(metricKey(metric), range), range);
    },
    list: () => [...known].map(metricOfKey),
  };
};

type Row = ReturnType<StatementSync['all']>[number];

/** The rows of minutes, by statements that are prepared once: an alarm reads some of them for each metric. */
const openMinutes = (db: DatabaseSync) => {
  const one = db.prepare('SELECT * FROM cloudwatch_minutes WHERE metric = ? AND minute = ?');
  const put = db.prepare('INSERT OR REPLACE INTO cloudwatch_minutes VALUES (?, ?, ?, ?, ?, ?, ?)');
  const forget = db.prepare('DELETE FROM cloudwatch_minutes WHERE minute < ?');
  const some = db.prepare(
    'SELECT * FROM cloudwatch_minutes WHERE metric = ? AND minute >= ? AND minute < ? ORDER BY minute',
  );
  return {
    metrics: (): string[] =>
      db
        .prepare('SELECT DISTINCT metric FROM cloudwatch_minutes')
        .all()
        .map((row) => String(row['metric'])),
    add(metric: string, minute: number, added: Aggregate): void {
      const row = one.get(metric, minute);
      const { count, sum, min, max, histogram } = row === undefined ? added : merge(toAggregate(row), added);
      put.run(metric, minute, count, sum, min, max, JSON.stringify(histogram));
    },
    forgetBefore: (minute: number): void => void forget.run(minute),
    between: (metric: string, { fromMs, toMs }: MetricRange): readonly Row[] => some.all(metric, fromMs, toMs),
  };
};

const inPeriods = (rows: readonly Row[], { fromMs, periodMs }: MetricRange): Map<number, Aggregate> => {
  const periods = new Map<number, Aggregate>();
  for (const row of rows) {
    const start = fromMs + Math.floor((Number(row['minute']) - fromMs) / periodMs) * periodMs;
    const before = periods.get(start);
    periods.set(start, before === undefined ? toAggregate(row) : merge(before, toAggregate(row)));
  }
  return periods;
};

const toAggregate = (row: Readonly<Record<string, unknown>>): Aggregate => ({
  count: Number(row['count']),
  sum: Number(row['sum']),
  min: Number(row['min']),
  max: Number(row['max']),
  histogram: readHistogram(row['histogram']),
});

const metricKey = ({ namespace, name, dimensions }: MetricName): string =>
  JSON.stringify([namespace, name, Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))]);

const metricOfKey = (key: string): MetricName => {
  const value: unknown = JSON.parse(key);
  const [namespace, name, dimensions]: unknown[] = Array.isArray(value) ? value : [];
  const pairs = Array.isArray(dimensions) ? dimensions : [];
  return {
    namespace: String(namespace),
    name: String(name),
    dimensions: Object.fromEntries(pairs.map(([dimension, text]) => [String(dimension), String(text)])),
  };
};
