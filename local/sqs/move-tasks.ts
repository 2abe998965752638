import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { AwsError } from '../aws/aws-error.ts';
import { transaction } from '../aws/transaction.ts';
import type { Requester } from './access.ts';
import { sourcesOf } from './queue-operations.ts';
import type { Queue } from './queue-store.ts';
import { queueDoesNotExist, sqsError } from './sqs-error.ts';
import type { SqsParts } from './sqs-parts.ts';

export const StartMessageMoveTask = z.object({
  SourceArn: z.string(),
  DestinationArn: z.string().optional(),
  MaxNumberOfMessagesPerSecond: z.number().int().min(1).max(500).optional(),
});
export const ListMessageMoveTasks = z.object({
  SourceArn: z.string(),
  MaxResults: z.number().int().min(1).max(10).optional(),
});
export const CancelMessageMoveTask = z.object({ TaskHandle: z.string() });

interface TaskRow {
  readonly handle: string;
  readonly source_arn: string;
  readonly destination_arn: string | null;
  readonly per_second: number | null;
  readonly status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';
  readonly moved: number;
  readonly to_move: number;
  readonly started_ms: number;
  readonly up_to_seq: number;
  readonly failure: string | null;
}

interface DeadLetterRow {
  readonly seq: number;
  readonly source_arn: string | null;
}

/** Moves this many messages in one transaction where no rate was given. */
const messagesPerStep = 500;

/**
 * Redrives dead letters. A moved message is a new one: new id, new time of sending, no receives. Only messages that were
 * there when the task began are moved, so a message that dies again at once is not moved for ever. A task that was running
 * when the platform ended goes on at its next start.
 */
export class MoveTasks {
  readonly #db: DatabaseSync;
  readonly #parts: SqsParts;
  readonly #newId: () => string;
  #timers = new Map<string, NodeJS.Timeout>();

  constructor(db: DatabaseSync, parts: SqsParts, newId: () => string) {
    this.#db = db;
    this.#parts = parts;
    this.#newId = newId;
    for (const { handle } of db.prepare(`SELECT handle FROM sqs_move_tasks WHERE status = 'RUNNING'`).all()) {
      this.#schedule(String(handle), 0);
    }
  }

