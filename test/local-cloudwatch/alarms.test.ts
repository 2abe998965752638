import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { days } from '../../core/time.ts';
import { alarmProperties, metric, minute, startCloudWatch, topic } from './cloudwatch-under-test.ts';

const alarmType = 'AWS::CloudWatch::Alarm';

describe('an alarm', () => {
  test('fires when the threshold is crossed, clears when it is over, and says both once', async () => {
    const watch = startCloudWatch();
    const { attributes } = await watch.create(alarmType, alarmProperties());
    watch.values(0);
    const calm = watch.state();
    watch.clock.advance(minute);
    watch.values(2);

    const fired = [watch.state(), watch.state()];
    watch.clock.advance(10 * minute);
    const cleared = watch.state();

    expect([calm, ...fired, cleared]).toEqual(['OK', 'ALARM', 'ALARM', 'OK']);
    expect(watch.notices.map(({ subject }) => subject)).toEqual([
      'OK: "errors" in ap-south-1',
      'ALARM: "errors" in ap-south-1',
      'OK: "errors" in ap-south-1',
    ]);
    expect(watch.notices[1]).toMatchObject({
      topic,
      message: { AlarmName: 'errors', OldStateValue: 'OK', NewStateValue: 'ALARM', AlarmArn: attributes['Arn'] },
      source: { service: 'cloudwatch.amazonaws.com', arn: attributes['Arn'], accountId: '000000000000' },
    });
  });

  test('stays silent where its actions are off', async () => {
    const watch = startCloudWatch();
    await watch.create(alarmType, alarmProperties({ ActionsEnabled: false }));
    watch.values(2);

    expect(watch.state()).toBe('ALARM');
    expect(watch.notices).toEqual([]);
  });

  test('shows that its topic refused the notice', async () => {
    const watch = startCloudWatch({
      publish() {
        throw new Error('the topic’s key does not admit cloudwatch.amazonaws.com');
      },
    });
    await watch.create(alarmType, alarmProperties());
    watch.values(2);

    watch.state();

    expect(watch.cloudWatch.alarms()[0]?.actionProblem).toMatch(/does not admit/);
    expect(watch.log.some((line) => line.includes('could not tell'))).toBe(true);
  });

  test('keeps its state over a restart', async () => {
    const db = new DatabaseSync(':memory:');
    const first = startCloudWatch({ db });
    await first.create(alarmType, alarmProperties());
    first.values(2);
    first.state();
    first.cloudWatch.flush();

    const second = startCloudWatch({ db });
    await second.create(alarmType, alarmProperties());

    expect(second.cloudWatch.alarms()[0]?.state).toBe('ALARM');
    expect(second.state()).toBe('ALARM');
    expect(second.notices).toEqual([]);
  });

  test('is calm after a leap of ninety days', async () => {
    const watch = startCloudWatch();
    await watch.create(alarmType, alarmProperties());
    watch.values(5);
    watch.state();
    watch.clock.advance(days(90));

    expect(watch.state()).toBe('OK');
  });

  const comparisons: [string, number, string][] = [
    ['GreaterThanOrEqualToThreshold', 5, 'ALARM'],
    ['GreaterThanThreshold', 5, 'OK'],
    ['GreaterThanThreshold', 6, 'ALARM'],
    ['LessThanThreshold', 5, 'OK'],
    ['LessThanThreshold', 4, 'ALARM'],
    ['LessThanOrEqualToThreshold', 5, 'ALARM'],
  ];
  test.each(comparisons)('that is %s of 5 sees %i as %s', async (ComparisonOperator, value, state) => {
    const watch = startCloudWatch();
    await watch.create(alarmType, alarmProperties({ ComparisonOperator, Threshold: 5 }));
    watch.values(value);

    expect(watch.state()).toBe(state);
  });

  const statistics: [Record<string, unknown>, number][] = [
    [{ Statistic: 'Sum' }, 5050],
    [{ Statistic: 'Average' }, 50.5],
    [{ Statistic: 'Minimum' }, 1],
    [{ Statistic: 'Maximum' }, 100],
    [{ Statistic: 'SampleCount' }, 100],
    [{ Statistic: undefined, ExtendedStatistic: 'p99' }, 99],
    [{ Statistic: undefined, ExtendedStatistic: 'p50' }, 50],
  ];
  test.each(statistics)('with %j sees the numbers 1 to 100 as %d', async (statistic, value) => {
    const crosses = async (Threshold: number) => {
      const watch = startCloudWatch();
      await watch.create(alarmType, alarmProperties({ ...statistic, Threshold }));
      for (let number = 1; number <= 100; number += 1) watch.values(number);
      return watch.state();
    };

    expect([await crosses(value * 0.985), await crosses(value * 1.015)]).toEqual(['ALARM', 'OK']);
  });

  test('adds up the minutes of its period', async () => {
    const watch = startCloudWatch();
    await watch.create(alarmType, alarmProperties({ Period: 300, Threshold: 5 }));
    watch.values(1, 1, 1, 1, 1);

    expect(watch.state()).toBe('ALARM');
  });
});

