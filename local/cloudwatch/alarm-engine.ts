import type { ServiceSource } from '../aws/caller-context.ts';
import type { AlarmBook } from './alarm-book.ts';
import type { Alarm, AlarmState, AlarmStatus } from './alarm-model.ts';
import { alarmNotice } from './alarm-notice.ts';
import { composite } from './composite-rule.ts';
import { type Evaluation, evaluateMetricAlarm } from './evaluate-alarm.ts';
import type { MetricStore } from './metric-store.ts';

/** Publishes to a topic in the name of an alarm; throws where the topic's or its key's policy refuses. */
export type PublishNotice = (topicArn: string, subject: string, message: string, source: ServiceSource) => void;

export interface AlarmEngine {
  /** Looks at every alarm as of an instant; answers those that changed. */
  evaluate(nowMs: number): AlarmStatus[];
  /** Turns an alarm to a state by hand, until the next evaluation. */
  set(alarm: Alarm, state: AlarmState, reason: string): void;
}

export interface AlarmEngineDeps {
  readonly book: AlarmBook;
  readonly store: MetricStore;
  readonly publish: PublishNotice;
  readonly now: () => number;
  readonly log: (line: string) => void;
}

export const createAlarmEngine = (deps: AlarmEngineDeps): AlarmEngine => ({
  evaluate(nowMs) {
    return deps.book
      .all()
      .filter(({ alarm, state: before }) => {
        const { state, reason } = evaluation(deps, alarm, before, nowMs);
        if (state !== before) change(deps, { alarm, before, after: state, reason, atMs: nowMs });
        return state !== before;
      })
      .flatMap(({ alarm }) => deps.book.get(alarm.region, alarm.name) ?? []);
  },
  set(alarm, state, reason) {
    const before = deps.book.get(alarm.region, alarm.name)?.state ?? 'INSUFFICIENT_DATA';
    if (state === before) deps.book.record(alarm, state, reason, deps.now());
    else change(deps, { alarm, before, after: state, reason, atMs: deps.now() });
  },
});

const evaluation = ({ book, store }: AlarmEngineDeps, alarm: Alarm, before: AlarmState, nowMs: number): Evaluation => {
  if (alarm.kind === 'metric') return evaluateMetricAlarm(store, alarm, before, nowMs);
  const state = composite(alarm.rule, (name) => book.get(alarm.region, name)?.state) ? 'ALARM' : 'OK';
  return { state, reason: `The rule ${alarm.rule} is ${state === 'ALARM' ? 'true' : 'false'}.` };
};

interface Change {
  readonly alarm: Alarm;
  readonly before: AlarmState;
  readonly after: AlarmState;
  readonly reason: string;
  readonly atMs: number;
}

const change = ({ book, publish, log }: AlarmEngineDeps, step: Change): void => {
  const { alarm, after, reason, atMs } = step;
  book.record(alarm, after, reason, atMs);
  log(`Alarm ${alarm.name} turned from ${step.before} to ${after}: ${reason}`);
  if (!alarm.actionsEnabled) return;
  const { subject, message } = alarmNotice(step);
  const source = { service: 'cloudwatch.amazonaws.com', arn: alarm.arn, accountId: alarm.accountId };
  for (const topic of alarm.actions[after]) {
    try {
      publish(topic, subject, message, source);
      book.recordProblem(alarm, undefined);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      book.recordProblem(alarm, problem);
      log(`Alarm ${alarm.name} could not tell ${topic}: ${problem}`);
    }
  }
};
