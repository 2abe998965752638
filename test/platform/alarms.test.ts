import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PurgeQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { control } from '../../cli/local/control-client.ts';
import { StatusAnswer } from '../../cli/local/status.ts';
import { minutes } from './minutes.ts';
import { queueClient } from './queue-client.ts';
import type { RunningPlatform } from './running-platform.ts';
import { runPlatform } from './running-platform.ts';
import { settle } from './settling.ts';

let running: RunningPlatform;
beforeAll(async () => {
  running = await runPlatform();
});
afterAll(() => running[Symbol.asyncDispose]());

/** As `mediakeep local status` learns it. */
const status = async (): Promise<StatusAnswer> =>
  StatusAnswer.parse(await control({ ...running.state, users: [] }, 'GET', 'status'));

const alarm = async (name: string): Promise<{ state: string; reason: string }> => {
  const found = (await status()).alarms.find((known) => known.name.includes(`Alarms${name}`));
  if (found === undefined) throw new Error(`There is no alarm ${name}.`);
  return found;
};

const messagesAbout = async (name: string): Promise<string[]> =>
  (await status()).messages.flatMap(({ subject = '' }) => (subject.includes(`Alarms${name}`) ? [subject] : []));

/** CloudWatch looks at a minute once it is over. */
const passMinutes = async (count: number): Promise<void> => {
  for (let minute = 0; minute < count; minute += 1) {
    await running.platform.travelTo(running.platform.clock.now() + minutes(1));
  }
};

const client = () => ({
  region: running.state.regions[0] ?? '',
  endpoint: running.state.endpoint,
  credentials: running.state.admin,
});

describe('the alarm of dead letters', () => {
  it('rings when a message has died, tells the topic, and is quiet again once it is gone', async () => {
    await passMinutes(2);
    const before = (await alarm('CatalogDeadLetters')).state;
    using queues = queueClient(running);
    await queues.send('catalog', 'no event at all');
    await settle(running);
    await passMinutes(2);
    const rung = await alarm('CatalogDeadLetters');
    const told = await messagesAbout('CatalogDeadLetters');
    const others = await alarm('IntakeDeadLetters');
    const sqs = new SQSClient(client());
    await sqs.send(new PurgeQueueCommand({ QueueUrl: running.state.queues['catalogDeadLetters'] }));
    sqs.destroy();
    await passMinutes(3);

    expect([before, rung.state, others.state]).toEqual(['OK', 'ALARM', 'OK']);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^ALARM: /);
    expect((await alarm('CatalogDeadLetters')).state).toBe('OK');
  });
});

describe('the alarm of a function that fails', () => {
  const failOnce = async (): Promise<void> => {
    const lambda = new LambdaClient(client());
    const FunctionName = running.state.functions['catalog'] ?? '';
    const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload: Buffer.from('{"no":"batch"}') }));
    lambda.destroy();
    expect(answer.FunctionError).toBe('Unhandled');
  };

  it('rings after three minutes of errors and not after two', async () => {
    for (let minute = 0; minute < 2; minute += 1) {
      await failOnce();
      await passMinutes(1);
    }
    const afterTwo = (await alarm('CatalogErrors')).state;
    await failOnce();
    await passMinutes(1);
    const afterThree = await alarm('CatalogErrors');
    const told = await messagesAbout('CatalogErrors');
    await passMinutes(4);

    expect([afterTwo, afterThree.state]).toEqual(['OK', 'ALARM']);
    expect(told).toHaveLength(1);
    expect((await alarm('CatalogErrors')).state).toBe('OK');
  });
});

describe('the alarm of waiting messages', () => {
  it('rings when the oldest upload has waited for more than a quarter of an hour', async () => {
    using queues = queueClient(running);
    running.platform.faults.set([]);
    await queues.send('intake', 'no event at all');
    await running.platform.idle();
    await passMinutes(2);
    const early = (await alarm('IntakeAge')).state;
    for (let quarter = 0; quarter < 24; quarter += 1) {
      await passMinutes(1);
      await running.platform.idle();
    }

    expect(early).toBe('OK');
    expect((await alarm('IntakeAge')).state).toBe('ALARM');
  });
});
