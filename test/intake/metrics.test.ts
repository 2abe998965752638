import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { metricNames } from '../../core/metric-names.ts';
import { createMeter, measured } from '../../lambdas/shared/metrics.ts';

let lines: string[] = [];

beforeEach(() => {
  lines = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

const written = (): unknown[] => lines.filter((line) => line.includes('"_aws"')).map((line) => JSON.parse(line));

describe('what a call measures', () => {
  it('is written at its end, one line for each set of dimensions', async () => {
    const meter = createMeter('keep', 'intake');
    const handler = measured(meter, async (bytes: readonly number[]) => {
      for (const size of bytes) {
        meter.count(metricNames.objectsAccepted, 1, { class: 'user-file' });
        meter.bytes(metricNames.bytesAccepted, size, { class: 'user-file' });
      }
      meter.milliseconds(metricNames.queueAge, 7);
      expect(written()).toEqual([]);
      return bytes.length;
    });

    expect(await handler([5, 6, 7])).toBe(3);
    expect(written()).toMatchObject([
      {
        _aws: { CloudWatchMetrics: [{ Namespace: 'Mediakeep/keep', Dimensions: [['service', 'class']] }] },
        service: 'intake',
        class: 'user-file',
        ObjectsAccepted: [1, 1, 1],
        BytesAccepted: [5, 6, 7],
      },
      { _aws: { CloudWatchMetrics: [{ Dimensions: [['service']] }] }, service: 'intake', QueueAge: 7 },
    ]);
  });

  it('is written when the call fails, and only once', async () => {
    const meter = createMeter('keep', 'intake');
    let fails = true;
    const handler = measured(meter, async () => {
      if (!fails) return;
      meter.count(metricNames.messagesFailed, 2);
      throw new Error('the call failed');
    });

    await expect(handler()).rejects.toThrow('the call failed');
    fails = false;
    await handler();
    expect(written()).toMatchObject([{ MessagesFailed: 2 }]);
    expect(written()).toHaveLength(1);
  });

  it('is not lost past the hundred values that one line may carry', () => {
    const meter = createMeter('keep', 'intake');
    for (let value = 0; value < 250; value += 1) meter.milliseconds(metricNames.intakeLatency, value);
    meter.flush();

    const values = written().flatMap((line) => Reflect.get(Object(line), metricNames.intakeLatency));
    expect(values).toEqual(Array.from({ length: 250 }, (_, value) => value));
  });
});
