import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { type metricNames, metricNamespace } from '../../core/metric-names.ts';

type MetricName = (typeof metricNames)[keyof typeof metricNames];
type Dimensions = Readonly<Record<string, string>>;

/** Where a function counts and measures. */
export interface Meter {
  count(name: MetricName, value: number, dimensions?: Dimensions): void;
  bytes(name: MetricName, value: number, dimensions?: Dimensions): void;
  milliseconds(name: MetricName, value: number, dimensions?: Dimensions): void;
}

/** Keeps what is measured until it is written. */
export interface BufferedMeter extends Meter {
  /** Writes what was measured since the last time: one line in the embedded metric format for each set of dimensions. */
  flush(): void;
}

/** The metrics of one function in the namespace of its deployment. */
export const createMeter = (deployment: string, service: string): BufferedMeter => {
  const namespace = metricNamespace(deployment);
  // Only names of classes and reasons are dimensions, so these are few and may stay.
  const metricsBySet = new Map<string, Metrics>();
  const metricsOf = (dimensions: Dimensions): Metrics => {
    const id = JSON.stringify(Object.entries(dimensions));
    const known = metricsBySet.get(id);
    if (known !== undefined) return known;
    const metrics = new Metrics({ namespace, serviceName: service, defaultDimensions: { ...dimensions } });
    metricsBySet.set(id, metrics);
    return metrics;
  };
  return {
    count: (name, value, dimensions = {}) => metricsOf(dimensions).addMetric(name, MetricUnit.Count, value),
    bytes: (name, value, dimensions = {}) => metricsOf(dimensions).addMetric(name, MetricUnit.Bytes, value),
    milliseconds: (name, value, dimensions = {}) =>
      metricsOf(dimensions).addMetric(name, MetricUnit.Milliseconds, value),
    flush: () => {
      for (const metrics of metricsBySet.values()) if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
};

/** A handler whose metrics are written at the end of each call, however it ends. */
export const measured =
  <Call extends unknown[], Answer>(
    meter: Pick<BufferedMeter, 'flush'>,
    handle: (...call: Call) => Promise<Answer>,
  ): ((...call: Call) => Promise<Answer>) =>
  async (...call) => {
    try {
      return await handle(...call);
    } finally {
      meter.flush();
    }
  };
