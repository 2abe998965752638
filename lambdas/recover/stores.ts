import { createHash } from 'node:crypto';
import { GenerateMacCommand, type KMSClient } from '@aws-sdk/client-kms';
import { GetObjectCommand, PutObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { MediakeepError } from '../../core/error.ts';
import {
  type ErasureEntry,
  type Erasures,
  erasuresOf,
  erasuresPrefix,
  parseErasure,
} from '../../core/recovery/erasures.ts';
import type { Clock } from '../../core/time.ts';
import { namedFailure } from '../shared/aws-failure.ts';
import { isNewRow, isOfRevision, putRow, putRowIf, removeRow } from '../shared/row-writes.ts';
import type { RecoverDeps, Reports } from './ports.ts';

/** Writes rows of people back, unless somebody writes them at the same time. */
export const rowWriter =
  (client: DynamoDBDocumentClient, table: string): RecoverDeps['writeBack'] =>
  async ({ row, expected }) => {
    if (expected === 'absent') return putRowIf(client, table, row, isNewRow);
    if (expected.revision !== undefined) return putRowIf(client, table, row, isOfRevision(expected.revision));
    await putRow(client, table, row);
    return true;
  };

/** The rows that say that the API is closed, and when the last good proof was. */
export const serviceRows = (
  client: DynamoDBDocumentClient,
  table: string,
): Pick<RecoverDeps, 'putRow' | 'removeRow'> => ({
  putRow: (row) => putRow(client, table, row),
  removeRow: (row) => removeRow(client, table, row),
});

/** Reports in the audit bucket, which nobody can change or remove. */
export const reportStore = (
  s3: S3Client,
  bucket: string,
  { kms, keyArn }: { readonly kms: KMSClient; readonly keyArn: string },
): Reports => ({
  async put(Key, Body, ContentType) {
    try {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ContentType, ChecksumAlgorithm: 'SHA256' }));
    } catch (error) {
      throw namedFailure(error, 'PutObject');
    }
  },
  async sign(text) {
    // The beginning keeps apart what else the key makes MACs of.
    const digest = createHash('sha256').update(text).digest('hex');
    const { Mac } = await kms.send(
      new GenerateMacCommand({
        KeyId: keyArn,
        MacAlgorithm: 'HMAC_SHA_256',
        Message: new TextEncoder().encode(`mediakeep report v1 ${digest}`),
      }),
    );
    return { keyArn, mac: Buffer.from(Mac ?? new Uint8Array()).toString('base64') };
  },
});

const freshForMs = 60_000;

/** The erasure journal, read anew each minute; one entry that cannot be read stops everything. */
export const erasureReader = (s3: S3Client, bucket: string, clock: Clock): (() => Promise<Erasures>) => {
  let known: { readonly at: number; readonly erasures: Erasures } | undefined;
  return async () => {
    if (known !== undefined && clock.now() - known.at < freshForMs) return known.erasures;
    const erasures = erasuresOf(await readAll(s3, bucket));
    known = { at: clock.now(), erasures };
    return erasures;
  };
};

const readAll = async (s3: S3Client, bucket: string): Promise<ErasureEntry[]> => {
  const entries: ErasureEntry[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client: s3 },
    { Bucket: bucket, Prefix: erasuresPrefix },
  )) {
    for (const { Key } of Contents) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
      const entry = parseErasure((await Body?.transformToString()) ?? '');
      if (entry === undefined) {
        throw new MediakeepError(
          'conflict',
          'An entry of the erasure journal cannot be read; nothing is recovered past it.',
        );
      }
      entries.push(entry);
    }
  }
  return entries;
};
