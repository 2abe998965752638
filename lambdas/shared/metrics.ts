import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { type metricNames, metricNamespace } from '../../core/metric-names.ts';

type MetricName = (typeof metricNames)[keyof typeof metricNames];

/** Where a function counts and measures; every call is one line in the embedded metric format. */
export interface Meter {
  count(name: MetricName, value: number, dimensions?: Readonly<Record<string, string>>): void;
  bytes(name: MetricName, value: number, dimensions?: Readonly<Record<string, string>>): void;
  milliseconds(name: MetricName, value: number, dimensions?: Readonly<Record<string, string>>): void;
}

/** The metrics of one function in the namespace of its deployment. */
export const createMeter = (deployment: string, service: string): Meter => {
  const metrics = new Metrics({ namespace: metricNamespace(deployment), serviceName: service });
  const emit = (
    unit: (typeof MetricUnit)[keyof typeof MetricUnit],
    name: MetricName,
    value: number,
    dimensions: Readonly<Record<string, string>>,
  ): void => {
    const single = metrics.singleMetric();
    for (const [key, text] of Object.entries(dimensions)) single.addDimension(key, text);
    single.addMetric(name, unit, value);
  };
  return {
    count: (name, value, dimensions = {}) => emit(MetricUnit.Count, name, value, dimensions),
    bytes: (name, value, dimensions = {}) => emit(MetricUnit.Bytes, name, value, dimensions),
    milliseconds: (name, value, dimensions = {}) => emit(MetricUnit.Milliseconds, name, value, dimensions),
  };
};
