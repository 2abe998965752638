import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { assetKey, duplicateKey, rejectedKey, type TableKey, wordKey } from '../../core/catalog/keys.ts';
import { ReportableError } from '../shared/error-fields.ts';
import { gathered } from '../shared/gathered.ts';
import type { IntakeCatalog, Recollection } from './ports.ts';

const Row = z.object({ pk: z.string(), sk: z.string(), sha256: z.string().optional() });
type Row = z.infer<typeof Row>;

interface Upload {
  readonly tenant: string;
  readonly assetId: string;
}

/** One request reads 100 keys, and an upload has four. */
const uploadsAtOnce = 25;

/** Reads what the catalog knows of uploads; those of one batch are read together. */
export const recollection = (client: DynamoDBDocumentClient, table: string): IntakeCatalog['recall'] => {
  const recall = gathered(uploadsAtOnce, async (uploads: readonly Upload[]) => {
    const rows = await read(client, table, uploads);
    return uploads.map((upload) => recollectionOf(upload, rows));
  });
  return (tenant, assetId) => recall({ tenant, assetId });
};

const keysOf = ({ tenant, assetId }: Upload) => ({
  word: wordKey(tenant, assetId),
  rejected: rejectedKey(tenant, assetId),
  asset: assetKey(tenant, assetId),
  duplicate: duplicateKey(tenant, assetId),
});

const idOf = ({ pk, sk }: TableKey): string => JSON.stringify([pk, sk]);

const read = async (
  client: DynamoDBDocumentClient,
  table: string,
  uploads: readonly Upload[],
): Promise<ReadonlyMap<string, Row>> => {
  // An event may come twice in a batch, and the table refuses a request that names a key twice.
  const keys = new Map(uploads.flatMap((upload) => Object.values(keysOf(upload))).map((key) => [idOf(key), key]));
  const Keys = [...keys.values()].map(({ pk, sk }) => ({ pk, sk }));
  const request = { Keys, ConsistentRead: true, ProjectionExpression: 'pk, sk, sha256' };
  const { Responses, UnprocessedKeys } = await client.send(new BatchGetCommand({ RequestItems: { [table]: request } }));
  if ((UnprocessedKeys?.[table]?.Keys ?? []).length > 0)
    throw new ReportableError('The catalog did not answer in full.');
  return new Map(
    z
      .array(Row)
      .parse(Responses?.[table] ?? [])
      .map((row) => [idOf(row), row]),
  );
};

const recollectionOf = (upload: Upload, rows: ReadonlyMap<string, Row>): Recollection => {
  const { word, rejected, asset, duplicate } = keysOf(upload);
  const isThere = (key: TableKey): boolean => rows.has(idOf(key));
  const isKept = isThere(asset) || isThere(duplicate);
  return {
    decision: isKept ? 'kept' : isThere(rejected) ? 'refused' : undefined,
    word: rows.get(idOf(word))?.sha256,
  };
};
