import { type DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from 'vitest';
import type { CatalogWrite } from '../../core/observe/ports.ts';
import { rowOf } from '../../core/observe/row-of.ts';
import { catalogLimits } from '../../core/observe/write-all.ts';
import { assetTable } from '../../lambdas/shared/asset-table.ts';
import { createBucket } from '../observe/model/bucket.ts';
import { assets, modelClass, tenant } from '../observe/model/world.ts';

const [asset] = assets;
const bucket = createBucket(() => Date.parse('2026-05-01T08:00:00.000Z'));
bucket.put(asset.key, { sha256: 'c1', header: '', body: '' });
const current = bucket.head(asset.key, 'v1');
const identity = { tenant, assetId: asset.assetId, key: asset.key, dataClass: modelClass };
const { row, companions } = rowOf(
  { identity, versions: bucket.list(asset.key), ...(current === undefined ? {} : { current }) },
  undefined,
  { now: 1, sizes: catalogLimits },
);
/** The asset row, its link, its due row. */
const write: CatalogWrite = { row, expected: undefined, put: companions, remove: [] };

/** A table that cancels every transaction for these reasons, or fails as told. */
const tableThat = (failure: unknown) => {
  const client = {
    send: async () => {
      throw failure;
    },
  } as unknown as DynamoDBClient;
  return assetTable(client, 'catalog');
};
const cancelled = (...codes: readonly (string | undefined)[]) =>
  tableThat(
    new TransactionCanceledException({
      message: 'cancelled',
      $metadata: { httpStatusCode: 400 },
      CancellationReasons: codes.map((Code) => (Code === undefined ? {} : { Code })),
    }),
  );
const failed = 'ConditionalCheckFailed';

describe('a cancelled transaction', () => {
  it('has moved where the asset row is not as expected, and tells the row', async () => {
    const table = tableThat(
      new TransactionCanceledException({
        message: 'cancelled',
        $metadata: {},
        CancellationReasons: [
          { Code: failed, Item: marshall({ ...row, revision: 9 }, { removeUndefinedValues: true }) },
          { Code: failed },
          {},
        ],
      }),
    );

    expect(await table.writeAsset(write)).toEqual({ kind: 'moved', row: { ...row, revision: 9 } });
  });

  it('has moved where another transaction was in the way', async () => {
    expect(await cancelled('None', 'TransactionConflict', 'None').writeAsset(write)).toEqual({ kind: 'moved' });
  });

  it('names the links that other assets hold', async () => {
    const result = await cancelled('None', failed, 'None').writeAsset(write);

    const [link] = companions;
    expect(result).toEqual({ kind: 'link-taken', links: [expect.objectContaining({ pk: link?.pk, sk: link?.sk })] });
  });

  it.each(['ThrottlingError', 'ProvisionedThroughputExceeded'])('may succeed later after %s', async (code) => {
    await expect(cancelled('None', code, 'None').writeAsset(write)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it.each(['ValidationError', 'ItemCollectionSizeLimitExceeded', 'AccessDenied', 'SomethingNew'])(
    'is an error of ours after %s',
    async (code) => {
      await expect(cancelled('None', code, failed).writeAsset(write)).rejects.toMatchObject({
        code: 'internal',
        message: expect.stringContaining(code),
      });
    },
  );

  it('is an error of ours where no reason is given', async () => {
    await expect(cancelled().writeAsset(write)).rejects.toMatchObject({ code: 'internal' });
  });
});

describe('a failed call', () => {
  it.each([
    ['ProvisionedThroughputExceededException', 400],
    ['ThrottlingException', 400],
    ['RequestLimitExceeded', 400],
    ['InternalServerError', 500],
    ['TransactionInProgressException', 400],
    ['TimeoutError', undefined],
    ['ECONNRESET', undefined],
  ])('may succeed later after %s', async (name, httpStatusCode) => {
    const error = Object.assign(new Error(name), {
      name,
      ...(httpStatusCode === undefined ? {} : { $metadata: { httpStatusCode } }),
    });

    await expect(tableThat(error).writeAsset(write)).rejects.toMatchObject({ code: 'unavailable', cause: error });
    await expect(tableThat(error).readAsset(tenant, asset.assetId)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it.each(['ResourceNotFoundException', 'AccessDeniedException', 'ValidationException'])(
    'rises as it is after %s',
    async (name) => {
      const error = Object.assign(new Error(name), { name, $metadata: { httpStatusCode: 400 } });

      await expect(tableThat(error).writeAsset(write)).rejects.toBe(error);
    },
  );

  it('is refused where something else stands under the key of an asset', async () => {
    const client = { send: async () => ({ Item: marshall({ kind: 'case' }) }) } as unknown as DynamoDBClient;

    await expect(assetTable(client, 'catalog').readAsset(tenant, asset.assetId)).rejects.toMatchObject({
      code: 'internal',
    });
  });
});
