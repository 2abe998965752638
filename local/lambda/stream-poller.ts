import type { Clock } from '../../core/time.ts';
import type { StreamPage, StreamPosition, StreamSource } from '../dynamodb/stream-source.ts';
import type { Checkpoint, OpenWindow, StreamCheckpoints } from './stream-checkpoints.ts';
import { maxStateBytes, StreamDelivery, type StreamDeliveryDeps } from './stream-delivery.ts';
import { type StreamRecord, streamRecord } from './stream-event.ts';
import type { StreamMapping } from './stream-mapping.ts';
import { Rest } from './stream-rest.ts';

export interface StreamPollerDeps extends Omit<StreamDeliveryDeps, 'rest'> {
  readonly streams: StreamSource;
  readonly checkpoints: StreamCheckpoints;
  readonly clock: Clock;
}

const retryAfterErrorMs = 2_000;
/** Lambda hands at most 6 MB to a function. */
const maxBatchChars = 5_500_000;

/**
 * Hands the records of a table's stream to a function, one batch at a time and in order. It is told of writes by the table
 * and never polls: records gather for the mapping's batching window, then all that is there is read. How far it has come is
 * kept with the platform's state after each call, so that a platform that was killed goes on there and hands over at most
 * one batch twice, as Lambda may.
 */
