import type { Clock } from '../../core/time.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { Caller } from '../aws/caller.ts';
import type { Sqs } from '../sqs/sqs.ts';
import type { ResolvedFunction } from './function-registry.ts';
import type { InvocationResult, Invoker, PlatformMetric } from './invoker.ts';
import { streamAnswer } from './stream-answer.ts';
import { type StreamBatch, type StreamRecord, streamEvent } from './stream-event.ts';
import { failureRecord, type GivenUp } from './stream-failure.ts';
import type { StreamMapping } from './stream-mapping.ts';

export interface StreamDeliveryDeps {
  readonly mapping: StreamMapping;
  readonly invoker: Invoker;
  readonly sqs: Sqs;
  readonly clock: Clock;
  readonly resolve: () => ResolvedFunction;
  readonly roleCaller: (roleArn: string) => Caller;
  readonly onMetric: (metric: PlatformMetric) => void;
  readonly log: (line: string) => void;
  /** Waits before another try; false where the mapping was stopped meanwhile. */
  readonly rest: (ms: number) => Promise<boolean>;
}

/** Told of each part of a batch that needs no further call, in order: how far it reaches, and the window's new state. */
export type Settled = (last: StreamRecord | undefined, state: unknown) => void;

interface Attempt {
  readonly records: readonly StreamRecord[];
  /** Calls that failed so far. */
  readonly failures: number;
}

const firstRestMs = 50;
const longestRestMs = 30_000;
/** The largest state that a window may keep. */
export const maxStateBytes = 1_048_576;

/**
 * Hands one batch to the function until it is done with or given up, as Lambda does: what was reported as done is never handed
 * over again; what failed is halved where the mapping says so, which costs no retry, then tried again and again with a
 * growing rest, and at the end named in a queue so that the shard goes on.
 */
export class StreamDelivery {
  readonly #deps: StreamDeliveryDeps;

  constructor(deps: StreamDeliveryDeps) {
    this.#deps = deps;
  }

  /** False where the mapping was stopped before the end; what was settled until then stays settled. */
  async deliver(batch: StreamBatch, settled: Settled): Promise<boolean> {
    let state = batch.window?.state;
    const waiting: Attempt[] = [{ records: batch.records, failures: 0 }];
    let throttled = 0;
    for (let attempt = waiting.shift(); attempt !== undefined; attempt = waiting.shift()) {
      const { records, failures } = attempt;
      if (this.#isTooOld(records)) {
        const [first] = records;
        if (first !== undefined) this.#giveUp({ ...batch, records: [first] }, 'RecordAgeExceeded', failures);
        settled(first, state);
        if (records.length > 1) waiting.unshift({ records: records.slice(1), failures });
        continue;
      }
      const now = { ...batch, records, ...(batch.window && { window: { ...batch.window, state } }) };
      const result = await this.#invoke(now);
      if (result === undefined) {
        waiting.unshift(attempt);
        if (!(await this.#deps.rest(restMs(++throttled)))) return false;
        continue;
      }
      const answer = this.#read(result, now);
      if (answer.failedFrom === undefined || answer.failedFrom > 0) state = answer.state;
      if (answer.failedFrom === undefined) {
        settled(records.at(-1), state);
        continue;
      }
      if (answer.failedFrom > 0) settled(records[answer.failedFrom - 1], state);
      const next = this.#next(records.slice(answer.failedFrom), answer.failedFrom > 0 ? 0 : failures);
      if (next === undefined) {
        this.#giveUp(
          { ...now, records: records.slice(answer.failedFrom) },
          'RetryAttemptsExhausted',
          failures + 1,
          result,
        );
        settled(records.at(-1), state);
        continue;
      }
      waiting.unshift(...next);
      if (!(await this.#deps.rest(restMs(Math.max(1, failures + 1))))) return false;
    }
    return true;
  }

  /** What is tried next of what failed; undefined where nothing more is tried. */
  #next(records: readonly StreamRecord[], failures: number): readonly Attempt[] | undefined {
    const { bisects, maximumRetries = Number.POSITIVE_INFINITY } = this.#deps.mapping;
    if (bisects && records.length > 1) {
      const middle = Math.ceil(records.length / 2);
      return [records.slice(0, middle), records.slice(middle)].map((half) => ({ records: half, failures }));
    }
    return failures < maximumRetries ? [{ records, failures: failures + 1 }] : undefined;
  }

  #isTooOld(records: readonly StreamRecord[]): boolean {
    const { maximumAgeMs = Number.POSITIVE_INFINITY } = this.#deps.mapping;
    const [first] = records;
    return first !== undefined && this.#deps.clock.now() - first.createdMs > maximumAgeMs;
  }

  /** Undefined where no execution began. */
  async #invoke(batch: StreamBatch): Promise<InvocationResult | undefined> {
    const { invoker, resolve, mapping, log } = this.#deps;
    try {
      const { config, invokedArn } = resolve();
      this.#measureAge(config.name, batch.records.at(-1));
      return await invoker.invoke({ config, invokedFunctionArn: invokedArn, payload: streamEvent(batch, mapping) });
    } catch (error) {
      if (!(error instanceof AwsError)) log(`${this.#name()} could not call: ${String(error)}`);
      return undefined;
    }
  }

  #read(result: InvocationResult, batch: StreamBatch) {
    if (result.functionError !== undefined) return { failedFrom: 0, state: undefined };
    return streamAnswer(result.payload, batch, this.#deps.mapping);
  }

  #measureAge(functionName: string, newest: StreamRecord | undefined): void {
    if (newest === undefined) return;
    const timestamp = this.#deps.clock.now();
    this.#deps.onMetric({
      namespace: 'AWS/Lambda',
      name: 'IteratorAge',
      dimensions: { FunctionName: functionName },
      value: Math.max(0, timestamp - newest.createdMs),
      unit: 'Milliseconds',
      timestamp,
    });
  }

  /** A destination that cannot be told must not hold up the shard. */
  #giveUp(batch: StreamBatch, condition: GivenUp['condition'], attempts: number, result?: InvocationResult): void {
    const { mapping, sqs, clock, resolve, roleCaller, log } = this.#deps;
    const { streamArn, failureQueueArn } = mapping;
    if (batch.records.length === 0) return;
    log(`${this.#name()} gives up ${batch.records.length} records: ${condition}.`);
    if (failureQueueArn === undefined) return;
    try {
      const { config, invokedArn } = resolve();
      const { requestId = '', executedVersion = config.version } = result ?? {};
      const { shardId, records } = batch;
      const about = { condition, streamArn, shardId, records, attempts, nowMs: clock.now() };
      const body = failureRecord({ ...about, functionArn: invokedArn, requestId, executedVersion });
      sqs.send(failureQueueArn, { body, caller: roleCaller(config.roleArn) });
    } catch (error) {
      log(`${this.#name()} could not tell ${failureQueueArn}: ${String(error)}`);
    }
  }

  #name(): string {
    return `The mapping of ${this.#deps.mapping.streamArn} to ${this.#deps.mapping.functionArn}`;
  }
}

const restMs = (failures: number): number => Math.min(longestRestMs, firstRestMs * 2 ** (failures - 1));
