import { appendFile, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UploadProgress } from '../../client/index.ts';
import { ContentChangedError } from '../../client/index.ts';
import { fileProgressStore, openFile, removeOldProgress } from '../../client/node/index.ts';
import { bytesOf, openWorld } from './upload-world.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mediakeep-client-'));
});
afterAll(() => rm(folder, { recursive: true }));

const progress: UploadProgress = { v: 1, assetId: 'a', token: 't', bytes: 1, partBytes: 1, parts: [] };

const fileWith = async (name: string, content: Uint8Array): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
};

describe('a file is content', () => {
  it('whose parts are its bytes, in whatever order they are read and released', async () => {
    const content = bytesOf(10_000);
    await using file = await openFile(await fileWith('parts.wav', content));
    const range = fc.tuple(fc.nat({ max: 10_000 }), fc.nat({ max: 10_000 }), fc.boolean());
    await fc.assert(
      fc.asyncProperty(fc.array(range, { maxLength: 8 }), async (ranges) => {
        const held = await Promise.all(
          ranges.map(async ([one, other, keep]) => {
            const [start, end] = [Math.min(one, other), Math.max(one, other)];
            const part = file.part(start, end);
            const read = await Array.fromAsync(part.chunks());
            const copy = Buffer.concat(read);
            if (!keep) part.release();
            return { part, start, end, copy, keep };
          }),
        );
        for (const { part, start, end, copy, keep } of held) {
          expect(copy).toEqual(Buffer.from(content.slice(start, end)));
          if (!keep) continue;
          expect(Buffer.concat(await Array.fromAsync(part.chunks()))).toEqual(copy);
          part.release();
        }
      }),
      { numRuns: 60 },
    );
  });

  it('whose memory is given back only once', async () => {
    const content = bytesOf(30);
    await using file = await openFile(await fileWith('twice.wav', content));
    const first = file.part(0, 10);
    await Array.fromAsync(first.chunks());
    first.release();
    first.release();

    const [second, third] = [file.part(10, 20), file.part(20, 30)];
    const [read] = await Array.fromAsync(second.chunks());
    await Array.fromAsync(third.chunks());

    expect(Buffer.from(read ?? [])).toEqual(Buffer.from(content.slice(10, 20)));
  });

  it('that is noticed to change, whether it grows or only its time moves', async () => {
    const path = await fileWith('changing.wav', bytesOf(100));
    await using file = await openFile(path);
    await file.requireUnchanged();

    await appendFile(path, 'x');

    await expect(file.requireUnchanged()).rejects.toThrow(ContentChangedError);
  });

  it('that is noticed to be cut short while it is read', async () => {
    const path = await fileWith('cut.wav', bytesOf(100));
    await using file = await openFile(path);
    await writeFile(path, bytesOf(10));

    await expect(Array.fromAsync(file.part(0, 100).chunks())).rejects.toThrow(ContentChangedError);
  });

  it('and a folder is none', async () => {
    await expect(openFile(folder)).rejects.toThrow(/is not a regular file/);
  });
});

describe('progress is kept in a file', () => {
  const store = (path: string, purpose: unknown = 'p') => fileProgressStore(join(folder, 'state'), { path, purpose });

  it('that only its owner can read, and that is gone when the upload is', async () => {
    const path = await fileWith('kept.wav', bytesOf(10));
    const kept = await store(path);
    await kept.save(progress);

    const [name = ''] = await readdir(join(folder, 'state'));
    expect((await stat(join(folder, 'state', name))).mode & 0o777).toBe(0o600);
    expect(await (await store(path)).load()).toEqual(progress);
    await kept.remove();
    expect(await (await store(path)).load()).toBeUndefined();
    expect(await readdir(join(folder, 'state'))).toEqual([]);
  });

  it('of one file under one purpose', async () => {
    const path = await fileWith('purpose.wav', bytesOf(10));
    await (await store(path, ['api', { subject: 's1' }])).save(progress);

    expect(await (await store(path, ['api', { subject: 's2' }])).load()).toBeUndefined();
    await utimes(path, 1, 1);
    expect(await (await store(path, ['api', { subject: 's1' }])).load()).toBeUndefined();
  });

  it.each(['', '{"v":1', '{"v":2}', 'null'])('and %j in it begins anew', async (text) => {
    const path = await fileWith('torn.wav', bytesOf(10));
    const directory = await mkdtemp(join(folder, 'torn-'));
    const torn = await fileProgressStore(directory, { path, purpose: 'p' });
    await torn.save(progress);
    const [name = ''] = await readdir(directory);
    await writeFile(join(directory, name), text);

    expect(await torn.load()).toBeUndefined();
  });

  it('until it is two days old', async () => {
    const path = await fileWith('old.wav', bytesOf(10));
    const old = join(folder, 'old-state');
    const kept = await fileProgressStore(old, { path, purpose: 'p' });
    await kept.save(progress);

    await removeOldProgress(old, Date.now() + 47 * 3_600_000);
    expect(await readdir(old)).toHaveLength(1);
    await removeOldProgress(old, Date.now() + 49 * 3_600_000);
    expect(await readdir(old)).toEqual([]);
    await removeOldProgress(join(folder, 'missing'), Date.now());
  });
});

describe('a part that is refused early', () => {
  it('is not sent, and its memory is not read any more', async () => {
    const size = 3 * 1024 ** 2;
    const content = bytesOf(2 * size);
    let refusals = 0;
    const faults = ({ query }: { query: URLSearchParams }) => {
      if (query.get('partNumber') !== '1' || refusals === 3) return undefined;
      refusals += 1;
      return { answer: { status: 503, body: '<Error><Code>SlowDown</Code></Error>' } };
    };
    await using world = await openWorld({ partBytes: size, faults }, 1);
    await using file = await openFile(await fileWith('large.wav', content));

    const { assetId } = await world.upload(file);

    expect(world.service.storage.objects.get(assetId)?.equals(content)).toBe(true);
    const sent = world.events.map(({ sentBytes }) => sentBytes);
    expect(sent).toEqual([...sent].sort((a, b) => a - b));
    expect(new Set(sent).size).toBeGreaterThan(4);
    // One to storage and at most two to the API: those of the refusals are closed.
    expect(world.service.openSockets()).toBeLessThanOrEqual(3);
  });
});
