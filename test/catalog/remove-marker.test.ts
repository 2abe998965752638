import { beforeEach, describe, expect, it } from 'vitest';
import type { Announcement } from '../../core/abroad/abroad-row.ts';
import { vaultView } from '../../lambdas/shared/vault-view.ts';
import { removeMarker, UndeleteRequest, versionRemover } from '../../lambdas/undelete/remove-marker.ts';
import { bucketName, type FakeVault, fakeVault } from './fake-vault.ts';

const key = 'raw/audio/t1/a';
let vault: FakeVault;
let announced: Announcement[];
beforeEach(() => {
  announced = [];
  vault = fakeVault(() => Date.parse('2026-05-01T08:00:00.000Z'));
  vault.bucket.put(key, { sha256: '', header: '', body: '' });
  vault.bucket.mark(key);
});
const ask = (markerVersionId: string, of = key) =>
  removeMarker(
    { key: of, markerVersionId },
    {
      vault: vaultView(vault.client, bucketName),
      remove: versionRemover(vault.client, bucketName),
      announceAbroad: async (what) => {
        // Nobody would know of the copy once the marker is gone here.
        expect(versions()).toContain(markerVersionId);
        announced.push(what);
      },
    },
  );
const versions = () => vault.bucket.versionsOf(key).map(({ versionId }) => versionId);

describe('undelete', () => {
  it('removes a delete marker, by its version', async () => {
    expect(await ask('v2')).toEqual({ removed: true });

    expect(versions()).toEqual(['v1']);
    expect(vault.requests.at(-1)).toMatchObject({ operation: 'DeleteObject', key, query: { versionId: 'v2' } });
  });

  it('has the copy of the marker removed too, and of nothing else', async () => {
    for (const versionId of ['v1', 'v9', 'v2']) await ask(versionId);

    expect(announced).toEqual([{ versions: [{ key, versionId: 'v2' }], deleted: false }]);
  });

  it('never removes a version that holds content', async () => {
    expect(await ask('v1')).toEqual({ removed: false, reason: 'not-a-marker' });

    expect(versions()).toEqual(['v2', 'v1']);
    expect(vault.requests.map(({ operation }) => operation)).not.toContain('DeleteObject');
  });

  it.each([
    ['a version that is not there', 'v9', key],
    ['a marker of another key', 'v2', `${key}b`],
    ['a marker that was removed already', 'gone', key],
  ])('finds nothing to remove: %s', async (_, versionId, of) => {
    expect(await ask(versionId, of)).toEqual({ removed: false, reason: 'not-found' });

    expect(versions()).toEqual(['v2', 'v1']);
  });

  it('says so when S3 does not let it', async () => {
    vault.intercept = ({ operation }) => (operation === 'DeleteObject' ? { status: 503 } : undefined);

    await expect(ask('v2')).rejects.toMatchObject({ code: 'unavailable' });
  });

  it.each([
    [{}],
    [{ key }],
    [{ key: '', markerVersionId: 'v2' }],
    [{ key, markerVersionId: '' }],
    [{ key, markerVersionId: 2 }],
    [{ key: 'x'.repeat(1025), markerVersionId: 'v2' }],
    [{ key, markerVersionId: 'v2', bucket: 'another' }],
    [null],
  ])('takes nothing but a key and a version: %j', (event) => {
    expect(UndeleteRequest.safeParse(event).success).toBe(false);
  });
});
