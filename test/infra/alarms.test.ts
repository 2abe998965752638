import { expect, it } from 'vitest';
import { indexNames } from '../../core/catalog/keys.ts';
import { minute, startCloudWatch } from '../local-cloudwatch/cloudwatch-under-test.ts';
import { propertiesOf } from './breakages/broken-templates.ts';
import { defaultApp } from './synthesized.ts';

/** The alarm as it is deployed, for a table whose name is `catalog`. */
const alarmOf = (direction: string) => {
  const properties = structuredClone(
    propertiesOf(defaultApp().service, 'AWS::CloudWatch::Alarm', `AlarmsCatalog${direction}Throttles`),
  );
  for (const { MetricStat } of properties.Metrics)
    for (const dimension of MetricStat?.Metric.Dimensions ?? [])
      if (dimension.Name === 'TableName') dimension.Value = 'catalog';
  return { ...properties, AlarmActions: [] };
};

it.each(
  ['Read', 'Write'].flatMap((direction) =>
    [undefined, ...Object.values(indexNames)].map((index) => [direction, index]),
  ),
)('the alarm of %s throttles rings for index %s', async (direction = '', index) => {
  const watch = startCloudWatch();
  await watch.create('AWS::CloudWatch::Alarm', alarmOf(direction));
  const before = watch.state();
  for (let ago = 7; ago > 0; ago--) {
    watch.cloudWatch.put({
      namespace: 'AWS/DynamoDB',
      name: `${direction}ThrottleEvents`,
      dimensions: { TableName: 'catalog', ...(index === undefined ? {} : { GlobalSecondaryIndexName: index }) },
      value: 1,
      unit: 'Count',
      timestamp: watch.clock.now() - ago * minute,
    });
  }

  expect([before, watch.state()]).toEqual(['OK', 'ALARM']);
});
