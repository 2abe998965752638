import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startDeployment } from './fake-deployment.ts';
import { environment, newFolder, runCli } from './run-cli.ts';
import { begun, folderWith, resultsOf, upload } from './upload-calls.ts';

describe('one bad file does not stop the rest', () => {
  it('and each says why', async () => {
    await using deployment = await startDeployment();
    const folder = folderWith('good.wav', 'wrong.exe', 'folder/x.txt');
    writeFileSync(join(folder, 'empty.wav'), '');
    mkdirSync(join(folder, 'nothing'));
    symlinkSync(join(folder, 'gone'), join(folder, 'dangling.wav'));
    symlinkSync(join(folder, 'circle.wav'), join(folder, 'circle.wav'));

    const { code, stdout } = await upload(
      deployment,
      ...[
        'good.wav',
        'wrong.exe',
        'empty.wav',
        'nothing',
        'missing.wav',
        'dangling.wav',
        'good.wav/x',
        'circle.wav',
        '*.zip',
      ].map((name) => join(folder, name)),
    );

    expect(code).toBe(3);
    const results = new Map(
      resultsOf(stdout).map(({ path, state, failure }) => [path.slice(folder.length + 1), failure?.message ?? state]),
    );
    expect(Object.fromEntries(results)).toEqual({
      'good.wav': 'stored',
      'wrong.exe': expect.stringContaining('raw-audio takes audio/wav'),
      'empty.wav': 'the file is empty: there is nothing to keep',
      nothing: 'the folder holds no file that was asked for',
      'missing.wav': 'there is no such file or folder',
      'dangling.wav': 'there is no such file or folder',
      'good.wav/x': 'there is no such file or folder',
      'circle.wav': expect.stringContaining('ELOOP'),
      '*.zip': 'the pattern fits no file',
    });
  });

  // Root may read everything.
  it.skipIf(process.getuid?.() === 0)('also one that may not be read', async () => {
    await using deployment = await startDeployment();
    const folder = folderWith('secret.wav', 'open.wav');
    chmodSync(join(folder, 'secret.wav'), 0o000);

    const { code, stdout } = await upload(deployment, folder);

    expect(code).toBe(3);
    expect(stdout).toMatch(/permission denied/);
  });

  it('and one that the service refuses is a row of the table, with its reason beside it', async () => {
    await using deployment = await startDeployment({
      end: ({ assetId, facts }) =>
        facts.filename === 'bad.wav'
          ? {
              assetId,
              state: 'rejected',
              reason: 'type-mismatch',
              message: 'This is no WAV.',
              rejectedAt: '2026-03-01T00:00:00Z',
            }
          : { assetId, state: 'stored' },
    });
    const folder = folderWith('bad.wav', 'good.wav');

    const { code, stdout, stderr } = await runCli(['upload', folder, '--class', 'raw-audio'], {
      env: environment(deployment.url),
    });

    expect(code).toBe(3);
    expect(stdout).toMatch(/bad\.wav\s+7 B\s+failed\n.*good\.wav\s+8 B\s+stored {2}01J/);
    expect(stdout).toContain('1 of 2 files went through.');
    expect(stderr).toMatch(/bad\.wav: This is no WAV\./);
  });

  it('and where all fail the exit code is that of the first', async () => {
    await using deployment = await startDeployment();

    expect((await upload(deployment, '/missing.wav')).code).toBe(6);
  });
});

