import type { Caller } from '../aws/caller.ts';
import type { ReceivedMessage } from '../sqs/receive.ts';
import type { Sqs } from '../sqs/sqs.ts';
import { batchFailures } from './batch-response.ts';
import type { ResolvedFunction } from './function-registry.ts';
import type { Invoker } from './invoker.ts';
import { sqsEvent } from './sqs-event.ts';

/** An event source mapping between a queue and a function. */
export interface QueueMapping {
  readonly uuid: string;
  readonly queueArn: string;
  readonly functionArn: string;
  readonly batchSize: number;
  readonly batchingWindowMs: number;
  /** Batches in the function at once; only the account's concurrency limits it where undefined. */
  readonly maximumConcurrency?: number;
  readonly reportsBatchItemFailures: boolean;
  readonly enabled: boolean;
}

export interface QueuePollerDeps {
  readonly mapping: QueueMapping;
  readonly sqs: Sqs;
  readonly invoker: Invoker;
  readonly resolve: () => ResolvedFunction;
  /** A session of the function's role: Lambda polls with the function's own rights. */
  readonly roleCaller: (roleArn: string) => Caller;
  readonly log: (line: string) => void;
  /** When this platform began: whatever had been received before has lost its container with the process. */
  readonly beganMs: number;
}

/** After a refused receive the poller looks again by itself, because a new permission announces itself to nobody. */
const retryAfterErrorMs = 2000;
/** What one receive brings; a larger batch need not be there as a whole. */
const fullBatch = 10;
/** Lambda hands at most 6 MB to a function; this leaves room for what surrounds the bodies. */
const maxBatchBytes = 5_500_000;

/**
 * Hands the messages of a queue to a function. It receives only when the function has room, so that no receive is spent on a
 * message that nobody can take; it is woken by the queue and by ending executions and never polls. A batch whose function
 * failed, timed out or was killed is left alone: its messages come back when their visibility timeout ends on the
 * platform's clock, which runs with real time and jumps when people move it. Only what an earlier process had received is
 * shown again at once, because no container of it can be alive.
 */
export class QueuePoller {
  readonly mapping: QueueMapping;
  readonly #deps: QueuePollerDeps;
  readonly #batches = new Set<Promise<void>>();
  readonly #stopListening: (() => void)[] = [];
  #gathered: ReceivedMessage[] = [];
  #windowTimer: NodeJS.Timeout | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #isStopped = true;
  #cannotReceive = false;
  /** Messages may be there that nobody could take; the next end of an execution is worth a look. */
  #waitsForRoom = false;

  constructor(deps: QueuePollerDeps) {
    this.mapping = deps.mapping;
    this.#deps = deps;
  }

