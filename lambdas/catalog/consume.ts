import { MediakeepError } from '../../core/error.ts';
import { hintOf, joinTasks, type Task, targetOf } from '../../core/observe/hints.ts';
import { observe } from '../../core/observe/observe.ts';
import type { ObserveDeps } from '../../core/observe/ports.ts';
import { inParallel } from '../shared/in-parallel.ts';
import { type BucketEvent, parseNotification, UnexpectedMessageError } from '../shared/s3-notification.ts';
import { type BatchResponse, batchResponse, type QueueMessage, queueMessages } from './queue-batch.ts';
import type { Report } from './report.ts';
import { type RestoredObject, restoredObjectOf } from './restored.ts';

/** What the catalog function works with. */
export interface ConsumeDeps extends ObserveDeps {
  readonly bucket: string;
  readonly report: Report;
  /** Leaves word for the jobs that wait for an object that its copy can be read. */
  readonly restored: (object: RestoredObject) => Promise<void>;
  /** Milliseconds until the function is stopped. */
  readonly remainingMs: () => number;
}

/** So many assets are looked at side by side. */
const lanes = 10;
/** With less time than this left, what has not begun is given back instead of being cut off. */
const reserveMs = 8_000;

/** Works off one batch of the vault's notifications: each message is done only when all its keys are. */
export const consume = async (event: unknown, deps: ConsumeDeps): Promise<BatchResponse> => {
  const failed = new Set<string>();
  const fail = (messageId: string, error: unknown): void => {
    if (failed.has(messageId)) return;
    failed.add(messageId);
    deps.report.failed(messageId, error);
  };
  const messages = queueMessages(event);
  const tasks = messages.flatMap((message) => tasksOf(message, deps, fail));
  await inParallel(joinTasks(tasks), lanes, async ({ target, hint, sources }) => {
    try {
      if (deps.remainingMs() < reserveMs) throw new MediakeepError('unavailable', 'The time of this call is used up.');
      deps.report.observed(await observe(target, hint, deps));
    } catch (error) {
      for (const source of sources) fail(source, error);
    }
  });
  await tellOfRestores(messages, deps, { failed, fail });
  const oldestMs = Math.max(0, ...messages.map(({ sentAt }) => deps.clock.now() - (sentAt ?? deps.clock.now())));
  deps.report.finished({ failed: failed.size, oldestMs });
  return batchResponse(failed);
};

/** After the looks, so that whoever is told finds in the catalog what they are told; a message that failed comes again. */
const tellOfRestores = async (
  messages: readonly QueueMessage[],
  deps: ConsumeDeps,
  { failed, fail }: { readonly failed: ReadonlySet<string>; readonly fail: (id: string, error: unknown) => void },
): Promise<void> => {
  for (const { id, body } of messages) {
    if (failed.has(id)) continue;
    try {
      for (const event of parseNotification(body)) {
        const object = restoredObjectOf(event, deps.locate);
        if (object !== undefined) await deps.restored(object);
      }
    } catch (error) {
      fail(id, error);
    }
  }
};

const tasksOf = (
  message: QueueMessage,
  deps: ConsumeDeps,
  fail: (messageId: string, error: unknown) => void,
): readonly Task<string>[] => {
  try {
    return parseNotification(message.body).flatMap((change) => taskOf(change, message.id, deps));
  } catch (error) {
    fail(message.id, error);
    return [];
  }
};

const taskOf = (event: BucketEvent, messageId: string, deps: ConsumeDeps): readonly Task<string>[] => {
  if (event.bucket !== deps.bucket)
    throw new UnexpectedMessageError('The message tells of another bucket than the vault.');
  const target = targetOf(event.key, deps.locate);
  if (target === 'reserved') return [];
  if (target === 'unknown-key') {
    throw new MediakeepError(
      'unprocessable',
      'An object of the vault has a key that fits no layout of a data class; remove it, or take its class back into the configuration.',
    );
  }
  return [{ target, hint: hintOf(event), sources: [messageId] }];
};
