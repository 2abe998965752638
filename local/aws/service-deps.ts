import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../core/time.ts';
import type { Authorize } from './caller.ts';

/** What every service of the embedded platform is made of. */
export interface ServiceDeps {
  /** One file for all services; each prefixes its tables with its own name. */
  readonly db: DatabaseSync;
  /** The platform's movable time. */
  readonly clock: Clock;
  readonly authorize: Authorize;
  /** A fresh random id. */
  readonly newId: () => string;
  readonly accountId: string;
  /** One line for the platform's log. */
  readonly log: (line: string) => void;
}
