import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { metricNames, metricNamespace } from '../../core/metric-names.ts';
import { arrivalWindow, isArrivalMissing } from '../../core/watch/arrivals.ts';
import { namedFailure } from '../shared/aws-failure.ts';

export interface ArrivalsQuestion {
  readonly deployment: string;
  readonly classes: readonly string[];
  readonly nowMs: number;
}

/** Of each class, whether nothing came in the last hours though something usually does at this time. */
export const readArrivals = async (
  cloudWatch: Pick<CloudWatchClient, 'send'>,
  { deployment, classes, nowMs }: ArrivalsQuestion,
): Promise<readonly { readonly name: string; readonly missing: boolean }[]> => {
  const { fromMs, toMs, periodMs } = arrivalWindow(nowMs);
  const MetricDataQueries = classes.map((name, index) => ({
    Id: `c${index}`,
    MetricStat: {
      Metric: {
        Namespace: metricNamespace(deployment),
        MetricName: metricNames.objectsStored,
        Dimensions: [
          { Name: 'service', Value: 'catalog' },
          { Name: 'class', Value: name },
        ],
      },
      Period: periodMs / 1000,
      Stat: 'Sum',
    },
  }));
  const range = { StartTime: new Date(fromMs), EndTime: new Date(toMs) };
  const arrivals = new Map<string, Map<number, number>>();
  let NextToken: string | undefined;
  do {
    const answer = await cloudWatch
      .send(new GetMetricDataCommand({ MetricDataQueries, ...range, NextToken }))
      .catch((error: unknown) => {
        throw namedFailure(error, 'the reading of metrics');
      });
    for (const { Id = '', Timestamps = [], Values = [] } of answer.MetricDataResults ?? []) {
      const hours = arrivals.get(Id) ?? new Map<number, number>();
      arrivals.set(Id, hours);
      for (const [index, time] of Timestamps.entries()) hours.set(time.getTime(), Values[index] ?? 0);
    }
    NextToken = answer.NextToken;
  } while (NextToken !== undefined);
  return classes.map((name, index) => ({
    name,
    missing: isArrivalMissing(arrivals.get(`c${index}`) ?? new Map(), nowMs),
  }));
};
