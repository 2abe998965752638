import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtInClasses } from '../../config/built-in-classes.ts';
import type { AssetRow } from '../../core/catalog/asset-row.ts';
import { decodeFacts } from '../../core/facts.ts';
import { parseVaultKey } from '../../core/key-layout.ts';
import { drillMarkers, drillTenant, markerClass, markerPrefix } from '../../core/recovery/drill-markers.ts';
import type { DrillReport } from '../../core/recovery/report.ts';
import { reportHtml } from '../../core/recovery/report-html.ts';
import { addTallies, emptyTally } from '../../core/recovery/tally.ts';
import { isReread, verifyAsset } from '../../core/recovery/verify-asset.ts';

const row = (summary: object = {}, detail: object = {}) =>
  ({
    tenant: 't1',
    summary: { assetId: 'a', state: 'stored', bytes: 3, sha256: 'abc', attributes: { a: 1, b: 2 }, ...summary },
    detail: { key: 'k', currentVersionId: 'v1', ...detail },
  }) as unknown as AssetRow;

describe('a recovered asset', () => {
  it('is as it was though its version and the order of its attributes changed', () => {
    expect(verifyAsset(row(), row({ attributes: { b: 2, a: 1 } }, { currentVersionId: 'v2' }))).toBeUndefined();
  });

  it.each([
    ['row-missing', undefined],
    ['not-stored', row({ state: 'deleted' })],
    ['size-differs', row({ bytes: 4 })],
    ['content-differs', row({ sha256: 'xyz' })],
    ['attributes-differ', row({ attributes: { a: 2 } })],
  ])('that is wrong is told: %s', (problem, now) => {
    expect(verifyAsset(row(), now)).toBe(problem);
  });

  it('that was deleted softly may have been undeleted since, and may not be gone', () => {
    const deleted = row({ state: 'deleted' });

    expect(verifyAsset(deleted, row({ state: 'deleted' }))).toBeUndefined();
    expect(verifyAsset(deleted, row())).toBeUndefined();
    expect(verifyAsset(deleted, row({ state: 'gone' }))).toBe('not-stored');
  });

  it('without a digest is compared by its checksum, else by its version', () => {
    const checksum = (value: string) => row({ sha256: undefined }, { checksum: { algorithm: 'CRC64NVME', value } });
    const bare = (currentVersionId: string) => row({ sha256: undefined }, { currentVersionId });

    expect(verifyAsset(checksum('1'), checksum('1'))).toBeUndefined();
    expect(verifyAsset(checksum('1'), checksum('2'))).toBe('content-differs');
    expect(verifyAsset(bare('v1'), bare('v2'))).toBe('content-differs');
  });
});

describe('a sample', () => {
  it('is the same each time and about one in fifty', () => {
    const ids = fc.sample(fc.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/), { numRuns: 5_000, seed: 7 });
    const chosen = ids.filter((id) => isReread('sample', id));

    expect(ids.filter((id) => isReread('sample', id))).toEqual(chosen);
    expect(chosen.length).toBeGreaterThan(50);
    expect(chosen.length).toBeLessThan(200);
    expect(ids.every((id) => isReread('all', id))).toBe(true);
  });
});

describe('tallies', () => {
  it('add up field by field, whatever is left out', () => {
    expect(addTallies(addTallies(emptyTally, { there: 2 }), { there: 1, missing: 4 })).toEqual({
      ...emptyTally,
      there: 3,
      missing: 4,
    });
  });
});

describe('markers of a drill', () => {
  const dataClass = markerClass(builtInClasses);

  it('are objects of their class, in a tenant of their own, that describe themselves', () => {
    if (dataClass === undefined) throw new Error('no class keeps text');
    const markers = drillMarkers(dataClass, 'job1', { now: () => 1_767_225_600_000, random: Math.random });

    expect(markers).toHaveLength(3);
    for (const { key, assetId, facts } of markers) {
      expect(key.startsWith(markerPrefix(dataClass))).toBe(true);
      expect(parseVaultKey(builtInClasses, key)).toMatchObject({ tenant: drillTenant, assetId });
      expect(decodeFacts(facts)).toMatchObject({ tenant: drillTenant, assetId, dataClass: dataClass.name });
    }
  });
});

describe('the page of a report', () => {
  const report: DrillReport = {
    v: 1,
    kind: 'drill',
    jobId: '<script>',
    startedAt: 'a',
    finishedAt: 'b',
    seeded: 3,
    to: 'c',
    recoveryPointSeconds: 1,
    recoveryTimeSeconds: 2,
    rowsRecovered: 3,
    objectsRecovered: 2,
    restoredTable: { lacks: ['stream'] },
    problems: ['An object & "more".'],
    outcome: 'failed',
  };

  it('says what was wrong and loads nothing', () => {
    const html = reportHtml(report, { algorithm: 'HMAC_SHA_256', keyArn: 'arn', mac: 'mac' });

    expect(html).toContain('The backups could not be recovered');
    expect(html).toContain('An object &amp; &quot;more&quot;.');
    expect(html).toContain('<th>recovery time seconds</th><td>2</td>');
    expect(html).not.toMatch(/<script|src=|href=/);
  });
});
