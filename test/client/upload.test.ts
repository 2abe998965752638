import { describe, expect, it } from 'vitest';
import { ContentChangedError, UploadRejectedError } from '../../client/index.ts';
import { problem } from './fake-uploads.ts';
import { bytesOf, memoryStore, openWorld } from './upload-world.ts';

const small = bytesOf(900);
const large = bytesOf(4500);

describe('content arrives as it is', () => {
  it('sends small content in one PUT and waits until it is stored', async () => {
    await using world = await openWorld();

    const result = await world.upload(small);

    expect(result).toMatchObject({ state: 'stored', assetId: result.uploadId });
    expect(world.service.storage.objects.get(result.assetId)).toEqual(Buffer.from(small));
    expect(world.events.map(({ phase }) => phase)).toEqual(expect.arrayContaining(['hashing', 'sending', 'done']));
  });

  it('sends large content in parts, each of them once, and tells the SHA-256 of the whole', async () => {
    await using world = await openWorld();

    const { assetId } = await world.upload(large);

    expect(world.service.storage.objects.get(assetId)).toEqual(Buffer.from(large));
    expect([...world.service.storage.arrivals.values()]).toEqual([1, 1, 1, 1, 1]);
    expect(world.service.uploads.uploads.get(assetId)?.sha256).toMatch(/^[\w+/]{43}=$/);
  });

  it('resolves a duplicate to the asset that was there', async () => {
    const duplicateOf = '01JZ8K2M4N6P8Q0R2S4T6V9999';
    await using world = await openWorld({ end: ({ assetId }) => ({ assetId, state: 'duplicate', duplicateOf }) });

    expect(await world.upload(small)).toMatchObject({ state: 'duplicate', assetId: duplicateOf });
  });

  it('throws what the inspection says against the content, and forgets the progress', async () => {
    const said = {
      state: 'rejected',
      reason: 'type-mismatch',
      message: 'no WAV',
      rejectedAt: '2026-03-01T00:00:00Z',
    } as const;
    await using world = await openWorld({ end: ({ assetId }) => ({ assetId, ...said }) });
    const progress = memoryStore();

    await expect(world.upload(large, { progress })).rejects.toEqual(
      new UploadRejectedError('01JZ8K2M4N6P8Q0R2S4T6V0000', 'type-mismatch', 'no WAV'),
    );
    expect(progress.text).toBeUndefined();
    expect(world.events.at(-1)?.phase).toBe('inspecting');
  });

  it('returns as soon as the content has landed where nobody waits, and forgets the progress', async () => {
    await using world = await openWorld();
    const progress = memoryStore();

    expect(await world.upload(large, { wait: false, progress })).toMatchObject({ state: 'landed' });
    expect(progress.text).toBeUndefined();
  });
});

describe('what cannot succeed ends soon', () => {
  it('does not repeat what the service refuses', async () => {
    const fields = [{ pointer: '/subject', message: 'is needed' }];
    const answer = problem(422, 'unprocessable', 'The upload cannot begin.', { fields });
    await using world = await openWorld({ faults: ({ path }) => (path === '/uploads' ? { answer } : undefined) });

    await expect(world.upload(small)).rejects.toMatchObject({
      code: 'unprocessable',
      fields,
      requestId: 'fake-request',
    });
    expect(world.service.backoff.waits).toEqual([]);
  });

  it('gives up after ten tries and says which host does not answer, but no secret', async () => {
    await using world = await openWorld({
      faults: ({ path }) => (path.startsWith('/storage') ? { breakAfterBytes: 0 } : undefined),
    });

    const failure = await world.upload(small).catch((error: unknown) => error);

    expect(failure).toMatchObject({ code: 'network', retryable: true });
    expect(String(failure)).toMatch(/No answer from 127\.0\.0\.1/);
    expect(String(failure)).not.toMatch(/secret|Signature/);
    expect(world.service.backoff.waits).toHaveLength(9);
  });

  it('frees the parts where nothing is remembered for a later try', async () => {
    await using world = await openWorld({
      faults: ({ query }) => (query.get('partNumber') === '3' ? { breakAfterBytes: 0 } : undefined),
    });

    await expect(world.upload(large)).rejects.toMatchObject({ code: 'network' });

    expect(world.service.storage.multiparts.size).toBe(0);
  });

  it('stores nothing of content that changes while it is read', async () => {
    await using world = await openWorld();
    const source = {
      bytes: large.length,
      part: (start: number, end: number) => ({
        bytes: end - start,
        async *chunks() {
          yield large.slice(start, end);
        },
        release: () => {},
      }),
      requireUnchanged: async () => {
        if (world.service.storage.arrivals.size > 0) throw new ContentChangedError('changed');
      },
    };
    const progress = memoryStore();

    await expect(world.upload(source, { progress })).rejects.toThrow('changed');

    expect(world.service.storage.objects.size).toBe(0);
    expect(world.service.storage.multiparts.size).toBe(0);
    expect(progress.text).toBeUndefined();
  });
});

describe('an abort ends everything', () => {
  it.each([1, 3, 5])('at part %i, with the signal’s reason and the progress kept', async (at) => {
    await using world = await openWorld();
    const abort = new AbortController();
    const progress = memoryStore();
    const onProgress = ({ sentBytes }: { sentBytes: number }): void => {
      if (sentBytes >= at * 800) abort.abort(new Error('enough'));
    };

    await expect(world.upload(large, { progress, signal: abort.signal, onProgress })).rejects.toThrow('enough');

    expect(progress.text).toBeDefined();
    expect(await world.upload(large, { progress })).toMatchObject({ state: 'stored' });
    for (const times of world.service.storage.arrivals.values()) expect(times).toBeLessThanOrEqual(2);
  });

  it('before anything was sent', async () => {
    await using world = await openWorld();

    await expect(world.upload(small, { signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow('no');

    expect(world.service.requests).toEqual([]);
  });

  it('also where the client as a whole is ended', async () => {
    await using world = await openWorld();
    const abort = new AbortController();
    const client = world.newClient(abort.signal);
    abort.abort(new Error('over'));

    await expect(client.me()).rejects.toThrow('over');
  });
});

describe('progress only grows', () => {
  it('through faults and repeated parts, up to the whole', async () => {
    let count = 0;
    await using world = await openWorld({
      faults: ({ path }) => {
        count += 1;
        return path.startsWith('/storage') && count % 2 === 0 ? { breakAfterBytes: 200 } : undefined;
      },
    });

    await world.upload(large);

    const sent = world.events.map(({ sentBytes }) => sentBytes);
    expect(sent).toEqual([...sent].sort((a, b) => a - b));
    expect(sent.at(-1)).toBe(large.length);
  });
});
