/** A number for all times, or a value for each period that has one, by the period's begin in milliseconds. */
export type Series = number | ReadonlyMap<number, number>;

/** What a part of an expression gives. */
export type Value = Series | readonly Series[];

/** What an expression may refer to. */
export interface MathInput {
  /** The other queries' series, by id. */
  readonly series: ReadonlyMap<string, Series>;
  /** Those of them that are metrics, for `METRICS()`. */
  readonly metrics: readonly Series[];
  /** Begins of all periods that are looked at. */
  readonly times: readonly number[];
  readonly periodMs: number;
  /** The quotas of those series that are metrics of use. */
  readonly quotas: ReadonlyMap<Series, number>;
  /** The series of all metrics that a SEARCH finds. */
  readonly search: (search: string, statistic: string) => readonly Series[];
}

/** True for several series. */
export const isList = (value: Value): value is readonly Series[] => Array.isArray(value);

/** The one series that a value is; a list is an error. */
export const single = (value: Value | undefined): Series => {
  if (value !== undefined && !isList(value)) return value;
  throw new Error('The expression has a list where one series is needed.');
};

/** Period by period; a period that one side lacks, or where the result is no number, has no value. */
export const zip = (operator: ((a: number, b: number) => number) | undefined, a: Series, b: Series): Series => {
  if (operator === undefined) throw new Error('The expression has an unknown operator.');
  if (typeof a === 'number' && typeof b === 'number') return operator(a, b);
  const times = typeof a === 'number' ? (typeof b === 'number' ? [] : [...b.keys()]) : [...a.keys()];
  return fromTimes(times, (time) => {
    const [left, right] = [at(a, time), at(b, time)];
    return left === undefined || right === undefined ? undefined : operator(left, right);
  });
};

const at = (series: Series, time: number): number | undefined =>
  typeof series === 'number' ? series : series.get(time);

const fromTimes = (times: Iterable<number>, value: (time: number) => number | undefined): Series => {
  const result = new Map<number, number>();
  for (const time of times) {
    const computed = value(time);
    if (computed !== undefined && Number.isFinite(computed)) result.set(time, computed);
  }
  return result;
};

/** Change per second since the period before; a period after a gap has none. */
const rate = (series: Series, periodMs: number): Series => {
  if (typeof series === 'number') return 0;
  return fromTimes(series.keys(), (time) => {
    const [now, before] = [series.get(time), series.get(time - periodMs)];
    return now === undefined || before === undefined ? undefined : ((now - before) * 1000) / periodMs;
  });
};

type MathFunction = (values: readonly Value[], input: MathInput) => Value;

const mapped =
  (compute: (value: number) => number): MathFunction =>
  ([value]) =>
    zip((a) => compute(a), single(value), 0);

/** Over a list: period by period, of what is there. Over one series: of all its values. */
const reduced =
  (reduce: (values: number[]) => number): MathFunction =>
  ([value], { times }) => {
    if (value === undefined) throw new Error('A function of the expression has no argument.');
    if (isList(value)) {
      return fromTimes(times, (time) => {
        const present = value.map((series) => at(series, time)).filter((item) => item !== undefined);
        return present.length === 0 ? undefined : reduce(present);
      });
    }
    return typeof value === 'number' ? value : reduce([...value.values()]);
  };

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const functions = new Map<string, MathFunction>(
  Object.entries<MathFunction>({
    ABS: mapped(Math.abs),
    CEIL: mapped(Math.ceil),
    FLOOR: mapped(Math.floor),
    SUM: reduced(sum),
    AVG: reduced((values) => sum(values) / values.length),
    MIN: reduced((values) => Math.min(...values)),
    MAX: reduced((values) => Math.max(...values)),
    METRICS: (_, { metrics }) => metrics,
    PERIOD: (_, { periodMs }) => periodMs / 1000,
    RATE: ([value], { periodMs }) => rate(single(value), periodMs),
    SERVICE_QUOTA: ([value], { quotas }) => {
      const quota = quotas.get(single(value));
      if (quota === undefined) throw new Error('SERVICE_QUOTA knows no quota of this metric.');
      return quota;
    },
    FILL: ([value, filler], { times }) => {
      const [series, fill] = [single(value), single(filler)];
      let last: number | undefined;
      return fromTimes(times, (time) => {
        const present = at(series, time);
        last = present ?? last;
        return present ?? (Number.isNaN(fill) ? last : at(fill, time));
      });
    },
    IF: ([condition, yes, no], { times }) => {
      const [test, whenTrue] = [single(condition), single(yes)];
      const whenFalse = no === undefined ? undefined : single(no);
      return fromTimes(times, (time) => {
        const truth = at(test, time);
        if (truth === undefined) return undefined;
        if (truth !== 0) return at(whenTrue, time);
        return whenFalse === undefined ? undefined : at(whenFalse, time);
      });
    },
  }),
);

/** Calls a function of metric math by its name. */
export const callFunction = (name: string, values: readonly Value[], input: MathInput): Value => {
  const found = functions.get(name.toUpperCase());
  if (found === undefined) throw new Error(`The embedded platform does not know the metric-math function ${name}.`);
  return found(values, input);
};
