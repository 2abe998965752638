import { marshall } from '@aws-sdk/util-dynamodb';

export const stream = '2026-01-01T00:00:00.000';
export const shardId = 'shardId-1';

/** A record of a change of one row; `row` alone is an insert, `before` alone a removal. */
export const record = (sequence: number, { before, row }: { before?: object; row?: object }): object => ({
  eventName: row === undefined ? 'REMOVE' : before === undefined ? 'INSERT' : 'MODIFY',
  dynamodb: {
    SequenceNumber: String(sequence),
    ApproximateCreationDateTime: 1_767_225_600,
    ...(before && { OldImage: marshall(before) }),
    ...(row && { NewImage: marshall(row) }),
  },
});

/** What Lambda hands over of one window. */
export const batchOf = (...records: readonly object[]): object => ({
  Records: records,
  shardId,
  state: {},
  window: { start: '2026-01-01T00:00:00Z', end: '2026-01-01T00:00:01Z' },
  isFinalInvokeForWindow: records.length === 0,
  isWindowTerminatedEarly: false,
  eventSourceARN: `arn:aws:dynamodb:ap-south-1:1:table/catalog/stream/${stream}`,
});

const at = '2026-01-01T00:00:00.000Z';

/** The row of a stored asset. */
export const assetRow = (assetId: string, bytes: number, state = 'stored'): object => ({
  pk: `t1#asset#${assetId}`,
  sk: 'asset',
  kind: 'asset',
  tenant: 't1',
  revision: 1,
  summary: {
    assetId,
    dataClass: 'model',
    state,
    filename: 'a.bin',
    contentType: 'application/octet-stream',
    bytes,
    createdAt: at,
    uploader: 'asha',
    attributes: {},
  },
  detail: { key: 'k', currentVersionId: 'v1', storageClass: 'STANDARD', cataloguedAt: at },
  versions: [{ versionId: 'v1', at, marker: false, bytes, storageClass: 'STANDARD' }],
  versionCount: 1,
});

/** The row of a member. */
export const memberRow = (principal: string, roles: readonly string[]): object => ({
  pk: `principal#${principal}`,
  sk: 'member#t1',
  kind: 'member',
  tenant: 't1',
  principal,
  roles,
  revision: 1,
});
