import { afterEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { IntakeEnvironment } from '../../core/function-environment.ts';
import { parseEnvironment } from '../../lambdas/shared/environment.ts';
import { errorFields, ReportableError } from '../../lambdas/shared/error-fields.ts';
import { createComeBack } from '../../lambdas/shared/message-visibility.ts';
import { jsonOf, wire } from './wire.ts';

const message = {
  messageId: 'm1',
  receiptHandle: 'receipt',
  body: JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent' }),
  attributes: { ApproximateReceiveCount: '1', SentTimestamp: '0' },
  eventSourceARN: 'arn:aws:sqs:ap-south-1:000000000000:keep-intake',
};

const environment = {
  CATALOG_TABLE: 'catalog',
  VAULT_BUCKET: 'keep-vault',
  LANDING_BUCKET: 'keep-landing',
  DEPLOYMENT: 'keep',
  DATA_KEY_ARN: 'arn:aws:kms:ap-south-1:000000000000:key/1',
  AWS_REGION: 'ap-south-1',
};

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  vi.resetModules();
});

describe('the function', () => {
  it('starts with its environment, is done with a test event and measures the age of its queue', async () => {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    vi.stubEnv('POWERTOOLS_DEV', 'true');
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line) => void lines.push(String(line)));
    const { handler } = await import('../../lambdas/intake/handler.ts');

    const answer = await handler({ Records: [message] });

    expect(answer).toEqual({ batchItemFailures: [] });
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { service: 'intake', _aws: { CloudWatchMetrics: [{ Namespace: 'Mediakeep/keep' }] } },
    ]);
  });

  it.each(Object.keys(environment))('does not start without %s and says so', async (missing) => {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, name === missing ? undefined : value);

    await expect(import('../../lambdas/intake/handler.ts')).rejects.toThrow(missing);
  });
});

describe('what the functions share', () => {
  it('names every missing variable at once', () => {
    expect(() => parseEnvironment(IntakeEnvironment, { CATALOG_TABLE: 'catalog' })).toThrow(
      /VAULT_BUCKET.*DEPLOYMENT.*LANDING_BUCKET.*DATA_KEY_ARN/,
    );
    expect(parseEnvironment(z.object({ A: z.string() }), { A: 'x', B: 'y' })).toEqual({ A: 'x' });
  });

  it('sets when a message comes back, by the queue that it came from', async () => {
    const { sqs, sent } = wire(() => ({ body: '{}' }));

    await createComeBack(sqs())(message, 60);

    expect(sent[0]?.headers).toMatchObject({ 'x-amz-target': 'AmazonSQS.ChangeMessageVisibility' });
    expect(jsonOf(sent[0])).toEqual({
      QueueUrl: 'https://sqs.ap-south-1.amazonaws.com/000000000000/keep-intake',
      ReceiptHandle: 'receipt',
      VisibilityTimeout: 60,
    });
    await expect(createComeBack(sqs())({ ...message, eventSourceARN: 'arn:aws:kinesis' }, 60)).rejects.toThrow(
      'no queue',
    );
  });

  it('logs causes three deep and no word of a foreign error', () => {
    const foreign = Object.assign(new Error('name of a person'), {
      name: 'NoSuchKey',
      cause: new Error('another name'),
    });

    const fields = errorFields(new ReportableError('The copy failed.', { cause: foreign }));

    expect(fields).toMatchObject({
      reason: 'The copy failed.',
      cause: { error: 'NoSuchKey', cause: { error: 'Error' } },
    });
    expect(JSON.stringify(fields)).not.toMatch(/person|another name/);
    expect(errorFields('thrown text')).toEqual({ error: 'string' });
  });
});
