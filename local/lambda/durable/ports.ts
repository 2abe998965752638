import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../../core/time.ts';
import type { FunctionConfig } from '../function-config.ts';
import type { ResolvedFunction } from '../function-registry.ts';
import type { Invocation, InvocationResult } from '../invoker.ts';
import type { Execution } from './execution.ts';

/** What durable executions are built on. */
export interface DurableDeps {
  readonly db: DatabaseSync;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Runs a function; throws only where no invocation starts. */
  readonly invoke: (invocation: Invocation) => Promise<InvocationResult>;
  /** The function, version or alias that a name or ARN leads to, seen from a function; throws where there is none. */
  readonly resolve: (name: string, from: Pick<FunctionConfig, 'region' | 'accountId'>) => ResolvedFunction;
  /** Its region is lost: what is to be invoked waits until the region is back. */
  readonly isHalted: (functionArn: string) => boolean;
  /** Throws unless the function's role may invoke the target. */
  readonly mayInvoke: (config: FunctionConfig, target: ResolvedFunction) => void;
  /** Told of the begin and the end of each execution. */
  readonly onChanged: (execution: Execution, config: FunctionConfig | undefined) => void;
  readonly log: (line: string) => void;
}
