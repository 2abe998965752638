import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../../core/time.ts';
import { hours } from '../../../core/time.ts';
import { AwsError } from '../../aws/aws-error.ts';
import type { S3Deps } from '../core.ts';
import { number, text } from '../store/row.ts';

/** Sends events to queues, and keeps those that a queue did not take. */
export interface EventOutbox {
  /**
   * To be called inside the transaction of the change: queue and bucket share one database, so that event and change are
   * committed together.
   */
  send(queueArn: string, bucketArn: string, body: string): void;
  /** Sends a message at once; throws where the queue does not take it. */
  test(queueArn: string, bucketArn: string, body: string): void;
  /** Tries the kept events again. */
  retry(): void;
  close(): void;
}

interface OutboxDeps {
  readonly db: DatabaseSync;
  readonly clock: Clock;
  readonly deliver: S3Deps['deliver'];
  readonly accountId: string;
  readonly log: (line: string) => void;
}

const retryDelayMs = 5_000;
const keepMs = hours(24);

/** Opens the outbox; what it holds from before is tried soon. */
export const openOutbox = ({ db, clock, deliver, accountId, log }: OutboxDeps): EventOutbox => {
  const insert = db.prepare('INSERT INTO s3_outbox (queue, bucket_arn, body, at) VALUES (?, ?, ?, ?)');
  const select = db.prepare('SELECT id, queue, bucket_arn, body, at FROM s3_outbox ORDER BY id LIMIT 1000');
  const erase = db.prepare('DELETE FROM s3_outbox WHERE id = ?');
  let timer: NodeJS.Timeout | undefined;
  const schedule = (): void => {
    timer ??= setTimeout(retry, retryDelayMs).unref();
  };
  const sendNow = (queueArn: string, bucketArn: string, body: string): void =>
    deliver(queueArn, body, { service: 's3.amazonaws.com', arn: bucketArn, accountId });
  const tryToDeliver = (queueArn: string, bucketArn: string, body: string): boolean => {
    try {
      sendNow(queueArn, bucketArn, body);
      return true;
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      log(`S3 could not tell ${queueArn} of a change in ${bucketArn}: ${error.code}: ${error.message}`);
      return false;
    }
  };
  const retry = (): void => {
    clearTimeout(timer);
    timer = undefined;
    for (const row of select.all()) {
      const expired = clock.now() - number(row, 'at') > keepMs;
      if (expired) log(`S3 gives up an event of ${text(row, 'bucket_arn')} that its queue has not taken for 24 hours.`);
      if (expired || tryToDeliver(text(row, 'queue'), text(row, 'bucket_arn'), text(row, 'body'))) {
        erase.run(number(row, 'id'));
      } else {
        schedule();
      }
    }
  };
  if (select.get() !== undefined) schedule();
  return {
    send(queueArn, bucketArn, body) {
      if (tryToDeliver(queueArn, bucketArn, body)) return;
      insert.run(queueArn, bucketArn, body, clock.now());
      schedule();
    },
    test: sendNow,
    retry,
    close: () => clearTimeout(timer),
  };
};
