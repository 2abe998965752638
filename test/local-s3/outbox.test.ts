import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, it, vi } from 'vitest';
import { AwsError } from '../../local/aws/aws-error.ts';
import { openOutbox } from '../../local/s3/events/outbox.ts';
import { createTables } from '../../local/s3/store/schema.ts';

afterEach(() => void vi.useRealTimers());

it('an outbox that was told to retry leaves no timer behind when it is closed', () => {
  vi.useFakeTimers();
  const db = new DatabaseSync(':memory:');
  createTables(db);
  const outbox = openOutbox({
    db,
    clock: { now: () => 0 },
    deliver() {
      throw new AwsError('AccessDenied', 403, 'The queue takes nothing.');
    },
    accountId: '000000000000',
    log: () => undefined,
  });
  outbox.send('arn:aws:sqs:eu-west-1:000000000000:deaf', 'arn:aws:s3:::bucket', '{}');

  outbox.retry();
  outbox.close();

  expect(vi.getTimerCount()).toBe(0);
});
