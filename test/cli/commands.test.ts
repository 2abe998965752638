import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allCommands, createProgram } from '../../cli/program.ts';
import { problem } from '../client/fake-uploads.ts';
import type { Deployment } from './fake-deployment.ts';
import { assetId, content, startDeployment } from './fake-deployment.ts';
import { environment, newFolder, runCli } from './run-cli.ts';

/** An escape character, or one that turns the direction of writing. */
const isUnsafe = (text: string): boolean => ['\u001b', '\u202e'].some((char) => text.includes(char));

let deployment: Deployment;
beforeAll(async () => {
  deployment = await startDeployment();
});
afterAll(() => deployment[Symbol.asyncDispose]());

const run = (...argv: string[]) => runCli(argv, { env: environment(deployment.url) });
const lastBody = (route: string) => deployment.bodies.findLast((request) => request.route === route);

describe('every command', () => {
  const cases: [string[], RegExp][] = [
    [['ls', '--class', 'raw-audio'], /ASSET.*\n.*1:05/],
    [['show', assetId], /media\.format\s+wav/],
    [['versions', assetId], /delete marker/],
    [['set', assetId, 'language=ta'], /@language/],
    [['rm', assetId], /deleted/],
    [['undelete', assetId], /is back/],
    [['member', 'list'], /asha\s+admin\s+active/],
    [['member', 'add', 'new@example.org', '--role', 'viewer'], /new is invited/],
    [['member', 'change', 'asha', '--state', 'suspended'], /suspended/],
    [['member', 'remove', 'asha'], /no rights/],
    [['config', 'set', 'api', 'https://example.org/'], /api = https:\/\/example\.org\n/],
    [['config', 'unset', 'api'], /unset/],
    [['config', 'list'], /PROFILE/],
    [['logout'], /Signed out/],
  ];

  it.each(cases)('%j answers people', async (argv, expected) => {
    const { code, stdout, stderr } = await run(...argv);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(expected);
  });

  it.each(cases)('%j --json answers programs, and nothing else stands on standard output', async (argv) => {
    const { code, stdout } = await run(...argv, '--json');

    expect(code).toBe(0);
    const whole = (): unknown => JSON.parse(stdout);
    const lines = (): unknown =>
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    expect(argv[0] === 'ls' || argv[0] === 'rm' || argv[0] === 'undelete' ? lines() : whole()).toBeTruthy();
  });

  it('tells an example in its help, which goes to standard output', async () => {
    const program = await createProgram({
      ...process,
      stdout: process.stdout,
      stderr: process.stderr,
      signal: new AbortController().signal,
      setExitCode: () => {},
    });
    const names = allCommands(program).map((command) => {
      const path: string[] = [];
      for (let at = command; at.parent; at = at.parent) path.unshift(at.name());
      return path;
    });
    expect(names.length).toBeGreaterThan(20);
    // The platform's commands share the examples of `local`.
    for (const path of names.filter(([first, second]) => first !== 'local' || second === undefined)) {
      const { code, stdout, stderr } = await run(...path, '--help');

      expect({ path, code, stderr, example: /Examples?:\n {2}\S*mediakeep/i.test(stdout) }).toEqual({
        path,
        code: 0,
        stderr: '',
        example: true,
      });
    }
  });
});

describe('a wrong command line ends with 2 and says what is right', () => {
  it.each([
    [['ls', '--bogus'], /unknown option '--bogus'/],
    [['lss'], /unknown command 'lss'/],
    [['show'], /missing required argument 'assetId'/],
    [['upload', 'x.wav'], /required option '--class <name>'/],
    [['upload', 'x.wav', '--class', 'raw-audio', '--parallel', '0'], /from 1 to 64/],
    [['upload', 'x.wav', '--class', 'raw-audio', '--attr', 'language'], /name=value/],
    [['upload', 'x.wav', '--class', 'raw-audio', '--map', '*.wav'], /write for example/],
    [['ls', '--limit', 'many'], /whole number/],
    [['ls', '--order', 'random'], /newest, oldest/],
    [['set', assetId], /name=value, or --unset/],
    [['set', assetId, '=x'], /name=value/],
    [['member', 'change', 'asha'], /--role, --device or --state/],
    [['member', 'add', 'a@example.org', '--role', 'king'], /Allowed choices are admin/],
    [['get', assetId, assetId, '-o', '/nowhere'], /is no folder/],
    [['get', assetId, '-o', '-', '--json'], /not both/],
    [['config', 'set', 'colour', 'red'], /has no field `colour`/],
    [['config', 'set', 'api', 'http://example.org'], /https/],
    [['config', 'set', 'api', 'https://user:pass@example.org'], /without credentials/],
    [['--profile', 'missing', 'ls', '--class', 'x'], /no profile `missing`/],
  ])('%j', async (argv, expected) => {
    const env = environment(argv[0] === '--profile' ? undefined : deployment.url);
    const { code, stderr, stdout } = await runCli(argv, { env });

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(expected);
  });
});

