import type { Services } from './services.ts';

/** Who keeps a time of its own, or waits for one. */
export type TimeKeepers = {
  readonly dynamoDb: Pick<Services['dynamoDb'], 'clockMoved'>;
  readonly sqs: Pick<Services['sqs'], 'clockMoved'>;
  readonly lambda: Pick<Services['lambda'], 'clockMoved'>;
  readonly events: { readonly scheduler: Pick<Services['events']['scheduler'], 'pump'> };
};

/**
 * Tells everybody that the platform's clock was set, at each stop of a journey. Schedules come last: what they start writes
 * rows and messages, which have to bear the new time, or a table could not be wound back to it.
 */
export const tellClockMoved = async ({ dynamoDb, sqs, lambda, events }: TimeKeepers, paceMs: number): Promise<void> => {
  await dynamoDb.clockMoved();
  sqs.clockMoved();
  lambda.clockMoved();
  events.scheduler.pump(paceMs);
};
