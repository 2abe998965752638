import { UpdateJobStatusCommand } from '@aws-sdk/client-s3-control';
import { describe, expect, it } from 'vitest';
import { batchReplicationState, startBatchReplication } from '../../cli/operator/batch-replication.ts';
import { createS3ControlClient } from '../../cli/operator/s3-control-client.ts';
import { pairPerTest, rule } from './replication-world.ts';
import { accessKeyId, accountId, region, secretAccessKey } from './s3-server.ts';

const startPair = pairPerTest();

const start = async () => {
  const pair = await startPair();
  const credentials = { accessKeyId, secretAccessKey };
  const control = createS3ControlClient({ region, endpoint: pair.server.url, credentials });
  const replicate = (rules: ReturnType<typeof rule>[] | undefined) =>
    pair.server.s3.configure('originals', region, ({ replication: _, ...rest }) => ({
      ...rest,
      ...(rules && { replication: { role: 'arn:aws:iam::000000000000:role/copy', rules } }),
    }));
  const job = (changes: Partial<Parameters<typeof startBatchReplication>[1]> = {}) =>
    startBatchReplication(control, {
      accountId,
      token: 'once',
      bucket: 'originals',
      roleArn: 'arn:aws:iam::000000000000:role/batch',
      ...changes,
    });
  return {
    ...pair,
    control,
    job,
    rules: replicate,
    state: (id: string) => batchReplicationState(control, accountId, id),
  };
};

describe('a batch replication', () => {
  it('copies what was there before the rule, and what failed, and nothing that no rule covers', async () => {
    const { put, job, rules, state, copies, replication, server: running } = await start();
    rules(undefined);
    await put({ Key: 'raw/before.wav' });
    await put({ Key: 'elsewhere/before.wav' });
    rules([rule()]);
    running.denied.add('kms:Encrypt');
    await put({ Key: 'raw/failed.wav' });
    replication.set({ paused: false });
    await replication.run();
    running.denied.clear();
    const id = await job();
    await replication.runBatch();

    expect(await state(id)).toEqual({ status: 'Complete', total: 2, succeeded: 2, failed: 0 });
    expect((await copies()).map(({ Key }) => Key)).toEqual(['raw/before.wav', 'raw/failed.wav']);
  });

  it('takes what is asked for by status and by prefix', async () => {
    const { put, job, rules, copies, replication } = await start();
    rules(undefined);
    await put({ Key: 'raw/a/1' });
    await put({ Key: 'raw/b/1' });
    rules([rule()]);
    await job({ prefixes: ['raw/b/'], statuses: ['NONE'] });
    await replication.runBatch();

    expect((await copies()).map(({ Key }) => Key)).toEqual(['raw/b/1']);
  });

  it('is one job, however often it is asked for with one token', async () => {
    const { job } = await start();

    expect(await job()).toBe(await job());
    expect(await job()).not.toBe(await job({ token: 'twice' }));
  });

  it('counts what its role may not begin, and fails where it may not look at the bucket', async () => {
    const { put, job, rules, state, replication, server: running } = await start();
    rules(undefined);
    await put();
    rules([rule()]);
    running.denied.add('s3:InitiateReplication');
    const counted = await job({ token: 'a' });
    await replication.runBatch();
    running.denied.add('s3:PutInventoryConfiguration');
    const refused = await job({ token: 'b' });
    await replication.runBatch();

    expect(await state(counted)).toMatchObject({ status: 'Complete', total: 1, failed: 1 });
    expect(await state(refused)).toMatchObject({ status: 'Failed', reason: expect.stringContaining('denied') });
  });

  it('needs the right to hand over its role', async () => {
    const { job, server: running } = await start();
    running.denied.add('iam:PassRole');

    await expect(job()).rejects.toThrow('iam:PassRole is denied');
  });

  it('waits for a lost region and goes on when it is back', async () => {
    const { put, job, rules, state, replication, server: running } = await start();
    rules(undefined);
    for (const name of ['1', '2', '3']) await put({ Key: `raw/${name}` });
    rules([rule()]);
    running.lostRegions.add('ap-south-2');
    const id = await job();
    await replication.runBatch();
    const held = await state(id);
    running.lostRegions.clear();
    await replication.runBatch();

    expect(held.status).toBe('Active');
    expect(await state(id)).toMatchObject({ status: 'Complete', succeeded: 3 });
  });

  it('goes through more versions than one page', async () => {
    const { put, job, rules, state, replication, copies } = await start();
    rules(undefined);
    for (let index = 0; index < 205; index += 1) await put({ Key: `raw/${index % 3}`, Body: String(index) });
    rules([rule()]);
    const id = await job();
    await replication.runBatch();

    expect(await state(id)).toMatchObject({ status: 'Complete', total: 205, succeeded: 205 });
    expect(await copies()).toHaveLength(205);
  });

  it('can be cancelled, and not twice', async () => {
    const { job, control, state, server: running } = await start();
    running.lostRegions.add('ap-south-2');
    running.s3.close();
    const id = await job();
    const cancel = () =>
      control.send(new UpdateJobStatusCommand({ AccountId: accountId, JobId: id, RequestedJobStatus: 'Cancelled' }));
    await cancel();

    expect((await state(id)).status).toBe('Cancelled');
    await expect(cancel()).rejects.toThrow('cannot become Cancelled');
  });
});
