import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { days } from '../../core/time.ts';
import { type Aggregate, aggregateOf, merge, statistic } from '../../local/cloudwatch/aggregate.ts';
import { metricsOfLine } from '../../local/cloudwatch/emf.ts';
import { alarmProperties, startCloudWatch } from './cloudwatch-under-test.ts';

const emf = (document: Record<string, unknown>, directive: Record<string, unknown> = {}) =>
  JSON.stringify({
    _aws: {
      Timestamp: Date.parse('2026-01-15T09:59:30Z'),
      CloudWatchMetrics: [
        {
          Namespace: 'Mediakeep/test',
          Dimensions: [['class']],
          Metrics: [{ Name: 'bytes', Unit: 'Bytes' }],
          ...directive,
        },
      ],
    },
    class: 'raw-audio',
    bytes: 10,
    ...document,
  });

describe('the embedded metric format', () => {
  test('gives a value for each set of dimensions', () => {
    const line = emf({ service: 'intake' }, { Dimensions: [['class'], ['class', 'service'], []] });

    const dimensions = metricsOfLine(line).map((value) => value.dimensions);

    expect(dimensions).toEqual([{ class: 'raw-audio' }, { class: 'raw-audio', service: 'intake' }, {}]);
    expect(metricsOfLine(line)[0]).toMatchObject({
      namespace: 'Mediakeep/test',
      name: 'bytes',
      value: 10,
      unit: 'Bytes',
    });
  });

  test('gives every value of a list', () => {
    expect(metricsOfLine(emf({ bytes: [1, 2, 3] })).map(({ value }) => value)).toEqual([1, 2, 3]);
  });

  const nothing: [string, string][] = [
    ['plain text', 'hello "_aws"'],
    ['other JSON', '{"level":"info"}'],
    ['JSON that is no object', '["_aws"]'],
    ['no time', JSON.stringify({ _aws: { CloudWatchMetrics: [] } })],
    ['a metric without a value', emf({ bytes: undefined })],
    ['a value that is text', emf({ bytes: '10' })],
    ['a value of null', emf({ bytes: null })],
    ['a dimension without a value', emf({ class: undefined })],
    ['no namespace', emf({}, { Namespace: undefined })],
    ['metrics that are no list', emf({}, { Metrics: 'x' })],
  ];
  test.each(nothing)('finds nothing in %s', (_, line) => {
    expect(metricsOfLine(line)).toEqual([]);
  });

  test('in a function’s log feeds an alarm', async () => {
    const watch = startCloudWatch();
    await watch.create(
      'AWS::CloudWatch::Alarm',
      alarmProperties({ MetricName: 'bytes', Dimensions: [{ Name: 'class', Value: 'raw-audio' }], Threshold: 20 }),
    );
    watch.cloudWatch.writeLog('/aws/lambda/intake', emf({}));
    const before = watch.state();
    watch.cloudWatch.writeLog('/aws/lambda/intake', emf({}));

    expect([before, watch.state()]).toEqual(['OK', 'ALARM']);
  });
});

describe('aggregates', () => {
  const values = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 200 });
  const aggregate = (list: readonly number[]): Aggregate =>
    list.map((value) => aggregateOf(value)).reduce((all, one) => merge(all, one));

  test('know every percentile within one percent', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 100 }), (list, percent) => {
        const sorted = [...list].sort((a, b) => a - b);
        const exact = sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? 0;
        const found = statistic(`p${percent}`, aggregate(list)) ?? Number.NaN;
        expect(Math.abs(found - exact)).toBeLessThanOrEqual(Math.abs(exact) * 0.0101);
      }),
    );
  });

  test('do not depend on how values were put together', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const together = aggregate([...a, ...b]);
        const merged = merge(aggregate(a), aggregate(b));
        expect(merged.histogram).toEqual(together.histogram);
        expect([merged.count, merged.min, merged.max]).toEqual([together.count, together.min, together.max]);
      }),
    );
  });

  test('survive a restart and go after fifteen days', () => {
    const db = new DatabaseSync(':memory:');
    const first = startCloudWatch({ db });
    first.values(1, 2, 3);
    first.cloudWatch.flush();
    const rows = () => db.prepare('SELECT COUNT(*) AS n FROM cloudwatch_minutes').get()?.['n'];
    const kept = rows();
    first.clock.advance(days(16));
    first.cloudWatch.flush();

    expect([kept, rows()]).toEqual([3, 0]);
  });
});

describe('logs', () => {
  test('are one line an entry, whatever a function wrote', () => {
    const watch = startCloudWatch();

    watch.cloudWatch.writeLog('/aws/lambda/api', 'one\n{"level":"info"}\u001b[31mred\u0000\tend');

    expect(watch.cloudWatch.logs.tail('/aws/lambda/api', 10)).toEqual([
      '2026-01-15T10:00:00.000Z one\\x0a{"level":"info"}\\x1b[31mred\\x00\tend',
    ]);
  });

  test('take a log group by its name or its ARN', () => {
    const watch = startCloudWatch();

    watch.cloudWatch.writeLog('arn:aws:logs:ap-south-1:000000000000:log-group:access:*', 'a');
    watch.cloudWatch.writeLog('access', 'b');

    expect(watch.cloudWatch.logs.tail('access', 1)).toEqual([expect.stringMatching(/ b$/)]);
    expect(watch.cloudWatch.logs.tail('access', 10)).toHaveLength(2);
  });

  test('lie in one file a group, which turns over', () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'mediakeep-cloudwatch-test-'));
    const watch = startCloudWatch({ dataDir });
    const line = 'x'.repeat(1024 * 1024);

    for (let index = 0; index < 45; index += 1) watch.cloudWatch.writeLog('/aws/lambda/api', `${index} ${line}`);

    const file = watch.cloudWatch.logs.file('/aws/lambda/api') ?? '';
    expect(readdirSync(join(dataDir, 'logs')).sort()).toEqual([
      'aws-lambda-api.log',
      'aws-lambda-api.log.1',
      'aws-lambda-api.log.2',
      'aws-lambda-api.log.3',
    ]);
    expect(readFileSync(file, 'utf8')).toContain('Z 44 x');
    rmSync(dataDir, { recursive: true });
  });
});

describe('dashboards and log groups of the template', () => {
  test('are kept when they are right and named when they are not', async () => {
    const watch = startCloudWatch();
    const type = 'AWS::CloudWatch::Dashboard';
    const body = JSON.stringify({ widgets: [{ type: 'metric', x: 0, y: 0, properties: { metrics: [] } }] });

    await watch.create(type, { DashboardName: 'mediakeep', DashboardBody: body });

    expect(watch.cloudWatch.dashboards()).toEqual([{ name: 'mediakeep', body }]);
    await expect(watch.create(type, { DashboardBody: '{' })).rejects.toThrow(/Dashboard/);
    await expect(watch.create(type, { DashboardBody: '{"widgets":[{"type":"metric"}]}' })).rejects.toThrow(
      /properties/,
    );
  });

  test('have the ARN that policies and stages name', async () => {
    const watch = startCloudWatch();

    const { ref, attributes } = await watch.create('AWS::Logs::LogGroup', {
      LogGroupName: '/mediakeep/api',
      RetentionInDays: 30,
    });

    expect(ref).toBe('/mediakeep/api');
    expect(attributes['Arn']).toBe('arn:aws:logs:ap-south-1:000000000000:log-group:/mediakeep/api:*');
  });
});
