import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseChange } from '../../cli/retention/parse-change.ts';
import type { Deployment } from './fake-deployment.ts';
import { assetId, startDeployment } from './fake-deployment.ts';
import { environment, runCli } from './run-cli.ts';

const holdId = 'case~C-17~01JZ8K2M4N6P8Q0R2S4T6V8W0X';
const at = '2026-03-01T00:00:00.000Z';
const hold = {
  holdId,
  scope: 'case',
  scopeId: 'C-17',
  state: 'in-force',
  reason: 'Proceedings \u001b[2J4',
  placedAt: at,
  placedBy: 'asha',
  jobId: 'hold-01JZ8K2M4N6P8Q0R2S4T6V8W0X',
};
const why = {
  assetId,
  state: 'held',
  keepUntil: at,
  text: 'It is held.',
  storageClass: 'GLACIER',
  because: [{ rule: 'hold', says: 'A legal hold is in force.' }],
  holds: [hold],
};
const ofClass = { class: 'raw-audio', allowed: { least: '1h', most: '36525d' }, users: [] };
const counted = { assets: 1, bytes: 1024 };
const outcome = { deleted: counted, archived: { assets: 0, bytes: 0 }, cost: 2.5 };
const page = {
  assets: 3,
  bytes: 3072,
  held: 1,
  changed: 1,
  days: [{ day: '2026-03-02', deleted: counted, archived: { assets: 0, bytes: 0 } }],
  before: { ...outcome, deleted: { assets: 0, bytes: 0 }, cost: 5 },
  after: outcome,
  currency: 'USD',
  pricesAsOf: '2025-10',
};
const cursor = `c.${'x'.repeat(43)}`;

const answers: Record<string, (body: string) => unknown> = {
  [`GET /assets/${assetId}/why`]: () => why,
  [`POST /assets/${assetId}/purge`]: () => ({ assetId, jobId: 'purge-1' }),
  'POST /holds': () => hold,
  'GET /holds': () => ({ items: [hold] }),
  [`POST /holds/${holdId}/release`]: () => ({ ...hold, state: 'released', graceEndsAt: at }),
  'GET /retention': () => ({
    items: [{ ...ofClass, deleteAfter: '30d', tenant: { deleteAfter: '20d', reason: 'why', setAt: at, setBy: 'x' } }],
  }),
  'PUT /retention/classes/raw-audio': () => ({ ...ofClass, jobId: 'retention-1' }),
  'PUT /retention/users/asha/classes/raw-audio': () => ofClass,
  'POST /retention/simulate': (body) => ({ ...page, ...(body.includes('cursor') ? {} : { cursor }) }),
};

let deployment: Deployment;
beforeAll(async () => {
  deployment = await startDeployment({
    route: ({ method, path, body }) => {
      const answer = answers[`${method} ${decodeURIComponent(path)}`]?.(body.toString());
      return answer === undefined ? undefined : { status: 200, body: answer, headers: {} };
    },
  });
});
afterAll(() => deployment?.[Symbol.asyncDispose]());

const run = (...argv: string[]) => runCli(argv, { env: environment(deployment.url) });
const lastBody = (): unknown => deployment.bodies.at(-1)?.body;
const change = ['--change', 'raw-audio.deleteAfter=30d', '--change', 'raw-text.coldAfter=never'];

describe('the commands of retention', () => {
  const cases: [string[], RegExp][] = [
    [
      ['why', assetId],
      /is held\.\nkept until .*\nlies in +GLACIER\nRULE .*\nhold +A legal hold is in force\.\nhold case~C-17/,
    ],
    [['purge', assetId, '--reason', 'for good'], /purge-1 removes every version/],
    [['hold', 'place', '--case', 'C-17', '--reason', 'because'], /is in force; job hold-/],
    [['hold', 'ls'], /in-force .*Proceedings \\u\{1b\}\[2J4/],
    [['hold', 'release', holdId, '--reason', 'ended'], /is released; nothing overdue goes before 2026/],
    [['retention', 'show'], /raw-audio +30d +20d/],
    [['retention', 'set', 'raw-audio', '20d', '--reason', 'why'], /kept for 20d\. Job retention-1/],
    [['retention', 'set', 'raw-audio', 'never', '--user', 'me', '--reason', 'why'], /the rule is gone/],
    [
      ['retention', 'simulate', ...change],
      /6 assets .*held: 2\.\n.*2 deleted instead of 0.*\n.*saves \$5\.00.*\nDAY.*\n2026-03-02 +2/,
    ],
  ];

  it.each(cases)('%j answers people', async (argv, expected) => {
    const { code, stdout, stderr } = await run(...argv);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(expected);
    expect(stdout).not.toContain('\u001b[2J');
  });

  it.each(cases)('%j --json answers programs', async (argv) => {
    const { code, stdout } = await run(...argv, '--json');

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toBeTruthy();
  });

  it('send what was said', async () => {
    await run('hold', 'place', '--subject', 's-1', '--reason', 'because', '--anticipate');
    expect(lastBody()).toEqual({ scope: 'subject', id: 's-1', reason: 'because', anticipate: true });

    await run('retention', 'set', 'raw-audio', 'never', '--reason', 'why');
    expect(lastBody()).toEqual({ deleteAfter: null, reason: 'why' });

    await run('retention', 'simulate', ...change, '--days', '30');
    expect(lastBody()).toEqual({
      changes: [
        { class: 'raw-audio', deleteAfter: '30d' },
        { class: 'raw-text', coldAfter: null },
      ],
      days: 30,
      cursor,
    });
  });

  it.each([
    [['hold', 'place', '--case', 'C-17', '--subject', 's', '--reason', 'because']],
    [['hold', 'place', '--case', 'C-17']],
    [['retention', 'simulate', '--change', 'raw-audio=30d']],
    [['retention', 'simulate', '--change', 'raw-audio.cold=freezer']],
    [['retention', 'simulate', ...change, '--days', '0']],
    [['retention', 'set', 'raw-audio', '30d']],
  ])('%j is refused before anything is asked', async (argv) => {
    const before = deployment.bodies.length;

    expect((await run(...argv)).code).toBe(2);
    expect(deployment.bodies.length).toBe(before);
  });
});

describe('changes of a simulation', () => {
  it('of one class become one', () => {
    expect(parseChange(['a.coldAfter=90d', 'a.cold=glacier', 'b.deleteAfter=never'])).toEqual([
      { class: 'a', coldAfter: '90d', cold: 'glacier' },
      { class: 'b', deleteAfter: null },
    ]);
  });
});
