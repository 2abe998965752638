import { describe, expect, it } from 'vitest';
import { classes } from '../../config/mediakeep.config.ts';
import { propertiesOf } from './breakages/broken-templates.ts';
import { defaultApp, type Template } from './synthesized.ts';

describe('the second region', () => {
  it('has every class that is to be copied, once, and ages the copies as the originals age', () => {
    const { replica, data } = defaultApp();
    const original = propertiesOf(data, 'AWS::S3::Bucket', 'Vault');
    const copy = propertiesOf(replica, 'AWS::S3::Bucket', 'Vault');
    const prefixes = original.ReplicationConfiguration.Rules.map(
      (rule: { Filter: { Prefix: string } }) => rule.Filter.Prefix,
    );

    expect(prefixes).toEqual([
      ...classes.filter(({ replicate }) => replicate).map(({ prefix }) => prefix),
      'facts/',
      'journal/',
      'packs/',
    ]);
    expect(prefixes).not.toContain('temp/processing/');
    expect(copy.LifecycleConfiguration).toEqual(original.LifecycleConfiguration);
    expect(copy.NotificationConfiguration).toBeUndefined();
    expect(copy.ReplicationConfiguration).toBeUndefined();
  });

  it('is watched where S3 publishes: lag beside the copies, failures beside the originals', () => {
    const { replica, service } = defaultApp();
    const metricsOf = (template: Template, id: string): string[] =>
      propertiesOf(template, 'AWS::CloudWatch::Alarm', id).Metrics.flatMap(
        ({ MetricStat }: { MetricStat?: { Metric: { MetricName: string } } }) => MetricStat?.Metric.MetricName ?? [],
      );

    expect(new Set(metricsOf(replica, 'ReplicationVaultLate'))).toEqual(new Set(['ReplicationLatency']));
    expect(new Set(metricsOf(replica, 'ReplicationAuditPending'))).toEqual(new Set(['OperationsPendingReplication']));
    expect(new Set(metricsOf(service, 'ReplicationVaultFailed'))).toEqual(new Set(['OperationsFailedReplication']));
    expect(metricsOf(service, 'ReplicationVaultFailed')).toHaveLength(10);
  });
});
