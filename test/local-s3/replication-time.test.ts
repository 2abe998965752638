import { describe, expect, it } from 'vitest';
import { days } from '../../core/time.ts';
import { minute, pairPerTest, secondRegion } from './replication-world.ts';

const start = pairPerTest();

describe('a copy takes its time', () => {
  it('as long as the lag says, on the one clock', async () => {
    const { put, head, replication, copies, clock } = await start();
    replication.set({ paused: false, lagMs: 10 * minute });
    const { VersionId } = await put();
    await replication.run();
    const early = [await copies(), (await head(VersionId)).ReplicationStatus];
    clock.move(10 * minute);
    await replication.run();

    expect(early).toEqual([[], 'PENDING']);
    expect(await copies()).toHaveLength(1);
  });

  it('and says nothing where it came within the promised time, however far the clock was moved', async () => {
    const { put, replication, told, clock } = await start();
    replication.set({ paused: false, lagMs: 10 * minute });
    await put();
    clock.move(days(2));
    await replication.run();

    expect(told()).toEqual([]);
  });

  it('and is announced when it misses the promise, and when it comes after all', async () => {
    const { put, replication, told, clock } = await start();
    replication.set({ paused: false, lagMs: 30 * minute });
    await put();
    clock.move(16 * minute);
    await replication.run();
    const missed = told();
    await replication.run();
    clock.move(20 * minute);
    await replication.run();

    expect(missed).toMatchObject([
      {
        name: 'Replication:OperationMissedThreshold',
        replicationRuleId: 'recordings',
        destinationBucket: 'arn:aws:s3:::copies',
        s3Operation: 'OBJECT_PUT',
        threshold: '900',
      },
    ]);
    expect(told().map(({ name }) => name)).toEqual([
      'Replication:OperationMissedThreshold',
      'Replication:OperationReplicatedAfterThreshold',
    ]);
  });

  it('and is measured: how late, how many, how much', async () => {
    const { put, replication, clock, server: running } = await start();
    await put();
    await put({ Key: 'raw/b.wav', Body: 'more sound' });
    clock.move(5 * minute);
    replication.measure(clock.now());
    replication.set({ paused: false });
    await replication.run();
    replication.measure(clock.now());
    replication.measure(clock.now());
    const values = (name: string) => running.metrics.filter((metric) => metric.name === name).map(({ value }) => value);

    expect(values('ReplicationLatency')).toEqual([300, 0]);
    expect(values('OperationsPendingReplication')).toEqual([2, 0]);
    expect(values('BytesPendingReplication')).toEqual([15, 0]);
    expect(running.metrics[0]?.dimensions).toEqual({
      SourceBucket: 'originals',
      DestinationBucket: 'copies',
      RuleId: 'recordings',
    });
  });
});

describe('a lost region', () => {
  it.each(['ap-south-1', secondRegion])('%s stops copies, and they drain when it is back', async (lost) => {
    const { put, replicate, replication, copies, server: running, clock } = await start();
    await put();
    await put({ Key: 'raw/b.wav' });
    running.lostRegions.add(lost);
    clock.move(20 * minute);
    await replicate();
    const [{ operations = 0 } = {}] = replication.backlog();
    running.lostRegions.clear();
    await replicate();

    expect(operations).toBe(2);
    expect(await copies()).toHaveLength(2);
    expect(replication.backlog()).toEqual([]);
  });
});
