import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultRule } from '../../local/aws/faults.ts';
import { wrongRecording } from './fault-scenarios.ts';
import { queueClient } from './queue-client.ts';
import type { RunningPlatform } from './running-platform.ts';
import { runPlatform } from './running-platform.ts';
import { seededRandom } from './seeded-random.ts';
import type { SentUpload } from './sending.ts';
import { anyFile, freshContent, sendByForm, sendByPut, stateOf } from './sending.ts';
import { deadLetters, settle } from './settling.ts';
import { allRows, disagreements } from './vault-and-catalog.ts';

/** Another number makes other faults; a failure is looked for again with the one that the title tells. */
const seed = Number(process.env['FAULT_SEED'] ?? 20_260_131);

let running: RunningPlatform;
beforeAll(async () => {
  running = await runPlatform({ random: seededRandom(seed) });
});
afterAll(() => running[Symbol.asyncDispose]());

const kinds = ['throttle', 'error', 'reset', 'lost-answer'] as const;

/** Each request fails in one of four ways with about this probability in all. */
const anywhere = (callers: readonly string[], probability: number): FaultRule[] =>
  callers.flatMap((name) =>
    ['s3', 'dynamodb', 'sqs', 'kms'].flatMap((service) =>
      kinds.map((kind) => ({
        service,
        kind,
        caller: running.state.functions[name] ?? '',
        // The rules are tried one after the other, each with its own dice.
        probability: 1 - (1 - probability) ** (1 / kinds.length),
      })),
    ),
  );

/** Files of every sort at once, two of them with one content. */
const sendMany = async (): Promise<{ good: SentUpload[]; bad: SentUpload[]; twins: SentUpload[] }> => {
  const shared = freshContent();
  const send = <Sent>(count: number, one: () => Promise<Sent>): Promise<Sent[]> =>
    Promise.all(Array.from({ length: count }, one));
  const [put, form, bad, twins] = await Promise.all([
    send(8, () => sendByPut(running, freshContent())),
    send(4, () => sendByForm(running, freshContent())),
    send(3, () => sendByPut(running, freshContent(), wrongRecording)),
    send(3, () => sendByPut(running, shared)),
  ]);
  return { good: [...put, ...form], bad, twins };
};

const statesOf = (uploads: readonly SentUpload[]): Promise<string[]> =>
  Promise.all(uploads.map(async (upload) => (await stateOf(running, upload)).state));

const expectAllEnded = async ({ good, bad, twins }: Awaited<ReturnType<typeof sendMany>>): Promise<void> => {
  expect(new Set(await statesOf(good))).toEqual(new Set(['stored']));
  expect(new Set(await statesOf(bad))).toEqual(new Set(['rejected']));
  expect((await statesOf(twins)).sort()).toEqual(['duplicate', 'duplicate', 'stored']);
  expect(await disagreements(running)).toEqual([]);
};

describe(`whatever fails at random, nothing is lost (seed ${seed})`, () => {
  it('ends every upload while three requests of ten fail', async () => {
    running.platform.faults.set(anywhere(['intake', 'catalog'], 0.3));
    const sent = await sendMany();
    await settle(running);
    const struck = running.platform.faults.struck();
    running.platform.faults.set([]);

    expect(struck).toBeGreaterThan(20);
    await expectAllEnded(sent);
    expect(deadLetters(running)).toEqual({ intake: 0, catalog: 0 });
  });

  it('names what dies while a call of each function always fails, and ends it once it is sent back', async () => {
    using queues = queueClient(running);
    const always = { kind: 'error', probability: 1 } as const;
    running.platform.faults.set([
      { ...always, service: 's3', operation: 'GetObject', caller: running.state.functions['intake'] },
      { ...always, service: 'dynamodb', operation: 'TransactWriteItems', caller: running.state.functions['catalog'] },
    ]);
    const sent = await sendMany();
    await settle(running);
    running.platform.faults.set([]);
    const deadIntake = [...(await queues.messages('intakeDeadLetters')).values()].join();
    const deadCatalog = [...(await queues.messages('catalogDeadLetters')).values()].join();

    for (const { assetId } of sent.bad) expect(deadIntake).toContain(assetId);
    for (const { assetId } of sent.good) expect(deadCatalog).toContain(assetId);
    expect(new Set(await statesOf([...sent.good, ...sent.bad]))).not.toContain('stored');

    await queues.redrive('intakeDeadLetters');
    await queues.redrive('catalogDeadLetters');
    await settle(running);

    await expectAllEnded(sent);
    expect(deadLetters(running)).toEqual({ intake: 0, catalog: 0 });
  });

  it('loses nothing that a client was told is stored, while requests of the API fail', async () => {
    running.platform.faults.set(anywhere(['api'], 0.2));
    const client = running.as('ravi');
    const uploads = await Promise.allSettled(Array.from({ length: 12 }, () => client.upload(freshContent(), anyFile)));
    running.platform.faults.set([]);
    await settle(running);
    const ended = uploads.flatMap((upload) => (upload.status === 'fulfilled' ? [upload.value] : []));
    const rows = await allRows(running);

    expect(ended.length).toBeGreaterThan(0);
    for (const { assetId, state } of ended) {
      expect(state).toBe('stored');
      expect(rows).toContainEqual(expect.objectContaining({ kind: 'asset', pk: `acme#asset#${assetId}` }));
    }
    expect(await disagreements(running)).toEqual([]);
  });
});
