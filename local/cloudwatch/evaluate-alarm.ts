import type { AlarmState, MetricAlarm } from './alarm-model.ts';
import type { Band } from './anomaly-band.ts';
import type { MetricStore } from './metric-store.ts';
import { computeAll, periodStarts } from './series.ts';
import type { Series } from './series-math.ts';

export interface Evaluation {
  readonly state: AlarmState;
  readonly reason: string;
}

/** CloudWatch looks at some periods more than it needs, so that a late value does not count as missing. */
const furtherPeriods = 2;
const minuteMs = 60_000;

/** The state of an alarm at an instant, by the periods that ended with the last full minute. */
export const evaluateMetricAlarm = (
  store: MetricStore,
  alarm: MetricAlarm,
  before: AlarmState,
  nowMs: number,
): Evaluation => {
  const { periodMs, evaluationPeriods } = alarm;
  const toMs = Math.floor(nowMs / minuteMs) * minuteMs;
  const range = { fromMs: toMs - (evaluationPeriods + furtherPeriods) * periodMs, toMs, periodMs };
  const { series, bands } = computeAll(store, alarm.queries, range);
  const watched = series.get(alarm.watched);
  const band = bands.get(alarm.band ?? '');
  const values = periodStarts(range).flatMap((start) => {
    const value = valueAt(watched, start);
    // What is usual is not known yet, so nothing is unusual.
    if (value === undefined || (alarm.band !== undefined && band?.get(start) === undefined)) return [];
    return [{ value, breaches: breaches(alarm, value, band?.get(start)) }];
  });
  return decide(alarm, values.slice(-evaluationPeriods), before);
};

const valueAt = (series: Series | undefined, start: number): number | undefined =>
  typeof series === 'number' ? series : series?.get(start);

interface Value {
  readonly value: number;
  readonly breaches: boolean;
}

/**
 * Decides by the newest values, at most as many as evaluation periods; the periods without a value count as the alarm says
 * they do, and only where there are too few values.
 */
const decide = (alarm: MetricAlarm, values: readonly Value[], before: AlarmState): Evaluation => {
  const { datapointsToAlarm: needed, evaluationPeriods, missingData } = alarm;
  const breaching = values.filter((value) => value.breaches).length;
  const missing = evaluationPeriods - values.length;
  const evaluation = (state: AlarmState): Evaluation => ({ state, reason: reasonOf(alarm, values, breaching) });
  const alarmIf = (condition: boolean) => evaluation(condition ? 'ALARM' : 'OK');
  if (missing === 0 || missingData === 'notBreaching') return alarmIf(breaching >= needed);
  if (missingData === 'breaching') return alarmIf(breaching + missing >= needed);
  if (values.length === 0) return evaluation(missingData === 'ignore' ? before : 'INSUFFICIENT_DATA');
  if (missingData === 'missing') return alarmIf(breaching >= Math.min(needed, values.length));
  const undecided = breaching === values.length && breaching < needed;
  return undecided ? evaluation(before) : alarmIf(breaching >= needed);
};

const breaches = ({ comparison, threshold }: MetricAlarm, value: number, band: Band | undefined): boolean => {
  const { lower, upper } = band ?? { lower: threshold, upper: threshold };
  switch (comparison) {
    case 'LessThanLowerOrGreaterThanUpperThreshold':
      return value < lower || value > upper;
    case 'LessThanLowerThreshold':
      return value < lower;
    case 'GreaterThanUpperThreshold':
      return value > upper;
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'LessThanThreshold':
      return value < threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= threshold;
  }
};

const reasonOf = (alarm: MetricAlarm, values: readonly Value[], breaching: number): string => {
  const { evaluationPeriods, datapointsToAlarm, comparison, threshold } = alarm;
  const newest =
    values.length === 0 ? 'no values' : `values ${values.map(({ value }) => Number(value.toPrecision(6))).join(', ')}`;
  return (
    `${breaching} of the last ${evaluationPeriods} periods were ${comparison} ${alarm.band ?? threshold} ` +
    `(${newest}; ${datapointsToAlarm} needed).`
  );
};
