import { DisableKeyCommand, EnableKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { DeleteBucketPolicyCommand, GetBucketPolicyCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { control } from '../../cli/local/control-client.ts';
import { metricNames } from '../../core/metric-names.ts';
import { minutes } from './minutes.ts';
import type { RunningPlatform } from './running-platform.ts';
import { runPlatform } from './running-platform.ts';
import { anyFile, freshContent } from './sending.ts';
import { settle } from './settling.ts';

let running: RunningPlatform;
beforeAll(async () => {
  running = await runPlatform();
  const { clock } = running.platform;
  // Ten o'clock: no schedule but those of every hour is near.
  const midnight = Math.ceil(clock.now() / 86_400_000) * 86_400_000;
  await running.platform.travelTo(midnight + minutes(600));
});
afterAll(() => running[Symbol.asyncDispose]());

/** By the section of the runbook: a long name is cut in the middle. */
const alarm = (id: string): string => {
  const found = running.platform.services.cloudWatch
    .alarms()
    .find((known) => known.alarm.description?.endsWith(`#${id.toLowerCase()}`));
  if (found === undefined) throw new Error(`There is no alarm ${id}.`);
  return found.state;
};

/** Of messages that the topics took. */
const heard = (text: string): number =>
  running.platform.services.sns
    .recentMessages(1000)
    .filter(({ subject = '', message }) => subject.includes(text) || message.includes(text)).length;

const pass = async (count: number): Promise<void> => {
  for (let minute = 0; minute < count; minute += 1) {
    await running.platform.travelTo(running.platform.clock.now() + minutes(1));
    await running.platform.idle();
  }
};

const put = (name: string, dimensions: Record<string, string>, value: number, timestamp: number): void =>
  running.platform.services.cloudWatch.put({
    namespace: 'Mediakeep/mediakeep',
    name,
    dimensions,
    value,
    unit: 'Count',
    timestamp,
  });

describe('the guard', () => {
  it('is heard in both regions', async () => {
    await pass(11);

    expect([alarm('StoreWatchHeartbeat'), alarm('HeartbeatHomeSilent')]).toEqual(['OK', 'OK']);
    expect([alarm('StoreWatchKeysUnusable'), alarm('StoreWatchDrift')]).toEqual(['OK', 'OK']);
  });

  it('tells of a key that is disabled, until it is enabled again', async () => {
    const { regions, endpoint, admin } = running.state;
    const kms = new KMSClient({ region: regions[0] ?? '', endpoint, credentials: { ...admin } });
    const keys = running.platform.services.kms.store;
    const KeyId = keys.all(regions[0] ?? '').find(({ description }) => description.includes('subjects'))?.arn ?? '';
    await kms.send(new DisableKeyCommand({ KeyId }));
    const atOnce = heard('"eventName":"DisableKey"');
    await pass(6);
    const disabled = alarm('StoreWatchKeysUnusable');
    await kms.send(new EnableKeyCommand({ KeyId }));
    kms.destroy();
    await pass(6);

    expect([atOnce, disabled, alarm('StoreWatchKeysUnusable')]).toEqual([1, 'ALARM', 'OK']);
  });

  it('tells of a bucket that somebody has opened, and EventBridge who it was', async () => {
    const Bucket = running.state.buckets.scratch;
    const { Policy } = await running.s3.send(new GetBucketPolicyCommand({ Bucket }));
    await running.s3.send(new DeleteBucketPolicyCommand({ Bucket }));
    const atOnce = heard('"eventName":"DeleteBucketPolicy"');
    await pass(6);
    const open = alarm('StoreWatchDrift');
    await running.s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    await pass(6);

    expect([atOnce, open, alarm('StoreWatchDrift')]).toEqual([1, 'ALARM', 'OK']);
  });
});

describe('what tenants do', () => {
  it('rings when far more is downloaded than at this hour on other days', async () => {
    const dimensions = { service: 'api', operation: 'download' };
    const { clock } = running.platform;
    for (let day = 1; day <= 4; day += 1)
      for (let minute = -5; minute < 60; minute += 1)
        put(metricNames.operations, dimensions, 0, clock.now() - day * 86_400_000 + minutes(minute));
    const asha = running.as('asha');
    const { assetId } = await asha.store(freshContent(), { ...anyFile });
    await settle(running);
    const before = alarm('UsageWatchUnusualDownloads');
    for (let quarter = 0; quarter < 2; quarter += 1) {
      for (let times = 0; times < 5; times += 1) await asha.contentLink(assetId);
      await running.platform.travelTo(clock.now() + minutes(15));
    }
    const rung = alarm('UsageWatchUnusualDownloads');
    await running.platform.travelTo(clock.now() + minutes(70));
    await pass(1);

    expect([before, rung, alarm('UsageWatchUnusualDownloads')]).toEqual(['OK', 'ALARM', 'OK']);
  });

  it('rings when nothing of a class comes at an hour at which it usually does', async () => {
    const dimensions = { service: 'catalog', class: 'user-file' };
    const hour = minutes(60);
    const { clock } = running.platform;
    const missing = () => alarm('UsageWatchArrivalsMissing');
    const full = Math.floor(clock.now() / hour) * hour;
    for (let day = 1; day <= 6; day += 1)
      for (let past = -8; past <= 4; past += 1)
        put(metricNames.objectsStored, dimensions, 3, full - day * 24 * hour + past * hour);
    await running.platform.travelTo(full + 5 * hour - minutes(1));
    await pass(15);
    const silent = missing();
    await running.as('asha').store(freshContent(), { ...anyFile });
    await settle(running);
    // The last word of its absence is forgotten after three hours in which nothing was told.
    await running.platform.travelTo(full + 8 * hour + minutes(50));
    await pass(1);

    expect([silent, missing()]).toEqual(['ALARM', 'OK']);
  });
});

describe('the loss of the home region', () => {
  const steer = (down: boolean) =>
    control(
      { ...running.state, users: [] },
      'POST',
      'regions',
      JSON.stringify({ region: running.state.regions[0], down }),
    );

  it('rings in the second region, whose topic hears it, until the home region is heard again', async () => {
    const before = heard('HeartbeatHomeSilent');
    await steer(true);
    await pass(28);
    const silent = alarm('HeartbeatHomeSilent');
    const told = heard('HeartbeatHomeSilent') - before;
    await steer(false);
    await pass(8);

    expect([silent, told, alarm('HeartbeatHomeSilent')]).toEqual(['ALARM', 1, 'OK']);
  });
});

describe('the sweep', () => {
  it('is missed until one has come to its end', async () => {
    const day = 86_400_000;
    const { clock } = running.platform;
    await running.platform.travelTo(Math.ceil(clock.now() / day) * day + minutes(75));
    await pass(3);

    expect(alarm('WorkWatchSweepMissing')).toBe('OK');
  });
});
