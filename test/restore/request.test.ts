import { Readable } from 'node:stream';
import { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { requestRestore } from '../../lambdas/shared/request-restore.ts';

/** A client whose answers are given; what it would have sent is kept. */
const answering = (status: number, body = '') => {
  const sent: string[] = [];
  const client = new S3Client({
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: {
      handle: async ({ body: given }: { body?: unknown }) => {
        sent.push(String(given));
        return { response: { statusCode: status, headers: {}, body: Readable.from([Buffer.from(body)]) } };
      },
    },
  });
  return { client, sent };
};
const error = (code: string) => `<Error><Code>${code}</Code><Message>m</Message></Error>`;
const copy = { key: 'k', versionId: 'v', tier: 'Standard' } as const;

describe('what S3 says to a request for a copy', () => {
  it.each([
    [202, '', 'begun'],
    [200, '', 'extended'],
    [409, error('RestoreAlreadyInProgress'), 'under way'],
    [403, error('InvalidObjectState'), 'readable'],
    [404, error('NoSuchVersion'), 'gone'],
    [405, error('MethodNotAllowed'), 'gone'],
  ])('%i %s means %s', async (status, body, answer) => {
    expect(await requestRestore(answering(status, body).client, 'vault', { ...copy, days: 3 })).toBe(answer);
  });

  it('is no answer where S3 is too busy', async () => {
    await expect(requestRestore(answering(503, error('SlowDown')).client, 'vault', copy)).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});

describe('a request for a copy', () => {
  it('names days for a Glacier class, and none for INTELLIGENT_TIERING, whose object itself comes back', async () => {
    const glacier = answering(202);
    const tiered = answering(202);
    await requestRestore(glacier.client, 'vault', { ...copy, days: 3 });
    await requestRestore(tiered.client, 'vault', copy);

    expect(glacier.sent.join()).toContain('<Days>3</Days>');
    expect(tiered.sent.join()).not.toContain('Days');
    expect(tiered.sent.join()).toContain('<Tier>Standard</Tier>');
  });
});
