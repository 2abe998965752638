import type { Clock } from '../../core/time.ts';
import type { QueueAccess } from './access.ts';
import type { QueueEngine } from './queue-engine.ts';

/** What the operations of SQS work with. */
export interface SqsParts {
  readonly engine: QueueEngine;
  readonly access: QueueAccess;
  readonly clock: Clock;
  readonly accountId: string;
  /** The one endpoint's URL without a slash at its end. */
  readonly endpoint: () => string;
}
