import type { DatabaseSync } from 'node:sqlite';
import type { Alarm, AlarmState, AlarmStatus } from './alarm-model.ts';

/** The alarms of the template and their states, which survive restarts. */
export interface AlarmBook {
  put(alarm: Alarm): void;
  get(region: string, name: string): AlarmStatus | undefined;
  /** In the order of the template; alarms on metrics before those on alarms. */
  all(): AlarmStatus[];
  record(alarm: Alarm, state: AlarmState, reason: string, atMs: number): void;
  recordProblem(alarm: Alarm, problem: string | undefined): void;
}

const schema = `
CREATE TABLE IF NOT EXISTS cloudwatch_alarms (
  arn TEXT PRIMARY KEY, state TEXT NOT NULL, reason TEXT NOT NULL, changed_at INTEGER NOT NULL, action_problem TEXT
) WITHOUT ROWID;
`;

export const createAlarmBook = (db: DatabaseSync, now: () => number): AlarmBook => {
  db.exec(schema);
  const alarms = new Map<string, Alarm>();
  const byName = new Map<string, Alarm>();
  const select = db.prepare('SELECT * FROM cloudwatch_alarms WHERE arn = ?');
  const status = (alarm: Alarm): AlarmStatus => {
    const row = select.get(alarm.arn);
    const problem = row?.['action_problem'];
    return {
      alarm,
      state: stateOf(row?.['state']),
      reason: String(row?.['reason'] ?? ''),
      changedAtMs: Number(row?.['changed_at'] ?? 0),
      actionProblem: typeof problem === 'string' ? problem : undefined,
    };
  };
  return {
    put(alarm) {
      alarms.set(alarm.arn, alarm);
      byName.set(`${alarm.region} ${alarm.name}`, alarm);
      db.prepare('INSERT INTO cloudwatch_alarms VALUES (?, ?, ?, ?, NULL) ON CONFLICT DO NOTHING').run(
        alarm.arn,
        'INSUFFICIENT_DATA',
        'Unchecked: Initial alarm creation',
        now(),
      );
    },
    get(region, name) {
      const found = byName.get(`${region} ${name}`);
      return found === undefined ? undefined : status(found);
    },
    all: () =>
      [...alarms.values()].sort((a, b) => Number(a.kind === 'composite') - Number(b.kind === 'composite')).map(status),
    record: (alarm, state, reason, atMs) =>
      void db
        .prepare('UPDATE cloudwatch_alarms SET state = ?, reason = ?, changed_at = ? WHERE arn = ?')
        .run(state, reason, atMs, alarm.arn),
    recordProblem: (alarm, problem) =>
      void db.prepare('UPDATE cloudwatch_alarms SET action_problem = ? WHERE arn = ?').run(problem ?? null, alarm.arn),
  };
};

const stateOf = (text: unknown): AlarmState => (text === 'OK' || text === 'ALARM' ? text : 'INSUFFICIENT_DATA');