describe('attributes are changed', () => {
  it('as the class types them', async () => {
    await run('set', assetId, 'speakers=2', 'consented=true', 'language=12', 'tags=a, b', '--unset', 'note');

    expect(lastBody(`PATCH /assets/${assetId}`)?.body).toEqual({
      attributes: { speakers: 2, consented: true, language: '12', tags: ['a', 'b'], note: null },
    });
  });

  it('of the asset that was read, which is read again once where somebody else was faster', async () => {
    let refusals = 1;
    await using busy = await startDeployment({
      route: ({ method }) => (method === 'PATCH' && refusals-- > 0 ? problem(412, 'precondition-failed') : undefined),
    });

    const { code } = await runCli(['set', assetId, 'language=hi'], { env: environment(busy.url) });

    const sent = busy.bodies.filter(({ route }) => route.startsWith('PATCH')).map(({ headers }) => headers['if-match']);
    expect({ code, sent }).toEqual({ code: 0, sent: ['"r1"', '"r2"'] });
  });

  it('not at all where somebody else is always faster', async () => {
    await using busy = await startDeployment({
      route: ({ method }) => (method === 'PATCH' ? problem(412, 'precondition-failed', 'changed') : undefined),
    });

    const { code, stderr } = await runCli(['set', assetId, 'language=hi'], { env: environment(busy.url) });

    expect(code).toBe(7);
    expect(stderr).toContain('changed');
  });
});

describe('content is fetched', () => {
  it('to standard output, byte for byte', async () => {
    const { code, bytes } = await run('get', assetId, '-o', '-');

    expect(code).toBe(0);
    expect(bytes).toEqual(content);
  });

  it('into a folder under a name that leads nowhere else and hides nothing', async () => {
    const folder = newFolder();

    const { code, stdout } = await run('get', assetId, '-o', folder);

    expect(code).toBe(0);
    expect(readdirSync(folder)).toEqual(['talk_[2J\u202Egnp.wav']);
    expect(isUnsafe(stdout)).toBe(false);
  });

  it('and overwrites a file only where it is told to', async () => {
    const path = join(newFolder(), 'a.wav');
    await run('get', assetId, '-o', path);

    const refused = await run('get', assetId, '-o', path);
    const forced = await run('get', assetId, '-o', path, '--force', '--json');

    expect(refused).toMatchObject({ code: 7, stderr: expect.stringContaining('--force') });
    expect(JSON.parse(forced.stdout)).toEqual({ assetId, versionId: 'v1', path });
    expect(readFileSync(path)).toEqual(content);
  });

  it('and leaves nothing behind where it is not what was stored', async () => {
    await using broken = await startDeployment({
      route: ({ path }) => (path === '/vault' ? { status: 200, body: 'x' } : undefined),
    });
    const folder = newFolder();

    const { code } = await runCli(['get', assetId, '-o', folder], { env: environment(broken.url) });

    expect(code).toBe(69);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('lists', () => {
  it('follow the pages to the limit and say that there is more', async () => {
    const { stdout, stderr } = await run('ls', '--class', 'raw-audio', '--limit', '3');

    expect(stdout.trim().split('\n')).toHaveLength(4);
    expect(stderr).toContain('--limit 0');
  });

  it('ask for what was said', async () => {
    await run(
      'ls',
      '--class',
      'raw-audio',
      '--deleted',
      '--from',
      '2026-01-01T00:00:00Z',
      '--limit',
      '0',
      '--order',
      'oldest',
    );

    const query = new URLSearchParams(lastBody('GET /assets')?.query);
    expect(Object.fromEntries(query)).toMatchObject({
      class: 'raw-audio',
      state: 'deleted',
      from: '2026-01-01T00:00:00Z',
      limit: '200',
      order: 'oldest',
    });
  });
});

describe('nothing that came from elsewhere reaches the terminal unescaped', () => {
  it.each([
    ['ls', '--class', 'raw-audio'],
    ['show', assetId],
  ])('%s %s', async (...argv) => {
    const { stdout } = await run(...argv);

    expect(stdout).toContain('\\u{1b}[2J\\u{202e}');
    expect(isUnsafe(stdout)).toBe(false);
  });

  it('also in errors', async () => {
    await using hostile = await startDeployment({ route: () => problem(400, 'bad-request', 'a\u001b]0;title\u0007b') });

    const { stderr } = await runCli(['show', assetId], { env: environment(hostile.url) });

    expect(stderr).toContain('a\\u{1b}]0;title\\u{7}b');
  });
});

describe('secrets', () => {
  it('appear in no output, whatever fails', async () => {
    const folder = newFolder();
    const { stdout, stderr } = await run('get', assetId, '-o', join(folder, 'missing', 'a.wav'));

    expect(stdout + stderr).not.toMatch(/secret/);
    expect(existsSync(join(folder, 'missing'))).toBe(false);
  });
});
