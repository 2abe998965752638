import type { Authorize, Caller, RequestContext } from '../aws/caller.ts';
import type { UseKey } from '../kms/use-key.ts';
import type { Queue } from './queue-store.ts';
import { keyErrorThroughSqs, throughSqs } from './sqs-error.ts';

/** Who asks, with the condition values of the request. */
export interface Requester {
  readonly caller: Caller;
  readonly context: RequestContext;
}

export interface QueueAccess {
  /** Throws unless identity policies and the queue's policy together allow the action. */
  check(requester: Requester, action: string, queue: Queue): void;
  /** Throws unless the requester may use the queue's key, and the key can be used. */
  checkKey(requester: Requester, action: 'kms:GenerateDataKey' | 'kms:Decrypt', queue: Queue): void;
}

export const createQueueAccess = (authorize: Authorize, useKey: UseKey): QueueAccess => ({
  check({ caller, context }, action, queue) {
    try {
      authorize({
        caller,
        action: `sqs:${action}`,
        resource: queue.arn,
        resourceAccountId: queue.accountId,
        resourcePolicy: queue.settings.policy,
        context,
        region: queue.region,
      });
    } catch (error) {
      throw throughSqs(error);
    }
  },
  checkKey({ caller, context }, action, queue) {
    const keyId = queue.settings.kmsKeyId;
    if (keyId === undefined) return;
    try {
      useKey({
        caller,
        context,
        keyId,
        action,
        viaService: `sqs.${queue.region}.amazonaws.com`,
        encryptionContext: { 'aws:sqs:arn': queue.arn },
        region: queue.region,
      });
    } catch (error) {
      throw keyErrorThroughSqs(error);
    }
  },
});
