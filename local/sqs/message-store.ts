import type { DatabaseSync } from 'node:sqlite';

/** A message that a receive has just taken. */
export interface MessageRow {
  readonly seq: number;
  readonly id: string;
  readonly body: string;
  readonly attributes: string | null;
  readonly trace: string | null;
  readonly sender: string;
  readonly source_arn: string | null;
  readonly sent_ms: number;
  readonly visible_ms: number;
  readonly receives: number;
  readonly queue_receives: number;
  readonly first_receive_ms: number | null;
  readonly received_ms: number | null;
  readonly receipt: string | null;
}

export interface NewMessage {
  readonly id: string;
  readonly body: string;
  readonly attributes: string | null;
  readonly trace: string | null;
  readonly sender: string;
}

export interface DeadLetterRule {
  readonly queueRowId: number;
  readonly sourceArn: string;
  readonly maxReceiveCount: number;
}

export interface ReceiveOptions {
  readonly max: number;
  readonly now: number;
  readonly visibilityMs: number;
  readonly newReceipt: () => string;
  readonly deadLetters?: DeadLetterRule;
}

export interface QueueCounts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

/** The rows of messages; every method is one or a few prepared statements and decides nothing about rights. */
export type MessageStore = ReturnType<typeof createMessageStore>;

export const createMessageStore = (db: DatabaseSync) => {
  const insert = db.prepare(
    `INSERT INTO sqs_messages (queue, id, body, attributes, trace, sender, sent_ms, arrived_ms, visible_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const visible = db.prepare(
    'SELECT * FROM sqs_messages WHERE queue = ? AND visible_ms <= ? ORDER BY visible_ms, seq LIMIT ?',
  );
  const anyVisible = db.prepare('SELECT 1 FROM sqs_messages WHERE queue = ? AND visible_ms <= ? LIMIT 1');
  const take = db.prepare(
    `UPDATE sqs_messages SET receives = receives + 1, queue_receives = queue_receives + 1, received_ms = ?1,
       first_receive_ms = coalesce(first_receive_ms, ?1), visible_ms = ?2, receipt = ?3 WHERE seq = ?4 RETURNING *`,
  );
  const bury = db.prepare(
    `UPDATE sqs_messages SET queue = ?1, arrived_ms = ?2, visible_ms = ?2, queue_receives = 0, receipt = NULL,
       received_ms = NULL, source_arn = ?3 WHERE seq = ?4`,
  );
  const bySeq = db.prepare('SELECT * FROM sqs_messages WHERE seq = ? AND queue = ?');
  const remove = db.prepare('DELETE FROM sqs_messages WHERE seq = ? AND queue = ? AND receipt = ?');
  const setVisible = db.prepare('UPDATE sqs_messages SET visible_ms = ? WHERE seq = ?');
  const expire = db.prepare('DELETE FROM sqs_messages WHERE queue = ? AND sent_ms <= ?');
  const next = db.prepare('SELECT min(visible_ms) AS at FROM sqs_messages WHERE queue = ? AND visible_ms > ?');
  const inFlight = db.prepare(
    'SELECT count(*) AS n FROM sqs_messages WHERE queue = ? AND visible_ms > ? AND receipt IS NOT NULL',
  );
  const counts = db.prepare(
    `SELECT count(*) FILTER (WHERE visible_ms <= ?1) AS visible,
       count(*) FILTER (WHERE visible_ms > ?1 AND receipt IS NOT NULL) AS inFlight,
       count(*) FILTER (WHERE visible_ms > ?1 AND receipt IS NULL) AS delayed FROM sqs_messages WHERE queue = ?2`,
  );
  const oldest = db.prepare('SELECT min(arrived_ms) AS at FROM sqs_messages WHERE queue = ?');
  const release = db.prepare(
    'UPDATE sqs_messages SET visible_ms = ?1 WHERE queue = ?2 AND visible_ms > ?1 AND received_ms < ?3',
  );
  const purge = db.prepare('DELETE FROM sqs_messages WHERE queue = ?');

  /** Takes up to `max` visible messages; those that were received often enough go to the dead-letter queue instead. */
  const receive = (queue: number, options: ReceiveOptions): { taken: MessageRow[]; buried: number } => {
    const taken: MessageRow[] = [];
    let buried = 0;
    while (taken.length < options.max) {
      const rows = visible.all(queue, options.now, options.max - taken.length) as unknown as MessageRow[];
      if (rows.length === 0) break;
      for (const row of rows) {
        if (isExhausted(row, options.deadLetters)) {
          bury.run(options.deadLetters.queueRowId, options.now, options.deadLetters.sourceArn, row.seq);
          buried += 1;
        } else {
          const until = options.now + options.visibilityMs;
          taken.push(take.get(options.now, until, options.newReceipt(), row.seq) as unknown as MessageRow);
        }
      }
      // With a visibility of zero the same rows are still visible: one look must do.
      if (options.visibilityMs === 0) break;
    }
    return { taken, buried };
  };

  return {
    receive,
    insert(queue: number, message: NewMessage, times: { now: number; visibleMs: number }): void {
      const { id, body, attributes, trace, sender } = message;
      insert.run(queue, id, body, attributes, trace, sender, times.now, times.now, times.visibleMs);
    },
    hasVisible: (queue: number, now: number): boolean => anyVisible.get(queue, now) !== undefined,
    find: (queue: number, seq: number) => bySeq.get(seq, queue) as unknown as MessageRow | undefined,
    remove: (queue: number, seq: number, receipt: string): boolean => remove.run(seq, queue, receipt).changes > 0,
    setVisible: (seq: number, visibleMs: number): void => void setVisible.run(visibleMs, seq),
    expire: (queue: number, sentUpToMs: number): void => void expire.run(queue, sentUpToMs),
    nextVisibleMs: (queue: number, afterMs: number): number | undefined =>
      numberOrUndefined(next.get(queue, afterMs)?.['at']),
    inFlight: (queue: number, now: number): number => Number(inFlight.get(queue, now)?.['n']),
    counts: (queue: number, now: number) => counts.get(now, queue) as unknown as QueueCounts,
    oldestArrivalMs: (queue: number): number | undefined => numberOrUndefined(oldest.get(queue)?.['at']),
    release: (queue: number, now: number, receivedBeforeMs: number): void =>
      void release.run(now, queue, receivedBeforeMs),
    purge: (queue: number): void => void purge.run(queue),
  };
};

const isExhausted = (row: MessageRow, rule: DeadLetterRule | undefined): rule is DeadLetterRule =>
  rule !== undefined && row.queue_receives >= rule.maxReceiveCount;

const numberOrUndefined = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
