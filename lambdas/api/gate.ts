import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { MediakeepError } from '../../core/error.ts';
import { closedKey } from '../../core/recovery/closed.ts';
import type { Clock } from '../../core/time.ts';

/** Whether the API may answer at all. */
export interface Gate {
  /** Throws `unavailable` while the whole catalog is being recovered and has not been verified. */
  requireOpen(): Promise<void>;
}

/** A recovery that closes the API is heard of after this time everywhere, and so is its end. */
export const gateTtlMs = 10_000;
const retryAfterSeconds = 60;

/** Asks the table whether the API is closed, and remembers the answer for {@link gateTtlMs}; who cannot be asked is closed. */
export const createGate = (isClosed: () => Promise<boolean>, clock: Clock): Gate => {
  let known: { readonly closed: boolean; readonly at: number } | undefined;
  return {
    async requireOpen() {
      const now = clock.now();
      if (known === undefined || now - known.at >= gateTtlMs || now < known.at) {
        known = { closed: await ask(isClosed), at: now };
      }
      if (!known.closed) return;
      throw new MediakeepError(
        'unavailable',
        'The catalog is being recovered and has not been verified yet; nothing was changed. Try again later.',
        { retryAfterSeconds },
      );
    },
  };
};

const ask = async (isClosed: () => Promise<boolean>): Promise<boolean> => {
  try {
    return await isClosed();
  } catch (cause) {
    throw new MediakeepError(
      'unavailable',
      'It cannot be told at the moment whether the catalog is whole; try again.',
      {
        cause,
        retryAfterSeconds: 1,
      },
    );
  }
};

/** The row that a recovery of everything puts before it begins, and removes once everything is verified. */
export const closedRowReader =
  (client: DynamoDBDocumentClient, table: string): (() => Promise<boolean>) =>
  async () => {
    const { Item } = await client.send(
      new GetCommand({ TableName: table, Key: { ...closedKey }, ConsistentRead: true }),
    );
    return Item !== undefined;
  };
