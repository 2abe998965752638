import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSamples } from '../../cli/local/sample-files.ts';
import type { TalliedRequests } from '../../local/aws/request-tally.ts';
import { wrongRecording } from './fault-scenarios.ts';
import type { RunningPlatform } from './running-platform.ts';
import { runPlatform } from './running-platform.ts';
import { sampleBytes } from './samples.ts';
import { askApi, freshContent, sendByForm, sendByPut, stateOf } from './sending.ts';
import { settle } from './settling.ts';

let running: RunningPlatform;
beforeAll(async () => {
  running = await runPlatform();
  // The first request of a container asks for more: the key that signs tokens.
  await sendByPut(running, freshContent());
  await settle(running);
});
afterAll(() => running[Symbol.asyncDispose]());

/** What a function asks of AWS while something is done: `operation` → how often. */
const askedBy = async (functionName: string, work: () => Promise<unknown>): Promise<Record<string, number>> => {
  const before = countsOf(functionName);
  await work();
  await settle(running);
  const entries = [...countsOf(functionName)].map(([name, count]) => [name, count - (before.get(name) ?? 0)] as const);
  return Object.fromEntries(entries.filter(([, count]) => count > 0));
};

const countsOf = (functionName: string): Map<string, number> => {
  const isCaller = ({ caller }: TalliedRequests): boolean => caller === running.state.functions[functionName];
  const kinds = running.platform.tally.all().filter(isCaller);
  return new Map(kinds.map(({ service, operation, count }) => [`${service} ${operation}`, count]));
};

const objects = 10;

const sendNew = (): Promise<unknown> =>
  Promise.all(Array.from({ length: objects }, () => sendByPut(running, freshContent())));

describe('requests that a new object costs', () => {
  it('are one HEAD and one write on the catalog’s path', async () => {
    expect(await askedBy('catalog', sendNew)).toEqual({
      's3 HeadObject': objects,
      'dynamodb TransactWriteItems': objects,
    });
  });

  it('are two rows’ worth and three calls of S3 in intake', async () => {
    const asked = await askedBy('intake', sendNew);
    const { 'dynamodb BatchGetItem': reads = 0, 's3 DeleteObjects': removals = 0, ...others } = asked;

    // Objects of one batch are looked up together, and together removed from landing.
    for (const shared of [reads, removals]) {
      expect(shared).toBeGreaterThan(0);
      expect(shared).toBeLessThanOrEqual(objects);
    }
    expect(others).toEqual({
      'dynamodb PutItem': objects,
      's3 HeadObject': objects,
      's3 CopyObject': objects,
    });
  });

  it('are one HEAD and one read of the row more for a content that is there, and nothing in the catalog', async () => {
    const content = freshContent();
    await sendByPut(running, content);
    await settle(running);

    expect(await askedBy('intake', () => sendByPut(running, content))).toEqual({
      'dynamodb BatchGetItem': 1,
      'dynamodb PutItem': 2,
      's3 HeadObject': 2,
      's3 DeleteObjects': 1,
    });
    expect(await askedBy('catalog', () => sendByPut(running, content))).toEqual({});
  });

  it('are at most six reads of a recording', async () => {
    for (const { facts } of readSamples()) {
      const content = Buffer.from(sampleBytes(facts.filename));
      const asked = await askedBy('intake', () => sendByPut(running, content, { ...facts, class: facts.class }));

      expect([facts.filename, (asked['s3 GetObject'] ?? 0) <= 6]).toEqual([facts.filename, true]);
    }
  });
});

describe('requests that a list costs', () => {
  it.each([
    '/assets?class=user-file',
    '/assets?class=user-file&from=2020-01-01T00:00:00.000Z',
    '/assets?subject=sub-1',
    '/assets?uploader=me',
    '/assets?case=C-1',
    '/assets?language=hi-IN&intent=turn-on-light',
  ])('is one Query of the catalog for %s', async (path) => {
    const asked = await askedBy('api', () => askApi(running, 'ravi', { path }));
    const { 'dynamodb UpdateItem': rate = 0, 'dynamodb Query': queries = 0, ...rest } = asked;
    const { 'dynamodb GetItem': looksAtTheGate = 0, ...others } = rest;

    // One more finds the membership, once a minute.
    expect(queries).toBeLessThanOrEqual(2);
    // None where it was counted ahead.
    expect(rate).toBeLessThanOrEqual(1);
    // Whether the API is closed is asked every ten seconds.
    expect(looksAtTheGate).toBeLessThanOrEqual(1);
    expect(others).toEqual({});
  });
});

describe('the table as a whole', () => {
  it('is read by no function, whatever people do', async () => {
    const client = running.as('asha');
    const { assetId } = await sendByPut(running, freshContent());
    const wrong = await sendByPut(running, freshContent(), wrongRecording);
    await sendByForm(running, freshContent());
    await settle(running);
    await stateOf(running, wrong);
    await client.delete(assetId);
    await settle(running);
    await client.undelete(assetId);
    await settle(running);
    await Array.fromAsync(client.versions(assetId));
    for (const path of ['/members', '/me', '/classes', '/health', `/assets/${assetId}/content`]) {
      await askApi(running, 'asha', { path });
    }
    await running.platform.travelTo(running.platform.clock.now() + 2 * 86_400_000);
    const scans = running.platform.tally
      .all()
      // The weekly test of a restore looks at the first rows of the table that was restored for it.
      .filter(({ operation, caller }) => /scan/i.test(operation) && !caller.includes('ValidateRestore'));

    expect(running.platform.tally.all().length).toBeGreaterThan(15);
    expect(scans).toEqual([]);
  });
});
