import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { metricNames } from '../../core/metric-names.ts';
import type { MetricAlarm, MetricQuery } from '../../local/cloudwatch/alarm-model.ts';
import { readMetricAlarm } from '../../local/cloudwatch/alarm-properties.ts';
import { type CloudWatchUnderTest, startCloudWatch, topic } from '../local-cloudwatch/cloudwatch-under-test.ts';
import { failoverApp } from './synthesized.ts';

const dayMs = 86_400_000;

/** Names in place of references, which only a deployment knows. */
const plain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const [[key = '', inner] = []] = Object.entries(value);
  if (key === 'Ref' || key.startsWith('Fn::')) return JSON.stringify(inner).replaceAll(/\W+/g, '-');
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
};

const { replica, service, standby } = failoverApp();
const alarms = [replica, service, standby].flatMap((template) =>
  Object.entries(template?.Resources ?? {})
    .filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm')
    .map(([id, { Properties }]) => {
      const properties = { ...(plain(Properties) as Record<string, unknown>), AlarmActions: [topic] };
      const resource = { logicalId: id, type: 'AWS::CloudWatch::Alarm', stackName: 'test', region: 'ap-south-1' };
      const known = { ...resource, accountId: '000000000000', generatedName: id };
      return { name: id.slice(0, -8), properties, alarm: readMetricAlarm({ ...known, properties }) };
    }),
);

type Metric = Extract<MetricQuery, { kind: 'metric' }>;
const metricsOf = ({ queries }: MetricAlarm): Metric[] => queries.filter((query) => query.kind === 'metric');

/** Far beyond every threshold and quota. */
const far = 1e9;

/** Gives the first metric of the alarm one value in each period that the alarm looks at, as of now. */
const feed = (watch: CloudWatchUnderTest, alarm: MetricAlarm, value: number, daysAgo = 0): void => {
  const [first] = metricsOf(alarm);
  if (first === undefined) throw new Error(`${alarm.name} looks at no metric`);
  for (let period = 0; period < alarm.evaluationPeriods; period += 1) {
    const timestamp = watch.clock.now() - (period + 0.5) * alarm.periodMs - daysAgo * dayMs;
    watch.cloudWatch.put({ ...first.metric, value, unit: 'Count', timestamp });
  }
};

const bad = (alarm: MetricAlarm): number =>
  alarm.comparison.startsWith('Less') && alarm.band === undefined ? alarm.threshold - 1 : far;
const good = (alarm: MetricAlarm): number => (bad(alarm) === far ? 0 : alarm.threshold);

/** One that counts how often something was told can only ring for silence. */
const isCountOfTelling = (alarm: MetricAlarm): boolean =>
  metricsOf(alarm).some(({ statistic }) => statistic === 'SampleCount');

/** When nothing of before is looked at any more; what is usual is known of this time of the day alone. */
const later = (alarm: MetricAlarm): number =>
  alarm.band === undefined ? (alarm.evaluationPeriods + 3) * alarm.periodMs : dayMs;

describe('each alarm', () => {
  it.each(alarms)(
    '$name rings and tells its topic when its metric says so, and is quiet again',
    async ({ properties, alarm }) => {
      const watch = startCloudWatch();
      await watch.create('AWS::CloudWatch::Alarm', properties);
      if (alarm.band !== undefined) for (let day = 1; day <= 15; day += 1) feed(watch, alarm, 10, day);
      feed(watch, alarm, good(alarm) === 0 && alarm.band !== undefined ? 10 : good(alarm));
      const before = watch.state();
      watch.clock.advance(later(alarm));
      if (!isCountOfTelling(alarm)) feed(watch, alarm, bad(alarm));
      const rung = watch.state();
      const told = watch.notices.filter(({ subject }) => subject.startsWith('ALARM'));
      watch.clock.advance(later(alarm));
      feed(watch, alarm, alarm.band === undefined ? good(alarm) : 10);

      expect([before, rung, watch.state()]).toEqual(['OK', 'ALARM', 'OK']);
      expect(told.map((notice) => notice.topic)).toEqual([topic]);
    },
  );

  it.each(alarms.filter(({ alarm }) => alarm.missingData === 'breaching'))(
    '$name rings when nobody tells any more',
    async ({ properties, alarm }) => {
      const watch = startCloudWatch();
      await watch.create('AWS::CloudWatch::Alarm', properties);
      feed(watch, alarm, good(alarm));
      const before = watch.state();
      watch.clock.advance((alarm.evaluationPeriods + 3) * alarm.periodMs);

      expect([before, watch.state()]).toEqual(['OK', 'ALARM']);
    },
  );
});

describe('what alarms look at', () => {
  const root = join(import.meta.dirname, '..', '..');
  const sources = globSync('lambdas/**/*.ts', { cwd: root }).map((file) => readFileSync(join(root, file), 'utf8'));
  const meters = new Set(
    sources.flatMap((text) =>
      [...text.matchAll(/createMeter\([^,]+, '([\w-]+)'\)|'(guard-abroad)'/g)].map(([, a, b]) => a ?? b),
    ),
  );
  const own = alarms
    .flatMap(({ alarm }) => metricsOf(alarm).map(({ metric }) => metric))
    .filter(({ namespace }) => namespace.startsWith('Mediakeep/'));

  it('is emitted under that name', () => {
    const named = Object.entries(metricNames);
    const unknown = own.filter(({ name }) => {
      const key = named.find(([, value]) => value === name)?.[0];
      return key === undefined || !sources.some((text) => text.includes(`metricNames.${key}`));
    });

    expect(unknown).toEqual([]);
  });

  it('is emitted by the function that the dimension names', () => {
    expect(own.filter(({ dimensions }) => !meters.has(dimensions['service']))).toEqual([]);
  });
});
