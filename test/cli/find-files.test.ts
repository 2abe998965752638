import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startDeployment } from './fake-deployment.ts';
import { begun, folderWith, upload } from './upload-calls.ts';

describe('files are found', () => {
  it('below a folder, without hidden ones', async () => {
    await using deployment = await startDeployment();
    const folder = folderWith('a.wav', 'deep/er/b.mp3', '.hidden.wav', '.git/c.wav');

    const { code } = await upload(deployment, folder);

    expect(code).toBe(0);
    expect(
      begun(deployment)
        .map(({ filename, contentType }) => [filename, contentType])
        .sort(),
    ).toEqual([
      ['a.wav', 'audio/wav'],
      ['b.mp3', 'audio/mpeg'],
    ]);
  });

  it('by a quoted pattern, also an absolute one, and each of them once', async () => {
    await using deployment = await startDeployment();
    const folder = folderWith('a.wav', 'b.wav', 'c.txt', 'deep/d.wav');

    await upload(deployment, join(folder, '*.wav'), join(folder, 'a.wav'), join(folder, '**/*.wav'));

    expect(
      begun(deployment)
        .map(({ filename }) => filename)
        .sort(),
    ).toEqual(['a.wav', 'b.wav', 'd.wav']);
  });

  it('under their own name where it looks like a pattern', async () => {
    await using deployment = await startDeployment();
    const folder = folderWith('take [1].wav', 'take 1.wav');

    await upload(deployment, join(folder, 'take [1].wav'));

    expect(begun(deployment).map(({ filename }) => filename)).toEqual(['take [1].wav']);
  });

  it('only those that are included and not excluded', async () => {
    await using deployment = await startDeployment();
    const folder = folderWith('a.wav', 'b.mp3', 'tmp/c.wav');

    await upload(deployment, folder, '--include', '**/*.wav', '--exclude', 'tmp/**');

    expect(begun(deployment).map(({ filename }) => filename)).toEqual(['a.wav']);
  });

  it('through links to files, but not through linked folders, which can lead in circles', async () => {
    await using deployment = await startDeployment();
    const folder = folderWith('a.wav');
    const elsewhere = folderWith('b.wav');
    symlinkSync(folder, join(folder, 'circle'));
    symlinkSync(elsewhere, join(folder, 'elsewhere'));
    symlinkSync(join(elsewhere, 'b.wav'), join(folder, 'linked.wav'));

    await upload(deployment, folder, join(folder, 'linked.wav'));

    expect(
      begun(deployment)
        .map(({ filename }) => filename)
        .sort(),
    ).toEqual(['a.wav', 'linked.wav']);
  });
});
