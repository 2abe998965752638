import { describe, expect, it } from 'vitest';
import type { VersionEntry } from '../../core/catalog/asset-row.ts';
import { bringVersionBack, type KnownContent, type Pass } from '../../lambdas/recover/bring-version-back.ts';
import type { Copy, RecoverDeps } from '../../lambdas/recover/ports.ts';

const at = '2026-01-01T00:00:00.000Z';
const version = (versionId: string, more: Partial<VersionEntry> = {}): VersionEntry => ({
  versionId,
  at,
  marker: false,
  ...more,
});

interface Places {
  readonly vault?: readonly VersionEntry[];
  readonly forward?: Copy;
  readonly replica?: Copy;
  readonly backup?: string;
  /** SHA-256 of the newest version. */
  readonly shows?: string;
}

/** Brings `v1` back in a world of these places; what was done is written down. */
const bring = async (places: Places, pass: Pass, more: Partial<KnownContent> = {}) => {
  const done: string[] = [];
  const note = <T>(text: string, answer: T): Promise<T> => {
    done.push(text);
    return Promise.resolve(answer);
  };
  const objects: Partial<RecoverDeps['objects']> = {
    removeMarker: (_, id) => note(`uncover ${id}`, undefined),
    copyForward: () => note('forward', places.forward ?? 'absent'),
    fromReplica: () => note('replica', places.replica ?? 'absent'),
    fromIsolated: () => note('backup', places.backup),
    isInReplica: async () => places.replica !== undefined,
    askBack: (place) => note(`ask ${place}`, undefined),
  };
  const vault = { headVersion: async () => ({ sha256: places.shows }) };
  const deps = { objects, vault } as unknown as RecoverDeps;
  const content = { key: 'k', versionId: 'v1', sha256: 'abc', ...more };
  return { ...(await bringVersionBack(content, places.vault ?? [], pass, deps)), done };
};

describe('a content comes back', () => {
  const over = [version('v2'), version('v1')];

  it('from the vault first, then from the second region, last from a backup', async () => {
    const all: Places = { forward: { versionId: 'f' }, replica: { versionId: 'r' }, backup: 'b' };

    expect(await bring({ ...all, vault: over }, 'backup')).toMatchObject({ from: 'copiedForward', now: 'f' });
    expect(await bring(all, 'backup')).toMatchObject({ from: 'fromReplica', now: 'r' });
    expect(await bring({ backup: 'b' }, 'backup')).toMatchObject({ from: 'fromBackup', now: 'b' });
    expect(await bring({ backup: 'b' }, 'near')).toMatchObject({ from: 'missing' });
  });

  it('from the second region where the vault has archived its own', async () => {
    const brought = await bring({ vault: over, forward: 'archived', replica: { versionId: 'r' } }, 'near');

    expect(brought).toMatchObject({ from: 'fromReplica', now: 'r', done: ['forward', 'replica'] });
  });

  it.each([
    ['vault', { vault: over, forward: 'archived', replica: 'archived' }],
    ['replica', { replica: 'archived' }],
  ] as const)('out of the archive where it is nowhere else: the %s is asked once', async (place, places) => {
    expect((await bring(places, 'near')).done).toContain(`ask ${place}`);
    const later = await bring(places, 'thawed');

    expect(later.from).toBe('archived');
    expect(later.done).not.toContain(`ask ${place}`);
  });

  it('once: what an earlier try has brought is there', async () => {
    const vault = [version('copy', { bytes: 7 })];

    expect(await bring({ vault, shows: 'abc' }, 'near')).toMatchObject({ from: 'there', now: 'copy', done: [] });
    expect((await bring({ vault, shows: 'xyz' }, 'near')).from).toBe('missing');
    expect((await bring({ vault }, 'near', { bytesOfOnly: 7 })).from).toBe('there');
    expect((await bring({ vault }, 'near', { bytesOfOnly: 8 })).from).toBe('missing');
  });

  it('and stays hidden where it was deleted softly', async () => {
    const vault = [version('m', { marker: true }), version('v1')];

    expect(await bring({ vault }, 'near', { isHidden: true })).toMatchObject({ from: 'there', done: [] });
    expect(await bring({ vault }, 'near')).toMatchObject({ from: 'uncovered', done: ['uncover m'] });
  });

  it('not at all in a plan, which looks only', async () => {
    expect(await bring({ vault: over }, 'plan')).toMatchObject({ from: 'copiedForward', done: [] });
    expect(await bring({ replica: 'archived' }, 'plan')).toMatchObject({ from: 'fromReplica', done: [] });
    expect(await bring({}, 'plan')).toMatchObject({ from: 'missing', done: [] });
  });
});
