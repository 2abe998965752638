import type { MetricName } from './metric-store.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** A time series that an alarm or a query asks for: of a metric, or computed from others. */
export type MetricQuery =
  | {
      readonly id: string;
      readonly kind: 'metric';
      readonly metric: MetricName;
      readonly statistic: string;
      readonly periodMs: number;
    }
  | { readonly id: string; readonly kind: 'expression'; readonly expression: string };

export type Comparison =
  | 'GreaterThanOrEqualToThreshold'
  | 'GreaterThanThreshold'
  | 'LessThanThreshold'
  | 'LessThanOrEqualToThreshold'
  | BandComparison;

/** Compares with what is usual at the time. */
export type BandComparison =
  | 'LessThanLowerOrGreaterThanUpperThreshold'
  | 'LessThanLowerThreshold'
  | 'GreaterThanUpperThreshold';

export type MissingData = 'breaching' | 'notBreaching' | 'ignore' | 'missing';

interface AlarmIdentity {
  readonly name: string;
  readonly arn: string;
  readonly region: string;
  readonly accountId: string;
  readonly description: string | undefined;
  readonly actionsEnabled: boolean;
  /** ARNs of topics, by the state that the alarm turns to. */
  readonly actions: Readonly<Record<AlarmState, readonly string[]>>;
}

/** An alarm on a metric or an expression. */
export interface MetricAlarm extends AlarmIdentity {
  readonly kind: 'metric';
  readonly queries: readonly MetricQuery[];
  /** Which of the queries is compared. */
  readonly watched: string;
  readonly periodMs: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly threshold: number;
  /** The query that gives the band to compare with, in place of the threshold. */
  readonly band: string | undefined;
  readonly comparison: Comparison;
  readonly missingData: MissingData;
}

/** An alarm on the states of others. */
export interface CompositeAlarm extends AlarmIdentity {
  readonly kind: 'composite';
  readonly rule: string;
}

export type Alarm = MetricAlarm | CompositeAlarm;

/** What is known of an alarm at a moment. */
export interface AlarmStatus {
  readonly alarm: Alarm;
  readonly state: AlarmState;
  readonly reason: string;
  readonly changedAtMs: number;
  /** Why the last notice could not be sent; undefined when it was. */
  readonly actionProblem: string | undefined;
}
