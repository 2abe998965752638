import { z } from 'zod';

/**
 * All values of a metric in one minute: count, sum, extremes, and a histogram with buckets that are 2 % wide, from which every
 * percentile comes out within 1 % of the true value, however many values there were.
 */
export interface Aggregate {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** Bucket → number of values. `0` holds zeros, `-…` negative values. */
  readonly histogram: Readonly<Record<string, number>>;
}

/** An aggregate that grows. */
export interface MutableAggregate {
  count: number;
  sum: number;
  min: number;
  max: number;
  readonly histogram: Record<string, number>;
}

const growth = Math.log(1.02);

/** The aggregate of a value that occurred so many times. */
export const aggregateOf = (value: number, count = 1): MutableAggregate => ({
  count,
  sum: value * count,
  min: value,
  max: value,
  histogram: { [bucketOf(value)]: count },
});

/** Adds a value to an aggregate that is still being collected, without a copy. */
export const addTo = (aggregate: MutableAggregate, value: number, count = 1): void => {
  const bucket = bucketOf(value);
  aggregate.count += count;
  aggregate.sum += value * count;
  aggregate.min = Math.min(aggregate.min, value);
  aggregate.max = Math.max(aggregate.max, value);
  aggregate.histogram[bucket] = (aggregate.histogram[bucket] ?? 0) + count;
};

/** Two aggregates as one. */
export const merge = (a: Aggregate, b: Aggregate): Aggregate => {
  const histogram: Record<string, number> = { ...a.histogram };
  for (const [bucket, count] of Object.entries(b.histogram)) histogram[bucket] = (histogram[bucket] ?? 0) + count;
  return {
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    histogram,
  };
};

/** The value of a statistic as CloudWatch names it (`Sum`, `p99`, …); undefined for a name that does not exist. */
export const statistic = (name: string, aggregate: Aggregate): number | undefined => {
  switch (name) {
    case 'Sum':
      return aggregate.sum;
    case 'Average':
      return aggregate.sum / aggregate.count;
    case 'Minimum':
      return aggregate.min;
    case 'Maximum':
      return aggregate.max;
    case 'SampleCount':
      return aggregate.count;
    default: {
      const percent = percentileName.exec(name)?.[1];
      return percent === undefined ? undefined : percentile(aggregate, Number(percent) / 100);
    }
  }
};

const percentileName = /^p(\d{1,2}(?:\.\d{1,2})?|100)$/;

/** True for a statistic that {@link statistic} computes. */
export const isStatistic = (name: string): boolean =>
  ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount'].includes(name) || percentileName.test(name);

const percentile = ({ histogram, count, min, max }: Aggregate, share: number): number => {
  const rank = Math.max(1, Math.ceil(share * count));
  const buckets = Object.entries(histogram)
    .map(([bucket, size]) => ({ value: bucketValue(bucket), size }))
    .sort((a, b) => a.value - b.value);
  let seen = 0;
  for (const { value, size } of buckets) {
    seen += size;
    if (seen >= rank) return Math.min(max, Math.max(min, value));
  }
  return max;
};

const bucketOf = (value: number): string => {
  if (value === 0) return '0';
  const index = Math.ceil(Math.log(Math.abs(value)) / growth);
  return `${value < 0 ? '-' : '+'}${index}`;
};

const bucketValue = (bucket: string): number => {
  if (bucket === '0') return 0;
  const middle = Math.exp((Number(bucket.slice(1)) - 0.5) * growth);
  return bucket.startsWith('-') ? -middle : middle;
};

const Histogram = z.record(z.string(), z.number());

export const readHistogram = (text: unknown): Record<string, number> => Histogram.parse(JSON.parse(String(text)));