  start(requester: Requester, region: string, input: z.output<typeof StartMessageMoveTask>): { TaskHandle: string } {
    const source = this.#queue(input.SourceArn, region);
    this.#refuseStart(requester, source, input.DestinationArn);
    const handle = Buffer.from(JSON.stringify({ taskId: this.#newId(), sourceArn: source.arn })).toString('base64');
    const there = this.#db
      .prepare('SELECT count(*) AS n, max(seq) AS last FROM sqs_messages WHERE queue = ?')
      .get(source.rowId);
    this.#db
      .prepare(
        `INSERT INTO sqs_move_tasks (handle, source_arn, destination_arn, per_second, status, to_move, started_ms, up_to_seq)
         VALUES (?, ?, ?, ?, 'RUNNING', ?, ?, ?)`,
      )
      .run(
        handle,
        source.arn,
        input.DestinationArn ?? null,
        input.MaxNumberOfMessagesPerSecond ?? null,
        Number(there?.['n']),
        this.#parts.clock.now(),
        Number(there?.['last'] ?? 0),
      );
    this.#schedule(handle, 0);
    return { TaskHandle: handle };
  }

  list(requester: Requester, region: string, { SourceArn, MaxResults = 1 }: z.output<typeof ListMessageMoveTasks>) {
    const source = this.#queue(SourceArn, region);
    this.#parts.access.check(requester, 'ListMessageMoveTasks', source);
    const rows = this.#db
      .prepare('SELECT * FROM sqs_move_tasks WHERE source_arn = ? ORDER BY started_ms DESC, rowid DESC LIMIT ?')
      .all(source.arn, MaxResults) as unknown as TaskRow[];
    return { Results: rows.map(toWire) };
  }

  cancel(requester: Requester, { TaskHandle }: z.output<typeof CancelMessageMoveTask>) {
    const row = this.#row(TaskHandle);
    const source = row && this.#parts.engine.queues.find(row.source_arn);
    if (row === undefined || source === undefined) throw sqsError('ResourceNotFoundException', 'Task does not exist.');
    this.#parts.access.check(requester, 'CancelMessageMoveTask', source);
    if (row.status !== 'RUNNING') throw sqsError('ResourceNotFoundException', 'Only active tasks can be cancelled.');
    this.#finish(row.handle, 'CANCELLED');
    return { ApproximateNumberOfMessagesMoved: row.moved };
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #queue(arn: string, region: string): Queue {
    const queue = this.#parts.engine.queues.find(arn);
    if (queue === undefined || queue.region !== region)
      throw sqsError('ResourceNotFoundException', `The queue ${arn} does not exist.`);
    return queue;
  }

  #refuseStart(requester: Requester, source: Queue, destinationArn: string | undefined): void {
    const { access, engine } = this.#parts;
    for (const action of ['StartMessageMoveTask', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes']) {
      access.check(requester, action, source);
    }
    access.checkKey(requester, 'kms:Decrypt', source);
    const sources = sourcesOf(this.#parts, source);
    if (sources.length === 0)
      throw sqsError('InvalidParameterValueException', 'Source queue must be configured as a Dead Letter Queue.');
    const destination = destinationArn === undefined ? undefined : engine.queues.find(destinationArn);
    if (destinationArn !== undefined && destination === undefined) {
      throw sqsError('ResourceNotFoundException', `The destination queue ${destinationArn} does not exist.`);
    }
    for (const target of destination === undefined ? sources : [destination]) {
      access.check(requester, 'SendMessage', target);
      access.checkKey(requester, 'kms:GenerateDataKey', target);
    }
    const running = this.#db
      .prepare(`SELECT 1 FROM sqs_move_tasks WHERE source_arn = ? AND status = 'RUNNING'`)
      .get(source.arn);
    if (running !== undefined)
      throw sqsError(
        'InvalidParameterValueException',
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
      );
  }

  #row(handle: string): TaskRow | undefined {
    return this.#db.prepare('SELECT * FROM sqs_move_tasks WHERE handle = ?').get(handle) as unknown as
      | TaskRow
      | undefined;
  }

  #schedule(handle: string, delayMs: number): void {
    this.#timers.set(handle, setTimeout(() => this.#step(handle), delayMs).unref());
  }

  #step(handle: string): void {
    const row = this.#row(handle);
    if (row?.status !== 'RUNNING') return;
    try {
      const count = row.per_second ?? messagesPerStep;
      const moved = transaction(this.#db, () => this.#moveSome(row, count));
      if (moved < count) this.#finish(handle, 'COMPLETED');
      else this.#schedule(handle, row.per_second === null ? 0 : 1000);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      this.#finish(handle, 'FAILED', error.code);
    }
  }

  #moveSome(task: TaskRow, count: number): number {
    const source = this.#parts.engine.queues.find(task.source_arn);
    if (source === undefined) throw queueDoesNotExist();
    const now = this.#parts.clock.now();
    const rows = this.#db
      .prepare(
        'SELECT seq, source_arn FROM sqs_messages WHERE queue = ? AND visible_ms <= ? AND seq <= ? ORDER BY visible_ms, seq LIMIT ?',
      )
      .all(source.rowId, now, task.up_to_seq, count) as unknown as DeadLetterRow[];
    const move = this.#db.prepare(
      `UPDATE sqs_messages SET queue = ?1, id = ?2, sent_ms = ?3, arrived_ms = ?3, visible_ms = ?3, receives = 0, queue_receives = 0,
         first_receive_ms = NULL, received_ms = NULL, receipt = NULL, source_arn = NULL WHERE seq = ?4`,
    );
    for (const { seq, source_arn } of rows) {
      const destination = this.#parts.engine.queues.find(task.destination_arn ?? source_arn ?? '');
      if (destination === undefined) throw queueDoesNotExist();
      move.run(destination.rowId, this.#newId(), now, seq);
      this.#parts.engine.wakeups.wake(destination.arn);
    }
    this.#db.prepare('UPDATE sqs_move_tasks SET moved = moved + ? WHERE handle = ?').run(rows.length, task.handle);
    return rows.length;
  }

  #finish(handle: string, status: TaskRow['status'], failure: string | null = null): void {
    clearTimeout(this.#timers.get(handle));
    this.#timers.delete(handle);
    this.#db.prepare('UPDATE sqs_move_tasks SET status = ?, failure = ? WHERE handle = ?').run(status, failure, handle);
  }
}

const toWire = (row: TaskRow): object => ({
  ...(row.status === 'RUNNING' && { TaskHandle: row.handle }),
  Status: row.status,
  SourceArn: row.source_arn,
  ...(row.destination_arn !== null && { DestinationArn: row.destination_arn }),
  ...(row.per_second !== null && { MaxNumberOfMessagesPerSecond: row.per_second }),
  ApproximateNumberOfMessagesMoved: row.moved,
  ApproximateNumberOfMessagesToMove: row.to_move,
  ...(row.failure !== null && { FailureReason: row.failure }),
  StartedTimestamp: row.started_ms,
});