  start(): void {
    if (!this.#isStopped || !this.mapping.enabled) return;
    this.#isStopped = false;
    this.#deps.sqs.release(this.mapping.queueArn, this.#deps.beganMs);
    const pump = () => this.#pump();
    const pumpIfWaiting = () => this.#waitsForRoom && this.#pump();
    this.#stopListening.push(this.#deps.sqs.onMessage(this.mapping.queueArn, pump));
    this.#stopListening.push(this.#deps.invoker.concurrency.onRelease(pumpIfWaiting));
  }

  /** Receives nothing more and waits for the batches under way. Gathered messages come back by their visibility timeout. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const stop of this.#stopListening.splice(0)) stop();
    clearTimeout(this.#windowTimer);
    clearTimeout(this.#retryTimer);
    this.#windowTimer = undefined;
    this.#gathered = [];
    await this.idle();
  }

  /** Waits for the batches under way. */
  async idle(): Promise<void> {
    await Promise.all(this.#batches);
  }

  /** No batch is under way, and none begins before something new arrives or a visibility timeout ends. */
  isQuiet(): boolean {
    if (this.#batches.size > 0 || this.#gathered.length > 0) return false;
    if (this.#isStopped || this.#cannotReceive || this.#isHalted()) return true;
    return this.#deps.sqs.depth(this.mapping.queueArn).visible === 0;
  }

  /** The region is lost: nothing begins until it is back. */
  #isHalted(): boolean {
    return this.#deps.invoker.concurrency.isHalted(this.#deps.resolve().config);
  }

  #pump(): void {
    try {
      this.#cannotReceive = false;
      this.#waitsForRoom = false;
      while (this.#mayTakeMore() && this.#isWorthAnother()) {
        const isComplete = this.#gather();
        if (this.#gathered.length === 0) return;
        if (isComplete || this.mapping.batchingWindowMs === 0) this.#dispatch();
        else this.#openWindow();
        if (!isComplete) return;
      }
      this.#waitsForRoom = true;
    } catch (error) {
      this.#cannotReceive = true;
      this.#deps.log(`${this.#name()} cannot receive: ${String(error)}`);
      clearTimeout(this.#retryTimer);
      this.#retryTimer = setTimeout(() => this.#pump(), retryAfterErrorMs).unref();
    }
  }

  #mayTakeMore(): boolean {
    const { maximumConcurrency = Number.POSITIVE_INFINITY } = this.mapping;
    if (this.#isStopped || this.#batches.size >= maximumConcurrency) return false;
    return this.#deps.invoker.concurrency.hasRoom(this.#deps.resolve().config);
  }

  /**
   * A batch beside one that is under way has a thread of its own, which takes 40 MB and works no faster: it begins where it is
   * complete. What is less goes with whatever comes until the other has ended.
   */
  #isWorthAnother(): boolean {
    if (this.#batches.size === 0 || this.#gathered.length > 0) return true;
    return this.#deps.sqs.depth(this.mapping.queueArn).visible >= Math.min(this.mapping.batchSize, fullBatch);
  }

  /** Receives until the batch is complete or the queue has no more; true where it is complete. */
  #gather(): boolean {
    const { sqs, resolve, roleCaller } = this.#deps;
    const { queueArn, batchSize } = this.mapping;
    const caller = roleCaller(resolve().config.roleArn);
    while (this.#gathered.length < batchSize && sizeOf(this.#gathered) < maxBatchBytes) {
      const max = Math.min(10, batchSize - this.#gathered.length);
      const messages = sqs.receive(queueArn, { caller, max });
      this.#gathered.push(...messages);
      if (messages.length < max) return this.#gathered.length >= batchSize;
    }
    return true;
  }

  #openWindow(): void {
    this.#windowTimer ??= setTimeout(() => {
      this.#windowTimer = undefined;
      if (this.#isStopped || this.#gathered.length === 0) return;
      this.#dispatch();
      this.#pump();
    }, this.mapping.batchingWindowMs).unref();
  }

  #dispatch(): void {
    clearTimeout(this.#windowTimer);
    this.#windowTimer = undefined;
    const messages = this.#gathered;
    this.#gathered = [];
    const batch = this.#run(messages).finally(() => {
      this.#batches.delete(batch);
      queueMicrotask(() => this.#waitsForRoom && this.#pump());
    });
    this.#batches.add(batch);
  }

  async #run(messages: readonly ReceivedMessage[]): Promise<void> {
    const { invoker, resolve, log } = this.#deps;
    try {
      const { config, invokedArn } = resolve();
      const payload = JSON.stringify(sqsEvent(messages, this.mapping.queueArn));
      const result = await invoker.invoke({ config, invokedFunctionArn: invokedArn, payload });
      if (result.functionError === undefined) this.#removeDone(messages, result.payload);
    } catch (error) {
      log(`${this.#name()} failed on a batch of ${messages.length}: ${String(error)}`);
    }
  }

  #removeDone(messages: readonly ReceivedMessage[], payload: string): void {
    const { sqs, resolve, roleCaller, log } = this.#deps;
    const ids = new Set(messages.map(({ messageId }) => messageId));
    const failed = this.mapping.reportsBatchItemFailures ? batchFailures(payload, ids) : new Set<string>();
    if (failed === 'everything') {
      log(`${this.#name()}: the answer names no items of its batch; all of it is retried.`);
      return;
    }
    const caller = roleCaller(resolve().config.roleArn);
    const done = messages.filter(({ messageId }) => !failed.has(messageId));
    const handles = done.map(({ receiptHandle }) => receiptHandle);
    if (handles.length > 0) sqs.remove(this.mapping.queueArn, handles, caller);
  }

  #name(): string {
    return `The mapping of ${this.mapping.queueArn} to ${this.mapping.functionArn}`;
  }
}

const sizeOf = (messages: readonly ReceivedMessage[]): number =>
  messages.reduce((sum, { body }) => sum + Buffer.byteLength(body) + 1024, 0);
