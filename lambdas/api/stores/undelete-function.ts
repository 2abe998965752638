import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import type { Undelete } from '../ports.ts';

const Answer = z.union([
  z.object({ removed: z.literal(true) }),
  z.object({ removed: z.literal(false), reason: z.enum(['not-a-marker', 'not-found']) }),
]);

/** Asks the one function that may remove versions to remove a delete marker; the API itself has no such right. */
export const createUndelete =
  (client: LambdaClient, functionName: string): Undelete =>
  async (key, markerVersionId) => {
    const { Payload, FunctionError } = await client.send(
      new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify({ key, markerVersionId }) }),
    );
    if (FunctionError !== undefined || Payload === undefined) throw new Error(`The function ${functionName} failed`);
    const answer = Answer.parse(JSON.parse(Buffer.from(Payload).toString('utf8')));
    return answer.removed ? 'removed' : answer.reason;
  };