/** What CloudWatch's documentation shows for missing values: X crosses the threshold, 0 does not, - is missing. */
describe('missing values', () => {
  const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
  const threeOfThree: [string, string[]][] = [
    ['0 - X - X', ['OK', 'OK', 'OK', 'OK']],
    ['- - - - 0', ['OK', 'OK', 'OK', 'OK']],
    ['- - - - -', ['INSUFFICIENT_DATA', 'kept', 'ALARM', 'OK']],
    ['0 X X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['- - X - -', ['ALARM', 'kept', 'ALARM', 'OK']],
  ];
  const twoOfThree: [string, string[]][] = [
    ['0 - X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['0 0 X 0 X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['0 - X - -', ['OK', 'OK', 'ALARM', 'OK']],
    ['- - - - 0', ['OK', 'OK', 'ALARM', 'OK']],
    ['- - - X -', ['ALARM', 'kept', 'ALARM', 'OK']],
  ];
  const cases = [
    ...threeOfThree.map(([points, states]) => ({ points, states, needed: 3 })),
    ...twoOfThree.map(([points, states]) => ({ points, states, needed: 2 })),
  ].flatMap(({ points, states, needed }) =>
    treatments.map((treatment, index) => ({ points, needed, treatment, expected: states[index] ?? '' })),
  );

  test.each(cases)('$points, $needed of 3, $treatment: $expected', async ({ points, needed, treatment, expected }) => {
    const watch = startCloudWatch();
    await watch.create(
      alarmType,
      alarmProperties({ EvaluationPeriods: 3, DatapointsToAlarm: needed, TreatMissingData: treatment }),
    );
    watch.values(...points.split(' ').map((point) => (point === '-' ? undefined : point === 'X' ? 1 : 0)));

    expect(watch.state()).toBe(expected === 'kept' ? 'INSUFFICIENT_DATA' : expected);
  });

  test('keep the state that was where they are ignored', async () => {
    const watch = startCloudWatch();
    await watch.create(alarmType, alarmProperties({ TreatMissingData: 'ignore' }));
    watch.values(2);
    watch.state();
    watch.clock.advance(60 * minute);

    expect(watch.state()).toBe('ALARM');
  });

  test('are ignored in the metrics of DynamoDB unless an alarm says otherwise', async () => {
    const watch = startCloudWatch();
    const { TreatMissingData: _, ...properties } = alarmProperties({ Namespace: 'AWS/DynamoDB' });
    await watch.create(alarmType, properties);
    watch.cloudWatch.put({
      ...metric,
      namespace: 'AWS/DynamoDB',
      value: 1,
      unit: 'Count',
      timestamp: watch.clock.now() - minute,
    });
    watch.state();
    watch.clock.advance(60 * minute);

    expect(watch.state()).toBe('ALARM');
  });
});

describe('an alarm of the template that cannot be', () => {
  const wrong: [string, Record<string, unknown>, RegExp][] = [
    ['more datapoints than periods', { DatapointsToAlarm: 2 }, /DatapointsToAlarm/],
    ['a statistic that does not exist', { Statistic: 'Median' }, /Median/],
    ['an action that is no topic', { AlarmActions: ['arn:aws:lambda:ap-south-1:0:function:f'] }, /SNS/],
    ['a property that is not known', { ThresholdMetricId: 'x' }, /`ThresholdMetricId`/],
    ['no metric', { MetricName: undefined }, /MetricName/],
  ];
  test.each(wrong)('with %s is named', async (_, changes, problem) => {
    const watch = startCloudWatch();

    await expect(watch.create(alarmType, alarmProperties(changes))).rejects.toThrow(problem);
  });
});
