import { CloudWatchClient, GetMetricDataCommand, ListMetricsCommand, type Metric } from '@aws-sdk/client-cloudwatch';
import { hours } from '../../core/time.ts';
import type { FailoverPlace } from './place.ts';

/** How far the copies were behind when S3 last said so; it says it in the region of the copies. */
export interface KnownLag {
  /** Operations and bytes that were waiting, over all rules; undefined where S3 has said nothing. */
  readonly operations: number | undefined;
  readonly bytes: number | undefined;
  /** The longest wait in seconds. */
  readonly seconds: number | undefined;
  /** ISO time of the last number. */
  readonly at: string | undefined;
}

const lookBackMs = hours(24);

/** Asks the second region's metrics of replication into the copy of the vault. */
export const knownLag = async (place: FailoverPlace): Promise<KnownLag> => {
  const { region, endpoint, credentials } = place.aws(place.secondRegion);
  const client = new CloudWatchClient({ region, ...(endpoint && { endpoint }), ...(credentials && { credentials }) });
  const now = await place.now();
  try {
    const last = (name: string) => lastValues(client, { name, destination: place.vaults.second, now });
    const [operations, bytes, seconds] = await Promise.all([
      last('OperationsPendingReplication'),
      last('BytesPendingReplication'),
      last('ReplicationLatency'),
    ]);
    return {
      operations: sum(operations.values),
      bytes: sum(bytes.values),
      seconds: seconds.values.length === 0 ? undefined : Math.max(...seconds.values),
      at: operations.at,
    };
  } finally {
    client.destroy();
  }
};

const sum = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : values.reduce((total, value) => total + value, 0);

/** GetMetricData takes so many queries at once. */
const mostQueries = 500;

const lastValues = async (
  client: CloudWatchClient,
  { name, destination, now }: { name: string; destination: string; now: number },
): Promise<{ values: readonly number[]; at: string | undefined }> => {
  const { Metrics = [] } = await client.send(new ListMetricsCommand({ Namespace: 'AWS/S3', MetricName: name }));
  const rules = Metrics.filter((metric) => isInto(metric, destination)).slice(0, mostQueries);
  if (rules.length === 0) return { values: [], at: undefined };
  const { MetricDataResults = [] } = await client.send(
    new GetMetricDataCommand({
      MetricDataQueries: rules.map((Metric, index) => ({
        Id: `m${index}`,
        MetricStat: { Metric, Period: 300, Stat: 'Maximum' },
      })),
      StartTime: new Date(now - lookBackMs),
      EndTime: new Date(now + 1000),
      ScanBy: 'TimestampDescending',
    }),
  );
  const times = MetricDataResults.flatMap(({ Timestamps = [] }) => Timestamps[0]?.toISOString() ?? []).sort();
  return { values: MetricDataResults.flatMap(({ Values = [] }) => Values[0] ?? []), at: times.at(-1) };
};

const isInto = ({ Dimensions = [] }: Metric, destination: string): boolean =>
  Dimensions.some(({ Name, Value }) => Name === 'DestinationBucket' && Value === destination);
