import { type CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { metricNames, metricNamespace } from '../../core/metric-names.ts';
import { awsFailure } from '../shared/aws-failure.ts';
import type { Log } from '../shared/logger.ts';

/**
 * Tells the second region that this one looks. Where that fails, the second region rings by itself after a while: so it is
 * written down here and nothing else.
 */
export const beatAbroad = async (cloudWatch: CloudWatchClient, deployment: string, log: Log): Promise<void> => {
  const Dimensions = [{ Name: 'service', Value: 'guard-abroad' }];
  const beat = { MetricName: metricNames.heartbeat, Dimensions, Value: 1, Unit: 'Count' } as const;
  try {
    await cloudWatch.send(new PutMetricDataCommand({ Namespace: metricNamespace(deployment), MetricData: [beat] }));
  } catch (error) {
    const failure = awsFailure(error);
    if (failure === undefined) throw error;
    log.warn('the second region could not be told', { failure: failure.name, status: failure.status });
  }
};
