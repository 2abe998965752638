import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { AwsError } from '../../local/aws/aws-error.ts';
import { alarmProperties, metric, minute, serve, startCloudWatch } from './cloudwatch-under-test.ts';

describe('the API', () => {
  const call = async (url: string, operation: string, input: unknown, extra: Record<string, string> = {}) => {
    const body = extra['content-encoding'] === 'gzip' ? gzipSync(JSON.stringify(input)) : JSON.stringify(input);
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `GraniteServiceVersion20100801.${operation}`,
        ...extra,
      },
      body,
    });
    return { status: response.status, body: await response.json() };
  };

  test('takes values in JSON, compressed or not, and gives them back', async () => {
    const watch = startCloudWatch();
    await using server = await serve(watch.cloudWatch);
    const at = (watch.clock.now() - minute) / 1000;
    const datum = { MetricName: 'Depth', Timestamp: at, Unit: 'Count' };
    await call(server.url, 'PutMetricData', { Namespace: 'T', MetricData: [{ ...datum, Value: 3 }] });
    await call(
      server.url,
      'PutMetricData',
      { Namespace: 'T', MetricData: [{ ...datum, Values: [1, 5], Counts: [2, 1] }] },
      { 'content-encoding': 'gzip' },
    );

    const { body } = await call(server.url, 'GetMetricData', {
      StartTime: at - 600,
      EndTime: at + 600,
      MetricDataQueries: [
        {
          Id: 'm',
          ReturnData: false,
          MetricStat: { Metric: { Namespace: 'T', MetricName: 'Depth' }, Period: 60, Stat: 'Sum' },
        },
        { Id: 'e', Expression: 'm * 2' },
      ],
    });

    expect(body.MetricDataResults).toEqual([
      { Id: 'e', Label: 'e', Timestamps: [at], Values: [20], StatusCode: 'Complete' },
    ]);
    expect(watch.asked.at(0)?.context['cloudwatch:namespace']).toBe('T');
  });

  test('shows alarms and lets people try them', async () => {
    const watch = startCloudWatch();
    await watch.create('AWS::CloudWatch::Alarm', alarmProperties());
    await using server = await serve(watch.cloudWatch);

    await call(server.url, 'SetAlarmState', { AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'a trial' });
    const { body } = await call(server.url, 'DescribeAlarms', { StateValue: 'ALARM' });

    expect(body.MetricAlarms).toMatchObject([{ AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'a trial' }]);
    expect(watch.notices).toHaveLength(1);
    expect(watch.state()).toBe('OK');
  });

  test('speaks the query protocol of command lines too', async () => {
    const watch = startCloudWatch();
    await watch.create('AWS::CloudWatch::Alarm', alarmProperties());
    await using server = await serve(watch.cloudWatch);
    const post = async (parameters: Record<string, string>) => {
      const body = new URLSearchParams({ Version: '2010-08-01', ...parameters });
      return (await fetch(server.url, { method: 'POST', body })).text();
    };

    await post({
      Action: 'PutMetricData',
      Namespace: metric.namespace,
      'MetricData.member.1.MetricName': metric.name,
      'MetricData.member.1.Value': '7',
      'MetricData.member.1.Timestamp': new Date(watch.clock.now() - minute).toISOString(),
      'MetricData.member.1.Dimensions.member.1.Name': 'Function',
      'MetricData.member.1.Dimensions.member.1.Value': 'api',
    });
    watch.state();
    const xml = await post({ Action: 'DescribeAlarms', 'AlarmNames.member.1': 'errors' });

    expect(xml).toContain('<StateValue>ALARM</StateValue>');
    expect(xml).toContain('<StateUpdatedTimestamp>2026-01-15T10:00:00.000Z</StateUpdatedTimestamp>');
    expect(xml).toMatch(/<MetricAlarms><member>.*<\/member><\/MetricAlarms>/);
  });

  test('refuses the binary protocol with a word on what to do', async () => {
    const watch = startCloudWatch();
    await using server = await serve(watch.cloudWatch);

    const response = await fetch(`${server.url}service/GraniteServiceVersion20100801/operation/DescribeAlarms`, {
      method: 'POST',
      headers: { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' },
    });

    expect(response.status).toBe(415);
    expect(await response.text()).toMatch(/JSON 1\.0/);
  });

  const bad: [string, string, unknown, string][] = [
    ['an operation that it does not have', 'PutAnomalyDetector', {}, 'NotImplemented'],
    [
      'a value that is no number',
      'PutMetricData',
      { Namespace: 'T', MetricData: [{ MetricName: 'a', Value: 'x' }] },
      'ValidationError',
    ],
    ['no value', 'PutMetricData', { Namespace: 'T', MetricData: [{ MetricName: 'a' }] }, 'InvalidParameterValue'],
    ['no namespace', 'PutMetricData', { MetricData: [{ MetricName: 'a', Value: 1 }] }, 'ValidationError'],
    [
      'an alarm that does not exist',
      'SetAlarmState',
      { AlarmName: 'x', StateValue: 'OK', StateReason: '' },
      'ResourceNotFound',
    ],
    [
      'a state that does not exist',
      'SetAlarmState',
      { AlarmName: 'x', StateValue: 'FINE', StateReason: '' },
      'ValidationError',
    ],
  ];
  test.each(bad)('refuses %s', async (_, operation, input, code) => {
    const watch = startCloudWatch();
    await using server = await serve(watch.cloudWatch);

    expect((await call(server.url, operation, input)).body.__type).toBe(code);
  });

  test('does nothing for who may not', async () => {
    const watch = startCloudWatch({
      authorize() {
        throw new AwsError('AccessDenied', 403, 'not allowed');
      },
    });
    await using server = await serve(watch.cloudWatch);

    const { status } = await call(server.url, 'PutMetricData', {
      Namespace: 'T',
      MetricData: [{ MetricName: 'a', Value: 1 }],
    });

    expect(status).toBe(403);
    watch.cloudWatch.flush();
    expect(watch.cloudWatch.alarms()).toEqual([]);
  });
});
