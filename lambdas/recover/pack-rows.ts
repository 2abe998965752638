import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createPackTable } from '../shared/packs/pack-table.ts';
import { isNewRow, isOfRevision, putRowIf } from '../shared/row-writes.ts';
import type { RecoveredPacks } from './ports.ts';

const isOursToPut =
  'attribute_not_exists(pk) OR (attribute_not_exists(erasedAt) AND (pack.packId = :pack OR pack.packId = :over))';

/** The rows of packs in the live table. */
export const packRows = (client: DynamoDBDocumentClient, table: string): RecoveredPacks => {
  const { readMembers, readPack, erase } = createPackTable(client, table);
  return {
    readMembers,
    readPack,
    erase,
    putPack: (row, expected) =>
      putRowIf(client, table, row, expected === undefined ? isNewRow : isOfRevision(expected)),
    async putPacked(row, over = row.pack.packId) {
      const values = { ':pack': row.pack.packId, ':over': over };
      await putRowIf(client, table, row, { condition: isOursToPut, values });
    },
  };
};
