import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodes } from '../../cli/exit-codes.ts';
import type { Stats } from '../../core/schemas/stats.ts';
import type { Deployment } from './fake-deployment.ts';
import { startDeployment } from './fake-deployment.ts';
import { environment, runCli } from './run-cli.ts';

const kept = { assets: 2, deleted: 1, versions: 4, bytes: 2_048, noncurrentBytes: 1_024, monthlyCost: 12.345 };
const stats: Stats = {
  tenant: 'acme',
  asOf: '2026-03-01T00:00:00.000Z',
  total: kept,
  classes: [
    {
      class: 'raw-audio',
      ...kept,
      storageClasses: [{ storageClass: 'STANDARD', archived: false, ...kept }],
      contentTypes: [{ contentType: 'audio/wav', ...kept }],
    },
  ],
  storageClasses: [{ storageClass: 'DEEP_ARCHIVE', archived: true, ...kept }],
  growth: {
    days: [
      { day: '2026-02-28', addedAssets: 3, addedBytes: 4_096, removedAssets: 1, removedBytes: 1_024, bytes: 3_072 },
    ],
    forecast: { bytesPerDay: -1_024, basedOnDays: 7, in30Days: 512, in90Days: 0, in365Days: 0 },
  },
  prices: { region: 'ap-south-1', currency: 'USD', asOf: '2025-10', source: 'aws', estimated: true },
};

let deployment: Deployment;
beforeAll(async () => {
  deployment = await startDeployment({
    route: ({ method, path }) => {
      if (`${method} ${path}` === 'GET /stats') return { status: 200, body: stats };
      if (`${method} ${path}` !== 'GET /stats/users') return undefined;
      const users = [
        { uploader: 'ravi', assets: 1, bytes: 10 },
        { uploader: 'asha', assets: 2, bytes: 9_000 },
      ];
      return { status: 200, body: { items: users } };
    },
  });
});
afterAll(() => deployment[Symbol.asyncDispose]());

const run = (...argv: string[]) => runCli(argv, { env: environment(deployment.url) });

describe('stats', () => {
  it.each([
    [[], /CLASS +ASSETS.*\nraw-audio +2 +4 +2\.0 KiB +1\.0 KiB +12\.35\n/],
    [['--by', 'storage'], /DEEP_ARCHIVE +2/],
    [['--by', 'type'], /raw-audio audio\/wav +2/],
    [['--by', 'day'], /2026-02-28 +3 +4\.0 KiB +1 +1\.0 KiB +3\.0 KiB/],
    [['--by', 'user'], /asha +2 +8\.8 KiB\nravi +1 +10 B\n/],
  ])('%j prints a table', async (argv, expected) => {
    const { code, stdout } = await run('stats', ...argv);

    expect(code).toBe(0);
    expect(stdout).toMatch(expected);
  });

  it('says what all of it costs, where it leads, and how good the prices are', async () => {
    const { stdout, stderr } = await run('stats');

    expect(stdout).toContain('2 assets, 3.0 KiB, about $12.35 a month');
    expect(stdout).toContain('-1.0 KiB a day over 7 days: 512 B in 30 days, 0 B in a year.');
    expect(stderr).toContain('Prices of 2025-10 for ap-south-1, some of them estimates.');
  });

  it('answers programs with everything', async () => {
    const { stdout } = await run('stats', '--days', '90', '--class', 'raw-audio', '--json');

    expect(JSON.parse(stdout)).toEqual(stats);
    expect(deployment.bodies.at(-1)?.query).toBe('days=90&class=raw-audio');
  });

  it.each([[['--days', '0']], [['--days', '401']], [['--by', 'user', '--class', 'raw-audio']], [['--by', 'nothing']]])(
    'refuses %j',
    async (argv) => {
      expect((await run('stats', ...argv)).code).toBe(exitCodes.usage);
    },
  );
});
