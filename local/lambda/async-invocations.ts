import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Clock } from '../../core/time.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { AsyncOutcome } from './async-destinations.ts';
import type { ResolvedFunction } from './function-registry.ts';
import type { InvocationResult, Invoker } from './invoker.ts';

/** How asynchronous invocations of a function are retried. */
export interface AsyncSettings {
  readonly maxRetries: number;
  readonly maxAgeMs: number;
}

export const defaultAsyncSettings: AsyncSettings = { maxRetries: 2, maxAgeMs: 21_600_000 };

export interface AsyncInvocationsDeps {
  readonly db: DatabaseSync;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly invoker: Invoker;
  readonly resolve: (arn: string, qualifier: string | undefined) => ResolvedFunction;
  readonly settingsOf: (invokedArn: string) => AsyncSettings;
  readonly onOutcome: (outcome: AsyncOutcome) => void;
  readonly log: (line: string) => void;
}

interface EventRow {
  readonly id: string;
  readonly arn: string;
  readonly qualifier: string | null;
  readonly payload: string;
  readonly attempts: number;
  readonly accepted_ms: number;
}

/** Lambda waits a minute before the first retry and two before the second. */
const retryDelayMs = (attempts: number): number => (attempts <= 1 ? 60_000 : 120_000);
const throttledDelayMs = 1000;
const lookedAtOnce = 100;

/**
 * Events that were accepted with 202. Each is a row until the function has taken it or it was given up, so none is lost when
 * the platform is killed; one that was running then runs again, as Lambda delivers at least once.
 */
export class AsyncInvocations {
  readonly #deps: AsyncInvocationsDeps;
  readonly #running = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #stopListening: (() => void) | undefined;
  /** Something is due that could not be started; the next end of an execution is worth a look. */
  #waitsForRoom = false;
  readonly #due: StatementSync;
  readonly #next: StatementSync;

  constructor(deps: AsyncInvocationsDeps) {
    this.#deps = deps;
    deps.db.exec(`
      CREATE TABLE IF NOT EXISTS lambda_events (
        id TEXT PRIMARY KEY, arn TEXT NOT NULL, qualifier TEXT, payload TEXT NOT NULL, attempts INTEGER NOT NULL,
        accepted_ms INTEGER NOT NULL, next_ms INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS lambda_events_next ON lambda_events (next_ms);
    `);
    this.#due = deps.db.prepare(
      `SELECT * FROM lambda_events WHERE next_ms <= ? ORDER BY next_ms, id LIMIT ${lookedAtOnce}`,
    );
    this.#next = deps.db.prepare('SELECT min(next_ms) AS at FROM lambda_events WHERE next_ms > ?');
  }

  /** Keeps the event and answers its request id; the function is called soon after. */
  accept(arn: string, qualifier: string | undefined, payload: string): string {
    const id = this.#deps.newId();
    const now = this.#deps.clock.now();
    this.#deps.db
      .prepare('INSERT INTO lambda_events VALUES (?, ?, ?, ?, 0, ?, ?)')
      .run(id, arn, qualifier ?? null, payload, now, now);
    queueMicrotask(() => this.pump());
    return id;
  }

  start(): void {
    this.#stopListening ??= this.#deps.invoker.concurrency.onRelease(() => this.#waitsForRoom && this.pump());
    this.pump();
  }

  async stop(): Promise<void> {
    this.#stopListening?.();
    this.#stopListening = undefined;
    clearTimeout(this.#timer);
    await Promise.all(this.#running.values());
  }

  /** Nothing runs, and nothing is due before the clock moves on. */
  isQuiet(): boolean {
    if (this.#running.size > 0) return false;
    if (this.#stopListening === undefined) return true;
    const due = this.#due.all(this.#deps.clock.now()) as unknown as EventRow[];
    return due.every((event) => this.#isHalted(event));
  }

  /** Starts what is due and has room, and arms the timer for what is due later. */
  pump(): void {
    if (this.#stopListening === undefined) return;
    clearTimeout(this.#timer);
    const now = this.#deps.clock.now();
    const due = this.#due.all(now) as unknown as EventRow[];
    this.#waitsForRoom = due.length === lookedAtOnce;
    for (const event of due) if (!this.#running.has(event.id)) this.#startIfRoom(event);
    const next = this.#next.get(now)?.['at'];
    if (typeof next === 'number')
      this.#timer = setTimeout(() => this.pump(), Math.min(next - now + 1, 2_147_483_647)).unref();
  }

  /** Its region is lost: it waits until the region is back. */
  #isHalted(event: EventRow): boolean {
    const target = this.#find(event);
    return target !== undefined && this.#deps.invoker.concurrency.isHalted(target.config);
  }

  #startIfRoom(event: EventRow): void {
    const target = this.#find(event);
    if (target === undefined) {
      this.#remove(event.id);
      return;
    }
    if (!this.#deps.invoker.concurrency.hasRoom(target.config)) {
      this.#waitsForRoom = true;
      return;
    }
    const run = this.#run(event, target).finally(() => this.#running.delete(event.id));
    this.#running.set(event.id, run);
  }

  /** An event whose function is gone cannot be taken by anybody. */
  #find({ id, arn, qualifier }: EventRow): ResolvedFunction | undefined {
    try {
      return this.#deps.resolve(arn, qualifier ?? undefined);
    } catch (error) {
      this.#deps.log(`The event ${id} is dropped: ${String(error)}`);
      return undefined;
    }
  }

  async #run(event: EventRow, target: ResolvedFunction): Promise<void> {
    const { config, invokedArn } = target;
    try {
      const result = await this.#deps.invoker.invoke({
        config,
        invokedFunctionArn: invokedArn,
        payload: event.payload,
        requestId: event.id,
      });
      this.#settle(event, target, result);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      this.#retryAt(event, event.attempts, throttledDelayMs);
    }
  }

  #settle(event: EventRow, target: ResolvedFunction, result: InvocationResult): void {
    // Cut off by the end of the platform: the row stays as it is and the event runs again at the next start.
    if (result.functionError !== undefined && this.#stopListening === undefined) return;
    const attempts = event.attempts + 1;
    const outcome = { event: { id: event.id, payload: event.payload }, target, result, attempts };
    const condition = this.#condition(event, target, result);
    if (condition === undefined) {
      this.#retryAt(event, attempts, retryDelayMs(attempts));
    } else {
      this.#deps.onOutcome({ ...outcome, condition });
      this.#remove(event.id);
    }
  }

  /** How it ended, or undefined where it is to be tried again. */
  #condition(
    event: EventRow,
    target: ResolvedFunction,
    result: InvocationResult,
  ): AsyncOutcome['condition'] | undefined {
    if (result.functionError === undefined) return 'Success';
    const { maxRetries, maxAgeMs } = this.#deps.settingsOf(target.invokedArn);
    if (event.attempts >= maxRetries) return 'RetriesExhausted';
    const nextAgeMs = this.#deps.clock.now() + retryDelayMs(event.attempts + 1) - event.accepted_ms;
    return nextAgeMs > maxAgeMs ? 'EventAgeExceeded' : undefined;
  }

  #retryAt(event: EventRow, attempts: number, delayMs: number): void {
    const nextMs = this.#deps.clock.now() + delayMs;
    this.#deps.db
      .prepare('UPDATE lambda_events SET attempts = ?, next_ms = ? WHERE id = ?')
      .run(attempts, nextMs, event.id);
    queueMicrotask(() => this.pump());
  }

  #remove(id: string): void {
    this.#deps.db.prepare('DELETE FROM lambda_events WHERE id = ?').run(id);
  }
}
