import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { jobKey, operatorTenant, type TableKey } from '../../core/catalog/keys.ts';
import { closedKey, isLeftClosed } from '../../core/recovery/closed.ts';
import type { Clock } from '../../core/time.ts';

const Closed = z.object({ jobId: z.string(), since: z.iso.datetime() });
const Job = z.object({
  summary: z.object({ state: z.enum(['waiting', 'running', 'succeeded', 'failed', 'cancelled']) }),
});

/** The recovery that has left the API closed, and since when; undefined where it is open or will be opened. */
export const leftClosed = async (
  table: Pick<DynamoDBDocumentClient, 'send'>,
  TableName: string,
  clock: Clock,
): Promise<z.infer<typeof Closed> | undefined> => {
  const read = async (key: TableKey): Promise<unknown> =>
    (await table.send(new GetCommand({ TableName, Key: { ...key }, ConsistentRead: true }))).Item;
  const row = await read(closedKey);
  if (row === undefined) return undefined;
  const closed = Closed.parse(row);
  const job = Job.safeParse(await read(jobKey(operatorTenant, closed.jobId))).data;
  return isLeftClosed({ since: closed.since, jobState: job?.summary.state }, clock.now()) ? closed : undefined;
};
