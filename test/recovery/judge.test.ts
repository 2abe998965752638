import { describe, expect, it } from 'vitest';
import { judge, type RestoredView } from '../../lambdas/validate-restore/judge.ts';
import { restoredResource } from '../../lambdas/validate-restore/restore-event.ts';

const view = (changes: Partial<RestoredView> = {}): RestoredView => ({
  firstRows: async () => ({ active: true, rows: [{ pk: 'a', sk: 'asset' }] }),
  someObjects: async () => [{ key: 'k', bytes: 3 }],
  readableBytes: async () => 3,
  ...changes,
});
const table = { kind: 'table', name: 't' } as const;
const bucket = { kind: 'bucket', name: 'b' } as const;

describe('the validator of restore tests', () => {
  it('finds the table or bucket of an event, and nothing else', () => {
    const of = (createdResourceArn: string) =>
      restoredResource({ detail: { restoreJobId: 'j', resourceType: 'x', createdResourceArn } });

    expect(of('arn:aws:dynamodb:ap-south-1:111122223333:table/awsbackup-restore-test-1')).toEqual({
      kind: 'table',
      name: 'awsbackup-restore-test-1',
    });
    expect(of('arn:aws:s3:::awsbackup-restore-test-2')).toEqual({ kind: 'bucket', name: 'awsbackup-restore-test-2' });
    expect(of('arn:aws:rds:ap-south-1:111122223333:db:x')).toBeUndefined();
  });

  it('is content with rows of a catalog and with objects that can be read whole', async () => {
    expect(await judge(table, view())).toMatchObject({ good: true });
    expect(await judge(bucket, view())).toMatchObject({ good: true });
  });

  it.each([
    ['not active', { firstRows: async () => ({ active: false, rows: [] }) }],
    ['empty', { firstRows: async () => ({ active: true, rows: [] }) }],
    ['no keys of a catalog', { firstRows: async () => ({ active: true, rows: [{ id: 1 }] }) }],
  ])('refuses a table that is or has %s', async (words, change) => {
    const judgement = await judge(table, view(change));

    expect(judgement).toMatchObject({ good: false, message: expect.stringContaining(words) });
  });

  it.each([
    ['empty', { someObjects: async () => [] }],
    ['could not be read whole', { readableBytes: async () => 2 }],
  ])('refuses a bucket: %s', async (words, change) => {
    const judgement = await judge(bucket, view(change));

    expect(judgement).toMatchObject({ good: false, message: expect.stringContaining(words) });
  });
});
