import type { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { readArrivals } from '../../lambdas/gauges/arrivals.ts';

const hour = 3_600_000;
const nowMs = Date.parse('2026-01-15T10:20:00Z');
const lastHour = Date.parse('2026-01-15T09:00:00Z');

/** Answers one class a page: the first came at this time on every day of the week but today, the second never. */
const twoPages = (asked: GetMetricDataCommand['input'][]) => {
  const usual = [1, 2, 3, 4, 5, 6, 7].map((day) => new Date(lastHour - day * 24 * hour));
  const pages = [
    { MetricDataResults: [{ Id: 'c0', Timestamps: usual.slice(0, 4), Values: [1, 1, 1, 1] }], NextToken: 'more' },
    { MetricDataResults: [{ Id: 'c0', Timestamps: usual.slice(4), Values: [1, 1, 1] }, { Id: 'c1' }] },
  ];
  const send = (command: GetMetricDataCommand) => {
    asked.push(command.input);
    return Promise.resolve(pages[command.input.NextToken === undefined ? 0 : 1]);
  };
  return { send } as unknown as Pick<CloudWatchClient, 'send'>;
};

describe('what is learned of arrivals', () => {
  it('is put together from all pages of the answer, for each class', async () => {
    const asked: GetMetricDataCommand['input'][] = [];

    const arrivals = await readArrivals(twoPages(asked), {
      deployment: 'keep',
      classes: ['raw-audio', 'raw-text'],
      nowMs,
    });

    expect(arrivals).toEqual([
      { name: 'raw-audio', missing: true },
      { name: 'raw-text', missing: false },
    ]);
    expect(asked.map(({ NextToken }) => NextToken)).toEqual([undefined, 'more']);
  });

  it('is asked of the objects that the catalog counted, by full hours', async () => {
    const asked: GetMetricDataCommand['input'][] = [];
    await readArrivals(twoPages(asked), { deployment: 'keep', classes: ['raw-audio'], nowMs });

    expect(asked[0]?.EndTime).toEqual(new Date('2026-01-15T10:00:00Z'));
    expect(asked[0]?.MetricDataQueries?.[0]?.MetricStat).toEqual({
      Metric: {
        Namespace: 'Mediakeep/keep',
        MetricName: 'ObjectsStored',
        Dimensions: [
          { Name: 'service', Value: 'catalog' },
          { Name: 'class', Value: 'raw-audio' },
        ],
      },
      Period: 3600,
      Stat: 'Sum',
    });
  });
});
