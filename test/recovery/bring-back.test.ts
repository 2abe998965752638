import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VersionEntry } from '../../core/catalog/asset-row.ts';
import { bringBack } from '../../core/recovery/bring-back.ts';

const at = '2026-01-01T00:00:00.000Z';
const content = (versionId: string): VersionEntry => ({ versionId, at, marker: false });
const marker = (versionId: string): VersionEntry => ({ versionId, at, marker: true });

describe('how a key comes back', () => {
  it('needs nothing where it shows the version', () => {
    expect(bringBack('v1', [content('v1'), content('v0')])).toEqual({ kind: 'there' });
  });

  it('is by removing the markers above it, the newest first', () => {
    const now = [marker('m2'), marker('m1'), content('v1')];

    expect(bringBack('v1', now)).toEqual({ kind: 'uncover', markers: ['m2', 'm1'] });
  });

  it('is by a copy over what was written since, markers or not', () => {
    expect(bringBack('v1', [content('v2'), content('v1')])).toEqual({ kind: 'copy-forward', versionId: 'v1' });
    expect(bringBack('v1', [marker('m'), content('v2'), content('v1')])).toEqual({
      kind: 'copy-forward',
      versionId: 'v1',
    });
  });

  it('is from elsewhere where the vault has the version no more', () => {
    expect(bringBack('v1', [marker('m'), content('v2')])).toEqual({ kind: 'elsewhere' });
    expect(bringBack('v1', [])).toEqual({ kind: 'elsewhere' });
  });

  it('never removes a version that holds content', () => {
    const entries = fc
      .array(fc.boolean(), { maxLength: 8 })
      .map((kinds) => kinds.map((isMarker, index) => (isMarker ? marker(`x${index}`) : content(`x${index}`))));
    fc.assert(
      fc.property(entries, fc.nat(8), (now, wanted) => {
        const way = bringBack(`x${wanted}`, now);
        const removed = way.kind === 'uncover' ? way.markers : [];
        return removed.every((id) => now.find(({ versionId }) => versionId === id)?.marker === true);
      }),
    );
  });

  it('shows the version afterwards, wherever the vault has it', () => {
    const entries = fc
      .array(fc.boolean(), { minLength: 1, maxLength: 8 })
      .map((kinds) => kinds.map((isMarker, index) => (isMarker ? marker(`x${index}`) : content(`x${index}`))));
    fc.assert(
      fc.property(entries, fc.nat(7), (now, wanted) => {
        const target = now[wanted];
        if (target === undefined || target.marker) return true;
        const way = bringBack(target.versionId, now);
        if (way.kind === 'copy-forward') return way.versionId === target.versionId;
        const removed: readonly string[] = way.kind === 'uncover' ? way.markers : [];
        return now.find(({ versionId }) => !removed.includes(versionId))?.versionId === target.versionId;
      }),
    );
  });
});
