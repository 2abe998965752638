import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../core/time.ts';
import {
  fifoRefused,
  type QueueAttributes,
  type QueueSettings,
  queueSettings,
  withAttributes,
} from './queue-attributes.ts';
import { invalidValue, sqsError } from './sqs-error.ts';

/** One queue as it is now; a change makes a new object. */
export interface Queue {
  readonly rowId: number;
  readonly arn: string;
  readonly name: string;
  readonly region: string;
  readonly accountId: string;
  readonly attributes: QueueAttributes;
  readonly settings: QueueSettings;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdMs: number;
  readonly modifiedMs: number;
}

export interface QueueAddress {
  readonly name: string;
  readonly region: string;
  readonly accountId: string;
}

/** `arn:aws:sqs:{region}:{account}:{name}` */
export const queueArn = ({ name, region, accountId }: QueueAddress): string =>
  `arn:aws:sqs:${region}:${accountId}:${name}`;

/** The queues, all of them in memory and each change in the database first. */
export interface QueueStore {
  find(arn: string): Queue | undefined;
  all(): readonly Queue[];
  create(address: QueueAddress, attributes: QueueAttributes, tags: Readonly<Record<string, string>>): Queue;
  update(queue: Queue, change: { attributes?: QueueAttributes; tags?: Readonly<Record<string, string>> }): Queue;
  remove(queue: Queue): void;
}

export const createQueueStore = (db: DatabaseSync, clock: Clock): QueueStore => {
  const queues = new Map<string, Queue>();
  for (const row of db.prepare('SELECT * FROM sqs_queues').all()) {
    const queue = fromRow(row as unknown as QueueRow);
    queues.set(queue.arn, queue);
  }
  const insert = db.prepare(
    `INSERT INTO sqs_queues (arn, name, region, account, attributes, tags, created_ms, modified_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const change = db.prepare('UPDATE sqs_queues SET attributes = ?, tags = ?, modified_ms = ? WHERE id = ?');
  const keep = (queue: Queue): Queue => {
    queues.set(queue.arn, queue);
    return queue;
  };
  return {
    find: (arn) => queues.get(arn),
    all: () => [...queues.values()],
    create(address, given, tags) {
      refuseName(address.name);
      const arn = queueArn(address);
      const attributes = withAttributes({}, given);
      const now = clock.now();
      const { name, region, accountId } = address;
      const stored = [JSON.stringify(attributes), JSON.stringify(tags), now, now] as const;
      const { lastInsertRowid } = insert.run(arn, name, region, accountId, ...stored);
      const settings = queueSettings(attributes);
      return keep({
        ...address,
        arn,
        attributes,
        settings,
        tags,
        rowId: Number(lastInsertRowid),
        createdMs: now,
        modifiedMs: now,
      });
    },
    update(queue, { attributes = queue.attributes, tags = queue.tags }) {
      const modifiedMs = clock.now();
      change.run(JSON.stringify(attributes), JSON.stringify(tags), modifiedMs, queue.rowId);
      return keep({ ...queue, attributes, tags, modifiedMs, settings: queueSettings(attributes) });
    },
    remove(queue) {
      db.prepare('DELETE FROM sqs_messages WHERE queue = ?').run(queue.rowId);
      db.prepare('DELETE FROM sqs_queues WHERE id = ?').run(queue.rowId);
      queues.delete(queue.arn);
    },
  };
};

interface QueueRow {
  readonly id: number;
  readonly arn: string;
  readonly name: string;
  readonly region: string;
  readonly account: string;
  readonly attributes: string;
  readonly tags: string;
  readonly created_ms: number;
  readonly modified_ms: number;
}

const fromRow = (row: QueueRow): Queue => {
  const attributes: QueueAttributes = JSON.parse(row.attributes);
  return {
    rowId: row.id,
    arn: row.arn,
    name: row.name,
    region: row.region,
    accountId: row.account,
    attributes,
    settings: queueSettings(attributes),
    tags: JSON.parse(row.tags),
    createdMs: row.created_ms,
    modifiedMs: row.modified_ms,
  };
};

const refuseName = (name: string): void => {
  if (name.endsWith('.fifo')) throw fifoRefused();
  if (!/^[A-Za-z0-9_-]{1,80}$/.test(name)) {
    throw invalidValue(
      'QueueName',
      name,
      'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.',
    );
  }
};

/** A dead-letter queue must exist where the source is and must admit it. */
export const refuseRedriveTarget = (queues: QueueStore, source: QueueAddress, settings: QueueSettings): void => {
  const target = settings.redrive?.deadLetterTargetArn;
  if (target === undefined) return;
  const deadLetters = queues.find(target);
  if (deadLetters === undefined || deadLetters.region !== source.region || deadLetters.accountId !== source.accountId) {
    throw sqsError(
      'InvalidParameterValueException',
      `RedrivePolicy: the dead-letter queue ${target} does not exist in ${source.region}.`,
    );
  }
  const { permission, sourceQueueArns } = deadLetters.settings.redriveAllow;
  if (permission === 'denyAll' || (permission === 'byQueue' && !sourceQueueArns.includes(queueArn(source)))) {
    throw sqsError(
      'InvalidParameterValueException',
      `RedrivePolicy: ${target} does not allow this queue as its source.`,
    );
  }
};
