import { Duration } from 'aws-cdk-lib';
import { Dashboard, GraphWidget, type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import type { DataClass } from '../../core/data-class.ts';
import { metricNames, metricNamespace } from '../../core/metric-names.ts';
import type { AlarmsProps } from './alarms.ts';

export interface OverviewProps extends Omit<AlarmsProps, 'topic'> {
  readonly deployment: Deployment;
  readonly dataClasses: readonly DataClass[];
}

const period = Duration.minutes(5);

/** One page that shows what comes in, how long it takes and what fails. */
export class Overview extends Construct {
  constructor(scope: Construct, id: string, props: OverviewProps) {
    super(scope, id);
    const dashboard = new Dashboard(this, 'Default', { defaultInterval: Duration.days(1) });
    for (const row of [stored, ingest, queues, functions, api, tenants, copies, work, quotas])
      dashboard.addWidgets(...row(props));
  }
}

type Row = (props: OverviewProps) => GraphWidget[];

const stored: Row = ({ deployment, dataClasses }) => {
  const byClass = (metric: string) =>
    dataClasses.map(({ name }) => own(deployment, metric, 'Sum', { service: 'catalog', class: name }, name));
  return [
    graph('Objects stored', byClass(metricNames.objectsStored)),
    graph('Bytes stored', byClass(metricNames.bytesStored)),
  ];
};

const ingest: Row = ({ deployment }) => {
  const latency = (statistic: string) =>
    own(deployment, metricNames.ingestLatency, statistic, { service: 'catalog' }, statistic);
  return [
    graph('From landing to catalog (ms)', ['p50', 'p99'].map(latency)),
    graph('Rejected, by reason', [rejectedByReason(deployment)]),
  ];
};

const queues: Row = ({ intakeQueue, catalogQueue }) => {
  const both = [intakeQueue, catalogQueue];
  const statistic = { period, statistic: 'Maximum' };
  return [
    graph(
      'Oldest message (s)',
      both.map(({ queue }) => queue.metricApproximateAgeOfOldestMessage(statistic)),
    ),
    graph(
      'Dead letters',
      both.map(({ deadLetters }) => deadLetters.metricApproximateNumberOfMessagesVisible(statistic)),
    ),
  ];
};

const functions: Row = (props) => {
  const resources = Object.values(props.functions).map(({ resource }) => resource);
  return [
    graph(
      'Function errors',
      resources.map((resource) => resource.metricErrors({ period })),
    ),
    graph(
      'Function duration p95 (ms)',
      resources.map((resource) => resource.metricDuration({ period, statistic: 'p95' })),
    ),
  ];
};

const api: Row = (props) => [
  graph(
    'API answers',
    ['Count', '4xx', '5xx'].map((name) => apiMetric(props, name, 'Sum')),
  ),
  graph(
    'API latency (ms)',
    ['p50', 'p99'].map((statistic) => apiMetric(props, 'Latency', statistic)),
  ),
];

const tenants: Row = ({ deployment }) => {
  const operation = (name: string, statistic: string, which: string, label = which) =>
    own(deployment, name, statistic, { service: 'api', operation: which }, label);
  return [
    graph(
      'Uploads, downloads, deletions',
      ['upload', 'download', 'delete'].map((which) => operation(metricNames.operations, 'Sum', which)),
    ),
    graph(
      'How long tenants wait (ms)',
      ['begin', 'complete', 'query', 'read'].flatMap((which) =>
        ['p50', 'p99'].map((at) => operation(metricNames.requestLatency, at, which, `${which} ${at}`)),
      ),
    ),
  ];
};

const copies: Row = ({ deployment }) => [
  graph('Given up by replication', [
    new MathExpression({
      expression: `SEARCH('{AWS/S3,DestinationBucket,RuleId,SourceBucket} MetricName="OperationsFailedReplication"', 'Sum', ${period.toSeconds()})`,
      label: '',
      period,
    }),
  ]),
  // S3 tells the lag where the copies are.
  new GraphWidget({
    title: 'Lag of the second region (s)',
    region: deployment.secondRegion,
    left: [
      new MathExpression({
        expression: `SEARCH('{AWS/S3,DestinationBucket,RuleId,SourceBucket} MetricName="ReplicationLatency"', 'Maximum', ${period.toSeconds()})`,
        label: '',
        period,
        searchRegion: deployment.secondRegion,
      }),
    ],
    width: 12,
    height: 6,
  }),
];

const work: Row = ({ deployment }) => {
  const reported = (service: string, names: readonly string[]) =>
    names.map((name) => own(deployment, name, 'Sum', { service }, name));
  const { lastGoodProofAge, drillSucceeded } = metricNames;
  return [
    graph('Age of the last good drill (h)', [
      own(deployment, lastGoodProofAge, 'Minimum', { service: 'recover' }, 'hours'),
      own(deployment, drillSucceeded, 'Minimum', { service: 'recover' }, 'succeeded'),
    ]),
    graph('Backups made and failed', [backupJobs('Completed'), backupJobs('Failed')]),
    graph('Archive and restore', [
      ...reported('archive', [metricNames.versionsArchived, metricNames.packsRewritten, metricNames.packsWaiting]),
      ...reported('restore', [metricNames.restoresRequested, metricNames.restoresLate]),
    ]),
    graph(
      'Cleanup: looked at, held, removed',
      reported('sweep', [
        metricNames.retentionLookedAt,
        metricNames.retentionHeld,
        metricNames.temporaryRemoved,
        metricNames.versionsPurged,
        metricNames.erasedAbroad,
        metricNames.erasuresAbroadStuck,
      ]),
    ),
    graph('Findings of reconciliations', [
      new MathExpression({
        expression: `SEARCH('{"${metricNamespace(deployment.name)}",kind,service} MetricName="${metricNames.reconcileFindings}"', 'Sum', ${period.toSeconds()})`,
        label: '',
        period,
      }),
    ]),
    graph('Jobs that failed', [
      new MathExpression({
        expression: `SEARCH('{"${metricNamespace(deployment.name)}",job,service} MetricName="${metricNames.jobsFailed}"', 'Sum', ${period.toSeconds()})`,
        label: '',
        period,
      }),
    ]),
  ];
};

const backupJobs = (end: 'Completed' | 'Failed'): IMetric =>
  new MathExpression({
    expression: `SUM(SEARCH('{AWS/Backup,BackupVaultName,ResourceType} MetricName="NumberOfBackupJobs${end}"', 'Sum', ${period.toSeconds()}))`,
    label: end.toLowerCase(),
    period,
  });

const quotas: Row = ({ catalogTable }) => {
  const concurrency = new Metric({
    namespace: 'AWS/Usage',
    metricName: 'ResourceCount',
    dimensionsMap: { Service: 'Lambda', Type: 'Resource', Resource: 'ConcurrentExecutions', Class: 'None' },
    statistic: 'Maximum',
    period,
  });
  const share = new MathExpression({
    expression: '100 * m0 / SERVICE_QUOTA(m0)',
    usingMetrics: { m0: concurrency },
    label: 'of the concurrent executions (%)',
    period,
  });
  return [
    graph('Use of the quota of Lambda', [share]),
    graph(
      'Units of the catalog',
      ['Read', 'Write'].map(
        (direction) =>
          new Metric({
            namespace: 'AWS/DynamoDB',
            metricName: `Consumed${direction}CapacityUnits`,
            dimensionsMap: { TableName: catalogTable.tableName },
            statistic: 'Sum',
            period,
          }),
      ),
    ),
  ];
};

const own = (
  { name }: Deployment,
  metricName: string,
  statistic: string,
  dimensionsMap: Record<string, string>,
  label: string,
): Metric => new Metric({ namespace: metricNamespace(name), metricName, dimensionsMap, statistic, period, label });

const graph = (title: string, left: IMetric[]): GraphWidget => new GraphWidget({ title, left, width: 12, height: 6 });

const rejectedByReason = ({ name }: Deployment): IMetric =>
  new MathExpression({
    expression: `SEARCH('{"${metricNamespace(name)}",service,reason} MetricName="${metricNames.objectsRejected}"', 'Sum', ${period.toSeconds()})`,
    label: '',
    period,
  });

const apiMetric = ({ httpApi }: OverviewProps, metricName: string, statistic: string): Metric =>
  new Metric({
    namespace: 'AWS/ApiGateway',
    metricName,
    dimensionsMap: { ApiId: httpApi.api.ref },
    statistic,
    period,
    label: `${metricName} ${statistic}`,
  });
