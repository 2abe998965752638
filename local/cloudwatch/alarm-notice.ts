import { isoTime } from '../../core/time.ts';
import type { Alarm, AlarmState } from './alarm-model.ts';

export interface AlarmChange {
  readonly alarm: Alarm;
  readonly before: AlarmState;
  readonly after: AlarmState;
  readonly reason: string;
  readonly atMs: number;
}

/** What a topic is told of a change: the subject and the JSON that CloudWatch sends. */
export const alarmNotice = ({
  alarm,
  before,
  after,
  reason,
  atMs,
}: AlarmChange): { subject: string; message: string } => ({
  subject: `${after}: "${alarm.name}" in ${alarm.region}`.slice(0, 100),
  message: JSON.stringify({
    AlarmName: alarm.name,
    AlarmDescription: alarm.description ?? null,
    AWSAccountId: alarm.accountId,
    NewStateValue: after,
    NewStateReason: reason,
    StateChangeTime: isoTime(atMs).replace('Z', '+0000'),
    Region: alarm.region,
    AlarmArn: alarm.arn,
    OldStateValue: before,
    OKActions: alarm.actions.OK,
    AlarmActions: alarm.actions.ALARM,
    InsufficientDataActions: alarm.actions.INSUFFICIENT_DATA,
    ...(alarm.kind === 'composite' ? { AlarmRule: alarm.rule } : { Trigger: trigger(alarm) }),
  }),
});

const trigger = (alarm: Extract<Alarm, { kind: 'metric' }>) => ({
  Period: alarm.periodMs / 1000,
  EvaluationPeriods: alarm.evaluationPeriods,
  DatapointsToAlarm: alarm.datapointsToAlarm,
  ComparisonOperator: alarm.comparison,
  Threshold: alarm.threshold,
  TreatMissingData: alarm.missingData,
  Metrics: alarm.queries,
});
