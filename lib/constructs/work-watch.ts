import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { findingKinds } from '../../core/compare/finding.ts';
import { functionOfJob } from '../../core/jobs/job-function.ts';
import type { JobKind } from '../../core/jobs/job-row.ts';
import { metricNames } from '../../core/metric-names.ts';
import type { AlarmTopic } from './alarm-topic.ts';
import type { KeepFunction } from './keep-function.ts';
import { type Bell, minute, ownMetric, ring } from './ring.ts';

export interface WorkWatchProps {
  readonly deployment: Deployment;
  readonly topic: AlarmTopic;
  /** The functions of jobs. */
  readonly functions: readonly KeepFunction[];
}

/** A drill has an alarm of its own. */
type WatchedJob = Exclude<JobKind, 'drill'>;

/** How bad it is when a job of a kind fails. */
const kinds: Readonly<Record<WatchedJob, readonly [Bell['severity'], string]>> = {
  archive: ['ticket', 'An archiving failed: some of what was to be archived is still warm.'],
  hold: ['page', 'A legal hold is not on all objects, or not off them: S3 does not protect what the law holds.'],
  pack: ['ticket', 'Small objects were not packed: they stay where they are, at a higher price.'],
  rebuild: ['page', 'A rebuild of the catalog did not come to its end.'],
  reconcile: ['ticket', 'A reconciliation failed: nobody knows whether vault and catalog agree.'],
  recover: ['page', 'A recovery did not come to its end.'],
  restore: ['ticket', 'Somebody waits for a restore from the archive that failed.'],
  retention: ['ticket', 'A changed rule of retention was not applied to everything.'],
  scrub: ['ticket', 'Bytes were not read again today: a rotten one would stay unseen.'],
  sweep: ['page', 'A sweep failed: what has to be deleted by law is still there.'],
};

const jobs = Object.keys(kinds) as WatchedJob[];

/** Rings when work that nobody waits for did not happen, or found what somebody has to decide. */
export class WorkWatch extends Construct {
  constructor(scope: Construct, id: string, props: WorkWatchProps) {
    super(scope, id);
    this.watchJobs(props);
    this.watchExecutions(props);
    this.watchSweeps(props);
    this.watchArchive(props);
    this.watchFindings(props);
  }

  private watchJobs({ deployment, topic }: WorkWatchProps): void {
    for (const job of jobs) {
      const [severity, description] = kinds[job];
      const service = functionOfJob[job];
      const metric = ownMetric(deployment, { name: metricNames.jobsFailed, service, dimensions: { job } });
      ring(this, `${job.charAt(0).toUpperCase()}${job.slice(1)}Failed`, { topic, severity, metric, description });
    }
  }

  /** An execution can also end without its own code noticing. */
  private watchExecutions({ topic, functions }: WorkWatchProps): void {
    for (const end of ['Failed', 'TimedOut'] as const) {
      ring(this, `Executions${end}`, {
        topic,
        severity: 'page',
        metric: new MathExpression({
          expression: 'SUM(METRICS())',
          usingMetrics: Object.fromEntries(
            functions.map(({ resource }, index) => [
              `m${index}`,
              resource.metric(`DurableExecution${end}`, { statistic: 'Sum', period: minute }),
            ]),
          ),
          label: `Durable executions: ${end}`,
          period: minute,
        }),
        description:
          end === 'Failed'
            ? 'A durable execution failed for good.'
            : 'A durable execution has taken longer than it may and was ended by Lambda.',
      });
    }
  }

  private watchSweeps({ deployment, topic }: WorkWatchProps): void {
    ring(this, 'SweepOverdue', {
      topic,
      severity: 'page',
      metric: ownMetric(deployment, { name: metricNames.retentionOverdue, service: 'sweep' }),
      description: 'Assets were deleted more than two days after their end: sweeps had not run or not seen them.',
    });
    ring(this, 'SweepMissing', {
      topic,
      severity: 'page',
      metric: ownMetric(deployment, {
        name: metricNames.retentionLookedAt,
        service: 'sweep',
        statistic: 'SampleCount',
        period: Duration.hours(1),
      }),
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold: 1,
      periods: 26,
      missing: TreatMissingData.BREACHING,
      description: 'No sweep of what is due has come to its end for more than a day.',
    });
    ring(this, 'ErasuresAbroadStuck', {
      topic,
      severity: 'ticket',
      metric: ownMetric(deployment, { name: metricNames.erasuresAbroadStuck, service: 'sweep' }),
      description:
        'What was deleted for good at home is still in the second region: kept there by S3, or unreached for a day.',
    });
  }

  private watchArchive({ deployment, topic }: WorkWatchProps): void {
    ring(this, 'RestoreLate', {
      topic,
      severity: 'ticket',
      metric: ownMetric(deployment, { name: metricNames.restoresLate, service: 'restore' }),
      description: 'S3 did not tell of restores in time; a late look found them, or did not.',
    });
    ring(this, 'WakesGivenUp', {
      topic,
      severity: 'ticket',
      metric: ownMetric(deployment, { name: metricNames.wakesGivenUp, service: 'project' }),
      description:
        'Jobs could not be told for a quarter of an hour that what they wait for is there; they notice late.',
    });
    ring(this, 'PacksWaiting', {
      topic,
      severity: 'ticket',
      metric: ownMetric(deployment, { name: metricNames.packsWaiting, service: 'archive' }),
      description: 'Packs hold erased members and have to be restored before they can be written without them.',
    });
  }

  private watchFindings({ deployment, topic }: WorkWatchProps): void {
    ring(this, 'Findings', {
      topic,
      severity: 'ticket',
      // A kind of its own each, ten altogether: an alarm looks at no more.
      metric: new MathExpression({
        expression: 'SUM(METRICS())',
        usingMetrics: Object.fromEntries(
          findingKinds.map((kind, index) => [
            `m${index}`,
            ownMetric(deployment, { name: metricNames.reconcileFindings, service: 'reconcile', dimensions: { kind } }),
          ]),
        ),
        label: 'Findings of a reconciliation',
        period: minute,
      }),
      description: 'Vault, catalog, second region or landing disagree.',
    });
  }
}