describe('files are described', () => {
  it('by options, with attributes typed as the class has them', async () => {
    await using deployment = await startDeployment();
    const folder = folderWith('a.wav');

    await upload(
      deployment,
      join(folder, 'a.wav'),
      ...['--subject', 's-1', '--consent', 'k-1', '--case', 'C-17', '--device', 'door-1'],
      ...['--attr', 'speakers=2', '--attr', 'consented=true', '--attr', 'language=12'],
    );

    expect(begun(deployment)).toEqual([
      expect.objectContaining({
        class: 'raw-audio',
        subject: 's-1',
        consent: 'k-1',
        case: 'C-17',
        device: 'door-1',
        attributes: { speakers: 2, consented: true, language: '12' },
      }),
    ]);
  });

  it('by their path', async () => {
    await using deployment = await startDeployment();
    const folder = folderWith('hi/s1_take.wav', 'ta/s2_take.wav', 'stray.wav');

    const { code, stdout } = await upload(deployment, folder, '--map', '{language}/{subject}_*.wav');

    expect(code).toBe(3);
    expect(stdout).toContain('does not fit --map');
    expect(
      begun(deployment)
        .map(({ subject, attributes }) => [subject, attributes])
        .sort(),
    ).toEqual([
      ['s1', { language: 'hi' }],
      ['s2', { language: 'ta' }],
    ]);
  });

  it('and a class that does not exist, or a file that it does not take, is told before anything is sent', async () => {
    await using deployment = await startDeployment();
    const folder = folderWith('longer-than-ten.wav');

    const unknown = await upload(deployment, folder, '--class', 'nope');
    const tooLarge = await upload(deployment, folder, '--class', 'tiny');

    expect(unknown.stdout).toContain('there are raw-audio, tiny');
    expect(tooLarge.stdout).toContain('tiny takes at most 10 B');
    expect(begun(deployment)).toEqual([]);
  });
});

describe('a dry run', () => {
  it('says what would be uploaded and what could not be, and uploads nothing', async () => {
    await using deployment = await startDeployment();
    const folder = folderWith('a.wav', 'b.exe');

    const { code, stdout, stderr } = await runCli(
      ['upload', folder, '--class', 'raw-audio', '--subject', 's1', '--dry-run'],
      {
        env: environment(deployment.url),
      },
    );

    expect(code).toBe(3);
    expect(stdout).toMatch(/a\.wav\s+5 B\s+raw-audio\s+audio\/wav\s+\{"subject":"s1"\}/);
    expect(stdout).toContain('1 file, 5 B, would be uploaded; 1 cannot be.');
    expect(stderr).toContain('b.exe: is application/octet-stream');
    expect(deployment.uploads.uploads.size).toBe(0);
  });
});

describe('an interruption', () => {
  it('ends with 130, shows what went through, and the same command goes on', async () => {
    const interruption = new AbortController();
    await using deployment = await startDeployment({
      partBytes: 1000,
      faults: ({ query }) => {
        if (query.get('partNumber') === '5' && !interruption.signal.aborted)
          interruption.abort(new DOMException('Interrupted', 'AbortError'));
        return undefined;
      },
    });
    const folder = newFolder();
    const path = join(folder, 'long.wav');
    writeFileSync(path, Buffer.alloc(8000, 7));
    const env = environment(deployment.url);
    const argv = ['upload', path, '--class', 'raw-audio', '--parallel-parts', '1'];

    const first = await runCli(argv, { env, signal: interruption.signal });
    const states = readdirSync(join(env['HOME'] ?? '', '.local/state/mediakeep/uploads'));
    const second = await runCli(argv, { env });

    expect(first).toMatchObject({ code: 130, stderr: expect.stringContaining('goes on where this one ended') });
    expect(first.stdout).toContain('0 of 1 file went');
    expect(states).toHaveLength(1);
    expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining('1 of 1 file went') });
    expect([...deployment.storage.arrivals.values()].filter((times) => times > 1).length).toBeLessThanOrEqual(1);
    expect(deployment.uploads.uploads.size).toBe(1);
    expect(readdirSync(join(env['HOME'] ?? '', '.local/state/mediakeep/uploads'))).toEqual([]);
  });

  it('is not gone on with under other facts', async () => {
    const interruption = new AbortController();
    await using deployment = await startDeployment({
      partBytes: 1000,
      faults: ({ query }) => {
        if (query.get('partNumber') === '3') interruption.abort(new DOMException('Interrupted', 'AbortError'));
        return undefined;
      },
    });
    const path = join(newFolder(), 'long.wav');
    writeFileSync(path, Buffer.alloc(4000, 7));
    const env = environment(deployment.url);
    await runCli(['upload', path, '--class', 'raw-audio', '--subject', 's1'], { env, signal: interruption.signal });

    await runCli(['upload', path, '--class', 'raw-audio', '--subject', 's2'], { env });

    expect(begun(deployment).map(({ subject }) => subject)).toEqual(['s1', 's2']);
  });
});
