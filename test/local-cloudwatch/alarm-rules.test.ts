import { describe, expect, test } from 'vitest';
import { alarmProperties, minute, startCloudWatch, topic } from './cloudwatch-under-test.ts';

const alarmType = 'AWS::CloudWatch::Alarm';

describe('metric math', () => {
  const query = (Id: string, MetricName: string) => ({
    Id,
    ReturnData: false,
    MetricStat: { Metric: { Namespace: 'T', MetricName, Dimensions: [] }, Period: 60, Stat: 'Sum' },
  });
  const computed = (Expression: string) => ({
    AlarmName: 'errors',
    EvaluationPeriods: 1,
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'missing',
    Metrics: [query('a', 'A'), query('b', 'B'), query('absent', 'C'), { Id: 'e1', Expression }],
  });
  const expressions: [string, string][] = [
    ['a - 10', 'OK'],
    ['a - 10 + 1', 'ALARM'],
    ['2 + 3 * 4 - 14', 'OK'],
    ['(2 + 3) * 4 - 14', 'ALARM'],
    ['-a + b', 'OK'],
    ['a / b - 2', 'OK'],
    ['a / (b - 5)', 'INSUFFICIENT_DATA'],
    ['2 ^ 3 - 8', 'OK'],
    ['a > 5 AND b >= 5', 'ALARM'],
    ['a > 10 || b == 6', 'OK'],
    ['IF(a > b, a - 10, 1)', 'OK'],
    ['SUM([a, b]) - 15', 'OK'],
    ['SUM(METRICS()) - 14', 'ALARM'],
    ['MAX([a, b]) - 10', 'OK'],
    ['AVG([a, b]) - 7.5', 'OK'],
    ['absent + a', 'INSUFFICIENT_DATA'],
    ['FILL(absent, 0) + a', 'ALARM'],
    ['100 * a / PERIOD(a)', 'ALARM'],
    ['FLOOR(a / 20) + CEIL(-1 / 3) + ABS(0 - 0)', 'OK'],
  ];
  test.each(expressions)('%s with a = 10 and b = 5 is %s', async (expression, state) => {
    const watch = startCloudWatch();
    await watch.create(alarmType, computed(expression));
    const timestamp = watch.clock.now() - minute;
    watch.cloudWatch.put({ namespace: 'T', name: 'A', dimensions: {}, value: 10, unit: 'Count', timestamp });
    watch.cloudWatch.put({ namespace: 'T', name: 'B', dimensions: {}, value: 5, unit: 'Count', timestamp });

    expect(watch.state()).toBe(state);
  });

  const wrong: [string, RegExp][] = [
    ['SEARCH(a)', /SEARCH/],
    ['constructor(a)', /constructor/],
    ['a +', /its end/],
    ['a b', /goes on with b/],
    ['a + unknown', /names unknown/],
    ['[a, b]', /list/],
    ['a $ b', /not understood/],
    ['e1 + 1', /name each other/],
  ];
  test.each(wrong)('%s is refused when the alarm is made', async (expression, problem) => {
    const watch = startCloudWatch();

    await expect(watch.create(alarmType, computed(expression))).rejects.toThrow(problem);
  });
});

describe('a composite alarm', () => {
  const rule = (AlarmRule: string) => ({ AlarmName: 'both', AlarmRule, AlarmActions: [topic] });
  const withTwo = async () => {
    const watch = startCloudWatch();
    await watch.create(alarmType, alarmProperties({ AlarmName: 'one', AlarmActions: [], OKActions: [] }), 'One');
    await watch.create(
      alarmType,
      alarmProperties({ AlarmName: 'two', Threshold: 100, AlarmActions: [], OKActions: [] }),
      'Two',
    );
    watch.values(5);
    return watch;
  };
  const rules: [string, string][] = [
    ['ALARM("one")', 'ALARM'],
    ["ALARM('two')", 'OK'],
    ['ALARM(one) AND OK(two)', 'ALARM'],
    ['ALARM("one") AND ALARM("two")', 'OK'],
    ['ALARM("two") OR NOT OK("one")', 'ALARM'],
    ['NOT (ALARM("one") OR TRUE)', 'OK'],
    ['ALARM("two") AND FALSE OR TRUE', 'ALARM'],
    ['INSUFFICIENT_DATA("one")', 'OK'],
    ['ALARM("arn:aws:cloudwatch:ap-south-1:000000000000:alarm:one")', 'ALARM'],
  ];
  test.each(rules)('%s is %s', async (AlarmRule, state) => {
    const watch = await withTwo();
    await watch.create('AWS::CloudWatch::CompositeAlarm', rule(AlarmRule), 'Both');

    watch.cloudWatch.evaluate(watch.clock.now());

    expect(watch.cloudWatch.alarms().find(({ alarm }) => alarm.name === 'both')?.state).toBe(state);
    expect(watch.notices).toHaveLength(state === 'ALARM' ? 1 : 0);
  });

  const wrong = ['ALARM("three")', 'ALARM("one"', 'ALARM("one") ALARM("two")', 'SOMETHING("one")', ''];
  test.each(wrong)('%s is refused', async (AlarmRule) => {
    const watch = await withTwo();

    await expect(watch.create('AWS::CloudWatch::CompositeAlarm', rule(AlarmRule), 'Both')).rejects.toThrow();
  });
});
