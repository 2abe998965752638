import type { Clock } from '../../core/time.ts';

/** Told that a queue may have a visible message; looks for itself and may find none. */
export type QueueListener = () => void;

/** Tells whoever waits for a queue that it is worth looking, so that nobody has to poll. */
export interface Wakeups {
  /** Calls the listener now and whenever something may have become visible; the answer stops it. */
  listen(queueArn: string, listener: QueueListener): () => void;
  /** Something is visible now. Listeners run after the current transaction, never inside it. */
  wake(queueArn: string): void;
  /** Something becomes visible at this instant of the platform's clock. */
  wakeAt(queueArn: string, visibleMs: number): void;
  /** The clock was moved: what was to come may be here. */
  wakeAll(): void;
  close(): void;
}

interface Waiting {
  readonly listeners: Set<QueueListener>;
  scheduled: boolean;
  timer: { readonly handle: NodeJS.Timeout; readonly atMs: number } | undefined;
}

/** setTimeout takes no more than this. */
const longestTimerMs = 2_147_483_647;

export const createWakeups = (
  clock: Clock,
  nextVisibleMs: (queueArn: string, afterMs: number) => number | undefined,
): Wakeups => {
  const waiting = new Map<string, Waiting>();

  const clearTimer = (queue: Waiting): void => {
    clearTimeout(queue.timer?.handle);
    queue.timer = undefined;
  };
  const wake = (queueArn: string): void => {
    const queue = waiting.get(queueArn);
    if (queue === undefined || queue.scheduled || queue.listeners.size === 0) return;
    queue.scheduled = true;
    queueMicrotask(() => {
      queue.scheduled = false;
      for (const listener of [...queue.listeners]) if (queue.listeners.has(listener)) listener();
    });
  };
  const wakeAt = (queueArn: string, visibleMs: number): void => {
    const queue = waiting.get(queueArn);
    if (queue === undefined || queue.listeners.size === 0) return;
    if (queue.timer !== undefined && queue.timer.atMs <= visibleMs) return;
    clearTimer(queue);
    const delayMs = Math.min(Math.max(visibleMs - clock.now() + 1, 0), longestTimerMs);
    const fire = () => {
      queue.timer = undefined;
      wake(queueArn);
      armNext(queueArn);
    };
    queue.timer = { handle: setTimeout(fire, delayMs).unref(), atMs: visibleMs };
  };
  const armNext = (queueArn: string): void => {
    const visibleMs = nextVisibleMs(queueArn, clock.now());
    if (visibleMs !== undefined) wakeAt(queueArn, visibleMs);
  };

  return {
    wake,
    wakeAt,
    listen(queueArn, listener) {
      const queue = waiting.get(queueArn) ?? { listeners: new Set(), scheduled: false, timer: undefined };
      waiting.set(queueArn, queue);
      queue.listeners.add(listener);
      wake(queueArn);
      armNext(queueArn);
      return () => {
        queue.listeners.delete(listener);
        if (queue.listeners.size === 0) clearTimer(queue);
      };
    },
    wakeAll() {
      for (const [queueArn, queue] of waiting) {
        clearTimer(queue);
        wake(queueArn);
        armNext(queueArn);
      }
    },
    close() {
      for (const queue of waiting.values()) {
        clearTimer(queue);
        queue.listeners.clear();
      }
    },
  };
};
