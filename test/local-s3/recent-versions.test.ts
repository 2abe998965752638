import { describe, expect, it } from 'vitest';
import { transaction } from '../../local/aws/transaction.ts';
import { markerDetail } from '../../local/s3/store/object-version.ts';
import { createTables } from '../../local/s3/store/schema.ts';
import { openVersions } from '../../local/s3/store/versions.ts';
import { openStore } from '../../local/store.ts';

const version = (seq: number) => ({
  ...{ bucketId: 1, key: 'k', seq, versionId: `v${seq}`, marker: false, size: seq, etag: 'e', modified: 0 },
  detail: markerDetail,
});

const store = () => {
  const db = openStore(undefined);
  createTables(db);
  const versions = openVersions(db);
  const first = transaction(db, () => versions.add(version(1), undefined));
  // Read once, so that it is remembered.
  expect(versions.current(1, 'k')).toEqual(first);
  return { db, versions, first };
};

describe('a version that was just read', () => {
  it('is followed by the next one at once, also within its transaction', () => {
    const { db, versions, first } = store();

    const within = transaction(db, () => {
      versions.add(version(2), first);
      return versions.current(1, 'k')?.versionId;
    });

    expect([within, versions.current(1, 'k')?.versionId]).toEqual(['v2', 'v2']);
  });

  it('is current again where a change was rolled back that had been read in between', () => {
    const { db, versions, first } = store();
    const failing = () =>
      transaction(db, () => {
        versions.add(version(2), first);
        expect(versions.current(1, 'k')?.versionId).toBe('v2');
        throw new Error('rolled back');
      });

    expect(failing).toThrow('rolled back');

    expect(versions.current(1, 'k')).toEqual(first);
  });

  it('is gone, or changed, as soon as it is removed or changed', () => {
    const { versions, first } = store();

    versions.setDetail(first, { ...markerDetail, legalHold: true });
    expect(versions.current(1, 'k')?.detail.legalHold).toBe(true);
    versions.remove(first);
    expect(versions.current(1, 'k')).toBeUndefined();
  });
});
