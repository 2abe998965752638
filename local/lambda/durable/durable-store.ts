import type { DatabaseSync } from 'node:sqlite';
import type { Execution } from './execution.ts';
import type { HistoryEvent } from './history.ts';
import type { TrackedOperation } from './operation.ts';

/** An operation with its place in the execution. */
export interface PlacedOperation extends TrackedOperation {
  readonly seq: number;
}

/** The executions, their operations and histories in the platform's database. */
export type DurableStore = ReturnType<typeof createDurableStore>;

const tables = `
  CREATE TABLE IF NOT EXISTS durable_executions (
    arn TEXT PRIMARY KEY, function_arn TEXT NOT NULL, name TEXT NOT NULL, status TEXT NOT NULL, started_ms INTEGER NOT NULL,
    wake_ms INTEGER, times_out_ms INTEGER, delete_ms INTEGER, body TEXT NOT NULL, UNIQUE (function_arn, name)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS durable_executions_wake ON durable_executions (wake_ms) WHERE wake_ms IS NOT NULL;
  CREATE INDEX IF NOT EXISTS durable_executions_running ON durable_executions (times_out_ms) WHERE times_out_ms IS NOT NULL;
  CREATE INDEX IF NOT EXISTS durable_executions_old ON durable_executions (delete_ms) WHERE delete_ms IS NOT NULL;
  CREATE TABLE IF NOT EXISTS durable_operations (
    arn TEXT NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL, due_ms INTEGER, is_new INTEGER NOT NULL, callback_id TEXT,
    body TEXT NOT NULL, PRIMARY KEY (arn, id)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS durable_operations_due ON durable_operations (due_ms) WHERE due_ms IS NOT NULL;
  CREATE INDEX IF NOT EXISTS durable_operations_seq ON durable_operations (arn, seq);
  CREATE INDEX IF NOT EXISTS durable_operations_callback ON durable_operations (callback_id) WHERE callback_id IS NOT NULL;
  CREATE TABLE IF NOT EXISTS durable_history (
    arn TEXT NOT NULL, id INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (arn, id)
  ) WITHOUT ROWID;
`;

const executionOf = (row: Record<string, unknown> | undefined): Execution | undefined =>
  row === undefined ? undefined : JSON.parse(String(row['body']));

const operationOf = (row: Record<string, unknown>): PlacedOperation => ({
  ...JSON.parse(String(row['body'])),
  seq: Number(row['seq']),
});

