import type { DatabaseSync } from 'node:sqlite';

/** Something that was published. */
export interface PublishedMessage {
  readonly messageId: string;
  readonly topicArn: string;
  readonly subject: string | undefined;
  readonly message: string;
  /** ARN of the alarm, or of the caller, that published it. */
  readonly source: string;
  readonly publishedMs: number;
}

/** The latest messages of all topics, kept over restarts for people to look at. */
export interface MessageLog {
  add(message: PublishedMessage): void;
  /** The newest first. */
  recent(limit: number): readonly PublishedMessage[];
}

const keptMessages = 1000;

const schema = `CREATE TABLE IF NOT EXISTS sns_messages (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, message_id TEXT NOT NULL, topic_arn TEXT NOT NULL, subject TEXT,
  message TEXT NOT NULL, source TEXT NOT NULL, published_ms INTEGER NOT NULL)`;

export const createMessageLog = (db: DatabaseSync): MessageLog => {
  db.exec(schema);
  const insert = db.prepare(
    `INSERT INTO sns_messages (message_id, topic_arn, subject, message, source, published_ms) VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const trim = db.prepare('DELETE FROM sns_messages WHERE sequence <= ?');
  const select = db.prepare('SELECT * FROM sns_messages ORDER BY sequence DESC LIMIT ?');
  return {
    add({ messageId, topicArn, subject, message, source, publishedMs }) {
      const { lastInsertRowid } = insert.run(messageId, topicArn, subject ?? null, message, source, publishedMs);
      trim.run(Number(lastInsertRowid) - keptMessages);
    },
    recent: (limit) => select.all(limit).map(toMessage),
  };
};

const toMessage = (row: Record<string, unknown>): PublishedMessage => ({
  messageId: String(row['message_id']),
  topicArn: String(row['topic_arn']),
  subject: row['subject'] === null ? undefined : String(row['subject']),
  message: String(row['message']),
  source: String(row['source']),
  publishedMs: Number(row['published_ms']),
});
