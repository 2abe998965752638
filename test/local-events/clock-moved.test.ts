import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { tellClockMoved } from '../../local/clock-moved.ts';

it('schedules run at a stop of a journey once tables, queues and functions have its time', async () => {
  const told: string[] = [];

  await tellClockMoved(
    {
      dynamoDb: {
        clockMoved: async () => {
          await setImmediate();
          told.push('tables');
        },
      },
      sqs: { clockMoved: () => void told.push('queues') },
      lambda: { clockMoved: () => void told.push('functions') },
      events: { scheduler: { pump: (paceMs) => void told.push(`schedules at a pace of ${paceMs}`) } },
    },
    7,
  );

  expect(told).toEqual(['tables', 'queues', 'functions', 'schedules at a pace of 7']);
});
