import type { Queue } from '../../local/sqs/queue-store.ts';
import type { RunningPlatform } from './running-platform.ts';

/** The queues, as the platform's state names them. */
export type QueueName = 'intake' | 'catalog' | 'intakeDeadLetters' | 'catalogDeadLetters';

/** A queue of the platform by its name among the outputs. */
export const queueOf = ({ platform, state }: RunningPlatform, name: QueueName): Queue => {
  const url = state.queues[name];
  const queue = platform.services.sqs.queues().find((known) => url?.endsWith(`/${known.name}`));
  if (queue === undefined) throw new Error(`There is no queue ${name}.`);
  return queue;
};

/** More journeys than this, and something never comes to an end. */
const mostJourneys = 60;

/**
 * Lets the queues run empty: each time all is quiet, the clock moves on to the instant at which the next hidden message
 * shows itself again, until none is left.
 */
export const settle = async (running: RunningPlatform): Promise<void> => {
  const { platform } = running;
  for (let journey = 0; journey < mostJourneys; journey += 1) {
    await platform.idle();
    const next = nextVisibleMs(running);
    if (next === undefined) return;
    await platform.travelTo(Math.max(next, platform.clock.now()) + 1);
  }
  throw new Error(`The queues are not empty after ${mostJourneys} visibility timeouts.`);
};

const nextVisibleMs = (running: RunningPlatform): number | undefined => {
  const { clock, services } = running.platform;
  const { messages } = services.sqs.parts.engine;
  const now = clock.now();
  const times = (['intake', 'catalog'] as const).flatMap((name) => {
    const queue = queueOf(running, name);
    const { visible, inFlight, delayed } = services.sqs.depth(queue.arn);
    if (visible > 0) return [now];
    return inFlight + delayed > 0 ? [messages.nextVisibleMs(queue.rowId, now) ?? now] : [];
  });
  return times.length === 0 ? undefined : Math.min(...times);
};

/** How many messages nobody could handle. */
export const deadLetters = (running: RunningPlatform): { intake: number; catalog: number } => {
  const depth = (name: QueueName): number => {
    const { visible, inFlight } = running.platform.services.sqs.depth(queueOf(running, name).arn);
    return visible + inFlight;
  };
  return { intake: depth('intakeDeadLetters'), catalog: depth('catalogDeadLetters') };
};