export class StreamPoller {
  readonly mapping: StreamMapping;
  readonly #deps: StreamPollerDeps;
  readonly #delivery: StreamDelivery;
  readonly #rest = new Rest();
  #stopListening: (() => void) | undefined;
  #position: StreamPosition | undefined;
  #window: OpenWindow | undefined;
  /** A write was told of that may not have been read. */
  #isBehind = false;
  #running: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: StreamPollerDeps) {
    this.mapping = deps.mapping;
    this.#deps = deps;
    this.#delivery = new StreamDelivery({ ...deps, rest: (ms) => this.#rest.wait(ms) });
  }

  start(): void {
    if (this.#stopListening !== undefined || !this.mapping.enabled) return;
    const { position, window } = this.#deps.checkpoints.load(this.mapping.uuid);
    this.#position = position;
    this.#window = window;
    this.#rest.begin();
    const { streams, invoker } = this.#deps;
    const stops = [
      streams.onWrite(this.mapping.streamArn, () => this.#wake()),
      invoker.concurrency.onRelease(() => this.#isBehind && this.#wake()),
    ];
    this.#stopListening = () => {
      for (const stop of stops) stop();
    };
    this.#wake();
  }

  /** Reads nothing more and waits for the call under way. */
  async stop(): Promise<void> {
    this.#stopListening?.();
    this.#stopListening = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#rest.end();
    await this.#running;
  }

  /** Reads what is there without waiting for more, until all is handed over or a call has failed so often that it takes a rest. */
  async idle(): Promise<void> {
    if (this.#isHalted()) return;
    if (this.#isBehind && this.#running === undefined) this.#runNow();
    if (this.#running !== undefined) await Promise.race([this.#running, this.#rest.long()]);
  }

  /** Nothing is unread or in the function, and no retry is near. */
  isQuiet(): boolean {
    if (this.#stopListening === undefined || this.#rest.isLong || this.#isHalted()) return true;
    return this.#running === undefined && !this.#isBehind;
  }

  /** The platform's clock has jumped: retries and the end of a window may be due. */
  clockMoved(): void {
    if (this.#stopListening === undefined) return;
    this.#rest.cut();
    if (this.#window !== undefined) this.#runNow();
  }

  #wake(): void {
    this.#isBehind = true;
    if (this.#running === undefined) this.#runIn(this.mapping.batchingWindowMs);
  }

  /** The nearest of the times at which something is to be done counts. */
  #runIn(ms: number): void {
    if (this.#timer !== undefined && ms > 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#runNow(), ms).unref();
  }

  #runNow(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#stopListening === undefined || this.#running !== undefined || this.#isHalted()) return;
    this.#running = this.#run()
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#running = undefined;
        if (this.#stopListening !== undefined) this.#planNext();
      });
  }

  /** The function's region is lost: nothing begins until it is back. */
  #isHalted(): boolean {
    return this.#deps.invoker.concurrency.isHalted(this.#deps.resolve().config);
  }

  #planNext(): void {
    const { windowMs } = this.mapping;
    if (this.#rest.isLong) return;
    if (this.#isBehind) this.#runIn(Math.max(1, this.mapping.batchingWindowMs));
    else if (this.#window !== undefined && windowMs !== undefined)
      this.#runIn(Math.max(1, this.#window.startMs + windowMs - this.#deps.clock.now()));
  }

  /** Whatever reading refuses, such as a right that is missing, may be mended: look again after a while. */
  #failed(error: unknown): void {
    const { streamArn, functionArn } = this.mapping;
    this.#deps.log(`The mapping of ${streamArn} to ${functionArn} cannot read: ${String(error)}`);
    this.#isBehind = true;
    this.#rest.after(retryAfterErrorMs, () => this.#runNow());
  }

  async #run(): Promise<void> {
    const before = this.#position;
    let page: StreamPage;
    do {
      this.#isBehind = false;
      page = await this.#read();
      if (!(await this.#take(page))) return;
      this.#position = page.position;
    } while (!page.isLast);
    const { windowMs } = this.mapping;
    if (this.#window !== undefined && windowMs !== undefined && this.#isPast(this.#window.startMs + windowMs))
      await this.#close(page.position.shardId, false);
    // What was passed over without a call is not read again after a restart.
    if (this.#position?.sequence !== before?.sequence) this.#save(this.#position);
  }

  #isPast(ms: number): boolean {
    return this.#deps.clock.now() >= ms;
  }

  #read(): Promise<StreamPage> {
    const { streams, roleCaller, resolve } = this.#deps;
    return streams.read(this.mapping.streamArn, this.#position, roleCaller(resolve().config.roleArn));
  }

  /** False where the mapping was stopped in the middle. */
  async #take({ records, position }: StreamPage): Promise<boolean> {
    const admitted = records
      .filter((record) => this.mapping.admits(record))
      .map((record) => streamRecord(record, this.mapping.streamArn));
    const { shardId } = position;
    for (const batch of this.#batches(admitted)) {
      const startMs = this.#windowStart(batch[0]);
      if (this.#window !== undefined && startMs !== undefined && this.#window.startMs < startMs) {
        if (!(await this.#close(shardId, false))) return false;
      }
      if (startMs !== undefined) this.#window ??= { startMs, state: {} };
      if (!(await this.#deliver(shardId, batch))) return false;
    }
    return this.#stopListening !== undefined;
  }

  /** A batch holds records of one window, not too many and not too large. */
  #batches(records: readonly StreamRecord[]): StreamRecord[][] {
    const batches: StreamRecord[][] = [];
    let batch: StreamRecord[] = [];
    let chars = 0;
    for (const record of records) {
      const fits = batch.length < this.mapping.batchSize && chars + record.text.length <= maxBatchChars;
      if (batch.length === 0 || !fits || this.#windowStart(batch[0]) !== this.#windowStart(record)) {
        batch = [];
        chars = 0;
        batches.push(batch);
      }
      batch.push(record);
      chars += record.text.length;
    }
    return batches;
  }

  #windowStart(record: StreamRecord | undefined): number | undefined {
    const { windowMs } = this.mapping;
    if (windowMs === undefined || record === undefined) return undefined;
    return Math.floor(record.createdMs / windowMs) * windowMs;
  }

  async #deliver(shardId: string, records: readonly StreamRecord[]): Promise<boolean> {
    const window = this.#window;
    const done = await this.#delivery.deliver({ shardId, records, ...(window && { window }) }, (last, state) => {
      if (window !== undefined) this.#window = { startMs: window.startMs, state };
      this.#save({ shardId, sequence: last?.sequence ?? this.#position?.sequence });
    });
    const tooLarge = JSON.stringify(this.#window?.state ?? {}).length > maxStateBytes;
    return done && (!tooLarge || (await this.#close(shardId, true)));
  }

  /** Ends the window: a call without records, after which the next window begins with an empty state. */
  async #close(shardId: string, isTerminatedEarly: boolean): Promise<boolean> {
    const window = this.#window;
    if (window === undefined) return true;
    const batch = { shardId, records: [], window, isFinal: true, isTerminatedEarly };
    const done = await this.#delivery.deliver(batch, () => {
      this.#window = undefined;
      this.#save(this.#position);
    });
    return done;
  }

  #save(position: StreamPosition | undefined): void {
    this.#position = position;
    const checkpoint: Checkpoint = { position, window: this.#window };
    this.#deps.checkpoints.save(this.mapping.uuid, checkpoint);
  }
}
