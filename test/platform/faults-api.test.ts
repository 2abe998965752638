import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSamples } from '../../cli/local/sample-files.ts';
import type { FaultRule } from '../../local/aws/faults.ts';
import type { RunningPlatform } from './running-platform.ts';
import { runPlatform } from './running-platform.ts';
import { sampleBytes } from './samples.ts';
import { anyFile, askApi, freshContent, sendByPut, sha256Of } from './sending.ts';
import { settle } from './settling.ts';
import { disagreements } from './vault-and-catalog.ts';

let running: RunningPlatform;
beforeAll(async () => {
  running = await runPlatform();
});
afterAll(() => running[Symbol.asyncDispose]());

const strike = (rule: Pick<FaultRule, 'service' | 'operation' | 'kind' | 'times'>): void =>
  running.platform.faults.set([{ ...rule, caller: running.state.functions['api'] ?? '', probability: 1 }]);

const announced = () => {
  const content = freshContent();
  return { ...anyFile, bytes: content.length, sha256: sha256Of(content) };
};

describe('the API gets over a call that fails', () => {
  it('begins one upload where the answer of its idempotency row is lost', async () => {
    const headers = { 'idempotency-key': 'lost-answer' };
    const request = { method: 'POST', path: '/uploads', body: announced(), headers };
    strike({ service: 'dynamodb', operation: 'PutItem', kind: 'lost-answer', times: 1 });

    const first = await askApi(running, 'ravi', request);
    const again = await askApi(running, 'ravi', request);

    expect(first.status).toBe(201);
    expect(again.body).toMatchObject({ assetId: Object(first.body).assetId });
  });

  it('lets a client try again at once where every answer of its idempotency row is lost', async () => {
    const headers = { 'idempotency-key': 'all-answers-lost' };
    const request = { method: 'POST', path: '/uploads', body: announced(), headers };
    strike({ service: 'dynamodb', operation: 'PutItem', kind: 'lost-answer', times: 4 });

    const first = await askApi(running, 'ravi', request);
    const again = await askApi(running, 'ravi', request);

    expect(first).toMatchObject({ status: 503, body: { code: 'unavailable', retryable: true } });
    expect(again.status).toBe(201);
  });

  it('changes attributes once where the answer of S3 is lost', async () => {
    const sample = readSamples().find(({ facts }) => facts.class === 'raw-audio');
    const client = running.as('ravi');
    const { assetId } = await client.upload(sampleBytes(sample?.facts.filename ?? ''), sample?.facts ?? anyFile);
    const { etag } = await client.asset(assetId);
    strike({ service: 's3', operation: 'PutObject', kind: 'lost-answer', times: 1 });

    const changed = await client.change(assetId, { title: 'Once' }, etag ?? '');
    await settle(running);

    expect(running.platform.faults.struck()).toBe(1);
    expect(changed.value.attributes).toMatchObject({ title: 'Once' });
    expect((await client.asset(assetId)).value.attributes).toMatchObject({ title: 'Once' });
  });

  it('brings an asset back under two delete markers, the second of which came of a lost answer', async () => {
    const client = running.as('asha');
    const { assetId } = await sendByPut(running, freshContent());
    await settle(running);
    strike({ service: 's3', operation: 'DeleteObject', kind: 'lost-answer', times: 1 });

    await client.delete(assetId);
    await settle(running);
    const deleted = (await client.asset(assetId)).value.state;
    await client.undelete(assetId);
    await settle(running);

    expect(deleted).toBe('deleted');
    expect((await client.asset(assetId)).value.state).toBe('stored');
    expect(await disagreements(running)).toEqual([]);
  });

  it.each(['throttle', 'error', 'reset', 'lost-answer'] as const)(
    'completes an upload in parts through one %s of each call',
    async (kind) => {
      const content = freshContent(17 * 1024 ** 2);
      running.platform.faults.set(
        ['CreateMultipartUpload', 'CompleteMultipartUpload', 'UploadPart'].map((operation) => ({
          service: 's3',
          operation,
          kind,
          probability: 1,
          times: 1,
        })),
      );

      const ended = await running.as('ravi').upload(content, anyFile);

      expect(running.platform.faults.struck()).toBe(3);
      expect(ended.state).toBe('stored');
    },
  );

  it.each([
    ['GET', '/assets?class=user-file', 'dynamodb', 'Query', 'ravi'],
    ['GET', '/assets/01J00000000000000000000000', 'dynamodb', 'GetItem', 'ravi'],
    // She asks for nothing else here, so that this request is not counted ahead.
    ['POST', '/uploads', 'dynamodb', 'UpdateItem', 'lena'],
  ] as const)(
    '%s %s says that it may be tried again while %s %s fails, and does nothing',
    async (method, path, service, operation, user) => {
      strike({ service, operation, kind: 'error', times: 4 });

      const answer = await askApi(running, user, { method, path, ...(method === 'POST' && { body: announced() }) });

      expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable', retryable: true } });
    },
  );
});
