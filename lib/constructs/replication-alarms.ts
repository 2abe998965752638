import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import type { DataClass } from '../../core/data-class.ts';
import type { AlarmTopic } from './alarm-topic.ts';
import { bucketName } from './bucket-name.ts';
import { type ReplicatedPart, replicatedParts } from './replica-names.ts';
import { auditScopes, type ReplicationScope, vaultScopes } from './replication.ts';
import { ring, type Severity } from './ring.ts';

export interface ReplicationAlarmsProps {
  readonly deployment: Deployment;
  readonly dataClasses: readonly DataClass[];
  readonly topic: AlarmTopic;
}

interface Watch {
  /** What S3 calls its metric. */
  readonly metricName: string;
  readonly statistic: 'Maximum' | 'Minimum' | 'Sum';
  /** How the rules of a bucket become one number. */
  readonly together: 'MAX' | 'SUM';
  readonly threshold: number;
  /** Periods of five minutes in a row above the threshold. */
  readonly periods: number;
  readonly severity: Severity;
  readonly description: string;
}

/** An alarm on metric math looks at ten metrics at most. */
const mostMetrics = 10;
const period = Duration.minutes(5);

/** S3 publishes these where the copies are, which is why they are watched there: an alarm sees its own region only. */
const lag: Readonly<Record<string, Watch>> = {
  Late: {
    metricName: 'ReplicationLatency',
    statistic: 'Maximum',
    together: 'MAX',
    threshold: 900,
    periods: 3,
    severity: 'page',
    description: 'The second region is more than 15 minutes behind: what is newer exists once.',
  },
  Pending: {
    metricName: 'OperationsPendingReplication',
    statistic: 'Minimum',
    together: 'SUM',
    threshold: 0,
    periods: 72,
    severity: 'ticket',
    description: 'For six hours the second region has never caught up.',
  },
};

/** S3 publishes this one where the originals are. */
const failures: Readonly<Record<string, Watch>> = {
  Failed: {
    metricName: 'OperationsFailedReplication',
    statistic: 'Sum',
    together: 'SUM',
    threshold: 0,
    periods: 1,
    severity: 'page',
    description: 'S3 has given up copying objects: they exist once.',
  },
};

/** Alarms of the second region: how far the copies are behind. */
export class ReplicationLagAlarms extends Construct {
  constructor(scope: Construct, id: string, props: ReplicationAlarmsProps) {
    super(scope, id);
    watch(this, lag, props);
  }
}

/** Alarms of the home region: what could not be copied. */
export class ReplicationFailureAlarms extends Construct {
  constructor(scope: Construct, id: string, props: ReplicationAlarmsProps) {
    super(scope, id);
    watch(this, failures, props);
  }
}

const watch = (scope: Construct, watches: Readonly<Record<string, Watch>>, props: ReplicationAlarmsProps): void => {
  for (const part of replicatedParts) {
    const scopes = part === 'vault' ? vaultScopes(props.dataClasses) : auditScopes;
    for (const [name, watched] of Object.entries(watches)) {
      for (const [index, group] of groupsOf(scopes, mostMetrics).entries()) {
        const id = `${part === 'vault' ? 'Vault' : 'Audit'}${name}${index === 0 ? '' : index + 1}`;
        alarm(scope, id, watched, { ...props, part, scopes: group });
      }
    }
  }
};

const groupsOf = <T>(items: readonly T[], size: number): T[][] =>
  items.flatMap((_, index) => (index % size === 0 ? [items.slice(index, index + size)] : []));

const alarm = (
  scope: Construct,
  id: string,
  { metricName, statistic, together, threshold, periods, severity, description }: Watch,
  props: ReplicationAlarmsProps & { readonly part: ReplicatedPart; readonly scopes: readonly ReplicationScope[] },
): void => {
  const metrics = props.scopes.map(
    (rule) =>
      new Metric({
        namespace: 'AWS/S3',
        metricName,
        statistic,
        period,
        dimensionsMap: {
          SourceBucket: bucketName(props.deployment, props.part, props.deployment.homeRegion),
          DestinationBucket: bucketName(props.deployment, props.part, props.deployment.secondRegion),
          RuleId: rule.id,
        },
      }),
  );
  ring(scope, id, {
    topic: props.topic,
    severity,
    runbook: `Replication${id}`.replace(/\d+$/, ''),
    metric: new MathExpression({
      expression: `${together}(METRICS())`,
      usingMetrics: Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric])),
      label: `${metricName} of the ${props.part}`,
      period,
    }),
    threshold,
    periods,
    description,
  });
};
