import { createHash } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { reservedPrefixes } from '../../core/key-layout.ts';
import type { OperatorTarget } from '../operator/operator-target.ts';
import { listVault } from './list-vault.ts';

/** What was looked at, and what was wrong. */
export interface StandbyVerification {
  /** Keys of the copies that are content and not deleted, and rows that say so. */
  readonly keys: number;
  readonly rows: number;
  /** Contents that were read again and compared with the SHA-256 of their row. */
  readonly sampled: number;
  readonly sampledBytes: number;
  /** What is wrong, each with its asset; nothing may be. */
  readonly wrong: readonly string[];
}

const Row = z.object({
  tenant: z.string(),
  summary: z.object({
    assetId: z.string(),
    state: z.string(),
    bytes: z.number(),
    sha256: z.string().optional(),
    packId: z.string().optional(),
  }),
  detail: z.object({ key: z.string(), currentVersionId: z.string().optional(), storageClass: z.string() }),
});
type Row = z.infer<typeof Row>;

/**
 * Compares the rebuilt catalog with the copies by a listing of its own: every current content has its row and every row its
 * content, and of some the bytes are read. It holds the current version of each key: 100 MB for a million.
 */
export const verifyStandby = async (target: OperatorTarget, sample: number): Promise<StandbyVerification> => {
  const current = await currentContents(target);
  const every = Math.max(1, Math.floor(current.size / Math.max(1, sample)));
  const wrong: string[] = [];
  const chosen: Row[] = [];
  let rows = 0;
  const keys = current.size;
  for await (const row of storedRows(target)) {
    const { key, currentVersionId } = row.detail;
    rows++;
    if (current.get(key) !== currentVersionId) wrong.push(`${nameOf(row)}: the copies have no such current version.`);
    current.delete(key);
    if (rows % every === 0 && chosen.length < sample && isReadable(row)) chosen.push(row);
  }
  for (const key of current.keys()) wrong.push(`${key}: it has no row.`);
  const read = await readAgain(target, chosen);
  return { keys, rows, sampled: chosen.length, sampledBytes: read.bytes, wrong: [...wrong, ...read.wrong] };
};

const nameOf = ({ tenant, summary }: Row): string => `${tenant}/${summary.assetId}`;

const archived = ['GLACIER', 'DEEP_ARCHIVE'];
const isReadable = ({ summary, detail }: Row): boolean =>
  summary.sha256 !== undefined && !archived.includes(detail.storageClass);

const currentContents = async ({ aws, buckets }: OperatorTarget): Promise<Map<string, string>> => {
  const current = new Map<string, string>();
  for await (const page of listVault(aws(), buckets.vault)) {
    for (const { key, versions } of page) {
      const newest = versions.find(({ latest }) => latest);
      if (newest === undefined || newest.marker || reservedPrefixes.some((prefix) => key.startsWith(prefix))) continue;
      current.set(key, newest.versionId);
    }
  }
  return current;
};

/** Rows of assets whose content stands under their own key. */
async function* storedRows({ aws, catalogTable }: OperatorTarget): AsyncGenerator<Row> {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(aws()));
  const asked = {
    TableName: catalogTable,
    FilterExpression: 'kind = :asset',
    ExpressionAttributeValues: { ':asset': 'asset' },
  };
  for await (const { Items = [] } of paginateScan({ client }, asked)) {
    for (const item of Items) {
      const row = Row.parse(item);
      if (row.summary.state === 'stored' && row.summary.packId === undefined) yield row;
    }
  }
}

const readAgain = async ({ aws, buckets }: OperatorTarget, rows: readonly Row[]) => {
  const s3 = new S3Client(aws());
  const wrong: string[] = [];
  let bytes = 0;
  for (const row of rows) {
    const { key, currentVersionId: VersionId } = row.detail;
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: buckets.vault, Key: key, VersionId }));
    const hash = createHash('sha256');
    for await (const chunk of Body?.transformToWebStream() ?? []) hash.update(chunk);
    bytes += row.summary.bytes;
    if (hash.digest('base64') !== row.summary.sha256) wrong.push(`${nameOf(row)}: its content is not what it was.`);
  }
  s3.destroy();
  return { bytes, wrong };
};
