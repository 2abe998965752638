import { describe, expect, it } from 'vitest';
import { anomalyBand, bandCall } from '../../local/cloudwatch/anomaly-band.ts';
import { searchMetrics } from '../../local/cloudwatch/metric-search.ts';
import type { MetricName } from '../../local/cloudwatch/metric-store.ts';
import { alarmProperties, metric, minute, startCloudWatch } from './cloudwatch-under-test.ts';

const day = 86_400_000;

const bandAlarm = (comparison: string) => {
  const { Namespace, MetricName, Dimensions, AlarmActions } = alarmProperties();
  return {
    AlarmName: 'unusual',
    AlarmActions,
    EvaluationPeriods: 1,
    ComparisonOperator: comparison,
    ThresholdMetricId: 'band',
    TreatMissingData: 'notBreaching',
    Metrics: [
      { Id: 'm', MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: 60, Stat: 'Sum' } },
      { Id: 'band', Expression: 'ANOMALY_DETECTION_BAND(m, 2)' },
    ],
  };
};

describe('an alarm on what is usual', () => {
  const watch = async (comparison: string, before: readonly number[], value: number) => {
    const watched = startCloudWatch();
    await watched.create('AWS::CloudWatch::Alarm', bandAlarm(comparison));
    const put = (amount: number, timestamp: number) =>
      watched.cloudWatch.put({ ...metric, value: amount, unit: 'Count', timestamp });
    for (const [index, amount] of before.entries()) put(amount, watched.clock.now() - minute - (index + 1) * day);
    put(value, watched.clock.now() - minute);
    return watched.state();
  };

  it.each([
    ['GreaterThanUpperThreshold', 131, 'ALARM'],
    ['GreaterThanUpperThreshold', 120, 'OK'],
    ['GreaterThanUpperThreshold', 1, 'OK'],
    ['LessThanLowerThreshold', 1, 'ALARM'],
    ['LessThanLowerThreshold', 1000, 'OK'],
    ['LessThanLowerOrGreaterThanUpperThreshold', 1000, 'ALARM'],
    ['LessThanLowerOrGreaterThanUpperThreshold', 1, 'ALARM'],
    ['LessThanLowerOrGreaterThanUpperThreshold', 105, 'OK'],
  ])('with %s says of %d around 100: %s', async (comparison, value, state) => {
    expect(await watch(comparison, [90, 110, 90, 110], value)).toBe(state);
  });

  it('calls nothing unusual before it knows three days', async () => {
    expect(await watch('GreaterThanUpperThreshold', [1, 1], 1_000_000)).toBe('OK');
    expect(await watch('GreaterThanUpperThreshold', [1, 1, 1], 1_000_000)).toBe('ALARM');
  });

  it('wants a threshold or a band, and not both', async () => {
    const both = { ...bandAlarm('GreaterThanUpperThreshold'), Threshold: 1 };

    await expect(async () => startCloudWatch().create('AWS::CloudWatch::Alarm', both)).rejects.toThrow(/either/);
  });
});

describe('a band', () => {
  it('is never narrower than one or a tenth of the mean', () => {
    const [few, many] = [2, 1000].map((value) =>
      anomalyBand(new Map([[0, value]]), 2, (offset) => new Map([[-offset, value]])).get(0),
    );

    expect([few, many]).toEqual([
      { lower: 1, upper: 3 },
      { lower: 900, upper: 1100 },
    ]);
  });

  it('is read from its call, two deviations wide where nothing else is said', () => {
    expect(bandCall('ANOMALY_DETECTION_BAND(m1, 4)')).toEqual({ of: 'm1', width: 4 });
    expect(bandCall('ANOMALY_DETECTION_BAND(m1)')).toEqual({ of: 'm1', width: 2 });
    expect(bandCall('SUM(METRICS())')).toBeUndefined();
  });
});

describe('a search', () => {
  const metrics: readonly MetricName[] = [
    { namespace: 'Mediakeep/test', name: 'BytesKept', dimensions: { class: 'a', storageClass: 'STANDARD' } },
    { namespace: 'Mediakeep/test', name: 'BytesKept', dimensions: { class: 'b', storageClass: 'GLACIER' } },
    { namespace: 'Mediakeep/test', name: 'BytesKept', dimensions: { class: 'a' } },
    { namespace: 'AWS/S3', name: 'BytesKept', dimensions: { class: 'a', storageClass: 'STANDARD' } },
  ];

  it('finds metrics with exactly these dimensions and these values', () => {
    const found = (text: string) => searchMetrics(text, metrics).map((one) => metrics.indexOf(one));

    expect(found('{"Mediakeep/test",storageClass,class} MetricName="BytesKept"')).toEqual([0, 1]);
    expect(found('{"Mediakeep/test",class,storageClass} MetricName="BytesKept" class="b"')).toEqual([1]);
    expect(found('{"Mediakeep/test",class} MetricName="Other"')).toEqual([]);
  });

  it('refuses what it does not understand', () => {
    expect(() => searchMetrics('MetricName="x"', metrics)).toThrow(/does not begin/);
    expect(() => searchMetrics('{AWS/S3,class} latency', metrics)).toThrow(/does not know the term/);
  });
});
