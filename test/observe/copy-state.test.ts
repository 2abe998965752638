import { describe, expect, it } from 'vitest';
import type { AssetRow } from '../../core/catalog/asset-row.ts';
import { copyExceptionOf } from '../../core/observe/copy-state.ts';
import { hintOf, joinTasks } from '../../core/observe/hints.ts';
import type { VersionHead } from '../../core/observe/ports.ts';
import { rowOf } from '../../core/observe/row-of.ts';

const head = (replication?: VersionHead['replication'], versionId = 'v1'): VersionHead => ({
  versionId,
  at: '2026-01-01T00:00:00.000Z',
  bytes: 1,
  etag: 'e',
  storageClass: 'STANDARD',
  ...(replication !== undefined && { replication }),
});

const identity = { tenant: 't', assetId: '01JZ8K2M4N6P8Q0R2S4T6V8W0X', key: 'k', dataClass: undefined };
const rowWith = (current: VersionHead, copyNews?: 'late' | 'untracked', previous?: AssetRow): AssetRow =>
  rowOf({ identity, versions: [], current, ...(copyNews && { copyNews }) }, previous, {
    now: 0,
    sizes: { inRow: 10, inPage: 10 },
  }).row;

describe('what is out of the ordinary about a copy', () => {
  it.each([
    ['nothing, where no rule copies it', undefined, undefined, undefined],
    ['nothing, while it comes in time', 'pending', undefined, undefined],
    ['that it is late, where S3 said so', 'pending', 'late', 'late'],
    ['that nobody measures it any more', 'pending', 'untracked', 'untracked'],
    ['nothing, once it is there, whatever was heard', 'completed', 'late', undefined],
    ['that it failed, whatever was heard', 'failed', 'late', 'failed'],
  ] as const)('is %s', (_title, replication, news, expected) => {
    expect(copyExceptionOf(head(replication), news, undefined)).toBe(expected);
  });

  it('stays known while the same version waits, and is forgotten with another version or a new try', () => {
    const late = rowWith(head('pending'), 'late');
    const failed = rowWith(head('failed'));

    expect(rowWith(head('pending'), undefined, late).detail.replication).toBe('late');
    expect(rowWith(head('pending', 'v2'), undefined, late).detail.replication).toBeUndefined();
    expect(rowWith(head('completed'), undefined, late).detail.replication).toBeUndefined();
    expect(rowWith(head('pending'), undefined, failed).detail.replication).toBeUndefined();
  });
});

describe('an event of replication', () => {
  const event = (name: string) => hintOf({ name, versionId: 'v1' });

  it('means to look, and says only what no HEAD can say', () => {
    expect(event('Replication:OperationMissedThreshold')).toEqual({ kind: 'look', copyNews: 'late' });
    expect(event('Replication:OperationNotTracked')).toEqual({ kind: 'look', copyNews: 'untracked' });
    expect(event('Replication:OperationFailedReplication')).toEqual({ kind: 'look' });
    expect(event('Replication:OperationReplicatedAfterThreshold')).toEqual({ kind: 'look' });
  });

  it('keeps its news when it is joined with others of the same asset', () => {
    const task = (name: string) => ({
      target: { tenant: 't', assetId: 'a', key: 'k' },
      hint: event(name),
      sources: [name],
    });
    const names = ['ObjectCreated:Put', 'Replication:OperationMissedThreshold', 'ObjectRemoved:Delete'];

    expect(joinTasks(names.map(task)).map(({ hint }) => hint)).toEqual([{ kind: 'look', copyNews: 'late' }]);
  });
});