/** Opens the store; what is in it is as it was when the platform ended. */
export const createDurableStore = (db: DatabaseSync) => {
  db.exec(tables);
  const sql = {
    put: db.prepare(`INSERT INTO durable_executions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (arn) DO UPDATE SET
      status = excluded.status, wake_ms = excluded.wake_ms, times_out_ms = excluded.times_out_ms,
      delete_ms = excluded.delete_ms, body = excluded.body`),
    byArn: db.prepare('SELECT body FROM durable_executions WHERE arn = ?'),
    byName: db.prepare('SELECT body FROM durable_executions WHERE function_arn = ? AND name = ?'),
    ofFunction: db.prepare('SELECT body FROM durable_executions WHERE function_arn = ? ORDER BY started_ms DESC, arn'),
    running: db.prepare(`SELECT body FROM durable_executions WHERE status = 'RUNNING' ORDER BY started_ms, arn`),
    toWake: db.prepare('SELECT body FROM durable_executions WHERE wake_ms <= ? ORDER BY wake_ms, arn'),
    toTimeOut: db.prepare('SELECT body FROM durable_executions WHERE times_out_ms <= ? ORDER BY times_out_ms, arn'),
    next: db.prepare(`SELECT min(at) AS at FROM (SELECT min(wake_ms) AS at FROM durable_executions WHERE wake_ms > :after
      UNION ALL SELECT min(times_out_ms) FROM durable_executions WHERE times_out_ms > :after
      UNION ALL SELECT min(due_ms) FROM durable_operations WHERE due_ms > :after)`),
    forget: db.prepare('DELETE FROM durable_executions WHERE delete_ms <= ? RETURNING arn'),
    forgetOperations: db.prepare('DELETE FROM durable_operations WHERE arn = ?'),
    forgetHistory: db.prepare('DELETE FROM durable_history WHERE arn = ?'),
    putOperation: db.prepare(`INSERT INTO durable_operations VALUES (?, ?, ?, ?, 1, ?, ?) ON CONFLICT (arn, id)
      DO UPDATE SET due_ms = excluded.due_ms, is_new = 1, body = excluded.body`),
    operation: db.prepare('SELECT seq, body FROM durable_operations WHERE arn = ? AND id = ?'),
    operations: db.prepare('SELECT seq, body FROM durable_operations WHERE arn = ? AND seq > ? ORDER BY seq LIMIT ?'),
    lastSeq: db.prepare('SELECT max(seq) AS last FROM durable_operations WHERE arn = ?'),
    open: db.prepare(`SELECT count(*) AS count FROM durable_operations WHERE arn = ? AND
      (due_ms IS NOT NULL OR json_extract(body, '$.operation.Status') = 'STARTED' AND
       json_extract(body, '$.operation.Type') IN ('CALLBACK', 'CHAINED_INVOKE'))`),
    newOnes: db.prepare('SELECT seq, body FROM durable_operations WHERE arn = ? AND is_new = 1 ORDER BY seq'),
    delivered: db.prepare('UPDATE durable_operations SET is_new = 0 WHERE arn = ? AND is_new = 1'),
    due: db.prepare(
      'SELECT arn, seq, body FROM durable_operations WHERE due_ms <= ? ORDER BY due_ms, arn, seq LIMIT 500',
    ),
    rest: db.prepare('UPDATE durable_operations SET due_ms = NULL WHERE arn = ?'),
    byCallback: db.prepare('SELECT arn, seq, body FROM durable_operations WHERE callback_id = ?'),
    putEvent: db.prepare(
      'INSERT INTO durable_history SELECT ?, 1 + coalesce(max(id), 0), ? FROM durable_history WHERE arn = ?',
    ),
    events: db.prepare('SELECT id, body FROM durable_history WHERE arn = ? AND id > ? ORDER BY id LIMIT ?'),
    eventsBackwards: db.prepare(
      'SELECT id, body FROM durable_history WHERE arn = ? AND id < ? ORDER BY id DESC LIMIT ?',
    ),
  };
  const executions = (rows: Record<string, unknown>[]): Execution[] => rows.flatMap((row) => executionOf(row) ?? []);
  return {
    put(execution: Execution): void {
      const { arn, functionArn, name, status, startedMs, wakeMs, timesOutMs, endedMs, retentionMs } = execution;
      const isRunning = status === 'RUNNING';
      const deleteMs = endedMs === undefined ? null : endedMs + retentionMs;
      const times = [isRunning ? (wakeMs ?? null) : null, isRunning ? timesOutMs : null, deleteMs] as const;
      sql.put.run(arn, functionArn, name, status, startedMs, ...times, JSON.stringify(execution));
    },
    find: (arn: string) => executionOf(sql.byArn.get(arn)),
    findByName: (functionArn: string, name: string) => executionOf(sql.byName.get(functionArn, name)),
    ofFunction: (functionArn: string) => executions(sql.ofFunction.all(functionArn)),
    running: () => executions(sql.running.all()),
    toWake: (nowMs: number) => executions(sql.toWake.all(nowMs)),
    toTimeOut: (nowMs: number) => executions(sql.toTimeOut.all(nowMs)),
    /** When the next operation or execution changes by itself after an instant. */
    nextMs(afterMs: number): number | undefined {
      const at = sql.next.get({ after: afterMs })?.['at'];
      return typeof at === 'number' ? at : undefined;
    },
    /** Removes executions whose history is no longer kept. */
    forgetOld(nowMs: number): void {
      for (const { arn } of sql.forget.all(nowMs)) {
        sql.forgetOperations.run(String(arn));
        sql.forgetHistory.run(String(arn));
      }
    },
    putOperation(arn: string, seq: number, { operation, dueMs, ...rest }: TrackedOperation): void {
      const body = JSON.stringify({ operation, ...(dueMs !== undefined && { dueMs }), ...rest });
      const callbackId = operation.CallbackDetails?.CallbackId ?? null;
      sql.putOperation.run(arn, operation.Id, seq, dueMs ?? null, callbackId, body);
    },
    operation(arn: string, id: string): PlacedOperation | undefined {
      const row = sql.operation.get(arn, id);
      return row === undefined ? undefined : operationOf(row);
    },
    operations: (arn: string, afterSeq: number, most: number) =>
      sql.operations.all(arn, afterSeq, most).map(operationOf),
    /** The place of the newest operation. */
    lastSeq: (arn: string) => Number(sql.lastSeq.get(arn)?.['last'] ?? 0),
    /** Operations that change by themselves or by somebody else. */
    openOperations: (arn: string) => Number(sql.open.get(arn)?.['count'] ?? 0),
    /** What changed since it was last told to the function. */
    newOperations: (arn: string) => sql.newOnes.all(arn).map(operationOf),
    markDelivered: (arn: string) => void sql.delivered.run(arn),
    dueOperations: (nowMs: number) =>
      sql.due.all(nowMs).map((row) => ({ arn: String(row['arn']), ...operationOf(row) })),
    /** Nothing of an execution that has ended changes any more. */
    restOperations: (arn: string) => void sql.rest.run(arn),
    findCallback(callbackId: string) {
      const row = sql.byCallback.get(callbackId);
      return row === undefined ? undefined : { arn: String(row['arn']), ...operationOf(row) };
    },
    putEvent: (arn: string, event: HistoryEvent) => void sql.putEvent.run(arn, JSON.stringify(event), arn),
    events(arn: string, options: { from: number; most: number; isReverse: boolean }) {
      const statement = options.isReverse ? sql.eventsBackwards : sql.events;
      return statement.all(arn, options.from, options.most).map((row) => {
        const event: HistoryEvent = JSON.parse(String(row['body']));
        return { id: Number(row['id']), event };
      });
    },
  };
};
