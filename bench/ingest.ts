import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Mediakeep } from '../client/index.ts';
import { forEachParallel } from '../client/parallel.ts';
import type { ChildPlatform } from './child-platform.ts';
import { startChild } from './child-platform.ts';
import type { Bench } from './measurement.ts';
import { atLeast, atMost, quantile } from './measurement.ts';
import { cpuMs, residentBytes } from './processes.ts';

const objects = Number(process.env['BENCH_OBJECTS'] ?? 10_000);
const objectBytes = 64 * 1024;
const facts = { class: 'user-file', filename: 'bench.bin', contentType: 'application/octet-stream', subject: 'bench' };

/** Many small objects, as fast as they go. */
const throughput: Bench = {
  name: 'throughput',
  about: `${objects} objects of 64 KiB from upload to catalog`,
  async run() {
    await using platform = await startChild();
    const client = platform.client(64);
    const before = { platform: cpuMs(platform.pid), client: cpuMs(process.pid) - cpuMs(platform.pid) };
    const startedAt = performance.now();
    await forEachParallel(Array.from({ length: objects }), 24, async () => void (await send(client)));
    await drained(platform);
    const ofPlatform = cpuMs(platform.pid) - before.platform;
    const ofClient = cpuMs(process.pid) - cpuMs(platform.pid) - before.client;
    const seconds = (performance.now() - startedAt) / 1000;
    const catalogued = (await Array.fromAsync(client.list({ class: facts.class, pageSize: 200 }))).length;
    const peak = residentBytes(platform.pid) / 1e6;
    return [
      { what: 'objects from upload to catalog', value: objects / seconds, unit: '/s', bound: atLeast(100) },
      { what: 'objects that are missing in the catalog', value: objects - catalogued, unit: '', bound: atMost(0) },
      { what: 'CPU time of the platform and DynamoDB for one object', value: ofPlatform / objects, unit: 'ms' },
      { what: 'CPU time of the client for one object', value: ofClient / objects, unit: 'ms' },
      { what: 'resident memory of all processes afterwards', value: peak, unit: 'MB', bound: atMost(600) },
    ];
  },
};

const ratePerSecond = 20;
const latencySeconds = 60;

/** A steady stream, and how long each object takes from landing to the catalog. */
const latency: Bench = {
  name: 'latency',
  about: `landed → catalogued at ${ratePerSecond} objects/s for ${latencySeconds} s`,
  async run() {
    await using platform = await startChild({ samples: true });
    const client = platform.client(64);
    const sent: Promise<string>[] = [];
    const startedAt = performance.now();
    for (let count = 0; count < ratePerSecond * latencySeconds; count += 1) {
      await sleep(Math.max(0, startedAt + (count * 1000) / ratePerSecond - performance.now()));
      sent.push(send(client));
    }
    const ids = await Promise.all(sent);
    await drained(platform);
    const latencies: number[] = [];
    await forEachParallel(ids, 16, async (assetId) => {
      const { value } = await client.asset(assetId);
      latencies.push(Date.parse(value.cataloguedAt) - Date.parse(value.landedAt ?? value.createdAt));
    });
    return [
      { what: 'landed → catalogued, half of all', value: quantile(latencies, 0.5), unit: 'ms', bound: atMost(150) },
      { what: 'landed → catalogued, 99 of 100', value: quantile(latencies, 0.99), unit: 'ms', bound: atMost(1000) },
    ];
  },
};

const send = async (client: Mediakeep): Promise<string> =>
  (await client.upload(randomBytes(objectBytes), facts, { wait: false })).assetId;

/** Waits until nothing is left in any queue. */
const drained = async (platform: ChildPlatform): Promise<void> => {
  for (let quiet = 0; quiet < 3; ) {
    const { queues } = await platform.status();
    quiet = queues.every(({ visible, inFlight }) => visible + inFlight === 0) ? quiet + 1 : 0;
    await sleep(50);
  }
};

export const ingestBenches: readonly Bench[] = [throughput, latency];
