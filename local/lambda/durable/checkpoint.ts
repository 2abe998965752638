import { transaction } from '../../aws/transaction.ts';
import { invalidParameter } from '../lambda-error.ts';
import { applyUpdate } from './apply-update.ts';
import type { DurableStore } from './durable-store.ts';
import type { Execution } from './execution.ts';
import { operationEvent } from './history.ts';
import { type Operation, type TrackedOperation, timeForms, toWire } from './operation.ts';
import type { DurableDeps } from './ports.ts';
import { durableQuotas, maxStateBytes } from './quotas.ts';
import type { CheckpointRequest, ErrorObject, OperationUpdate } from './wire.ts';

type Deps = Pick<DurableDeps, 'db' | 'clock' | 'newId'> & { readonly store: DurableStore };

/** What a checkpoint came to. */
export interface Checkpointed {
  readonly answer: string;
  /** Invocations of other functions that it asked for. */
  readonly calls: readonly TrackedOperation[];
  /** The end that it gave the execution: an answer too large for an invocation comes this way. */
  readonly end?: { readonly status: 'FAILED' | 'SUCCEEDED'; readonly result?: string; readonly error?: ErrorObject };
}

/** Takes all updates of a checkpoint or none, and answers what changed since the function was last told. */
export const takeCheckpoint = (deps: Deps, execution: Execution, request: CheckpointRequest): Checkpointed => {
  const known = execution.lastCheckpoint;
  if (known !== undefined && known.clientToken === request.ClientToken) return { answer: known.answer, calls: [] };
  if (execution.status !== 'RUNNING' || request.CheckpointToken !== execution.token) {
    throw invalidParameter('Invalid Checkpoint Token');
  }
  return transaction(deps.db, () => {
    const updates = request.Updates ?? [];
    const ofExecution = updates.find(({ Type }) => Type === 'EXECUTION');
    const ofOperations = updates.filter(({ Type }) => Type !== 'EXECUTION');
    const changed = ofOperations.map((update) => takeUpdate(deps, execution, update));
    const counted = withinQuotas(execution, updates, changed.filter(({ isNew }) => isNew).length);
    const token = deps.newId();
    const answer = JSON.stringify({ CheckpointToken: token, NewExecutionState: newState(deps.store, execution.arn) });
    const lastCheckpoint = request.ClientToken == null ? undefined : { clientToken: request.ClientToken, answer };
    deps.store.put({ ...counted, token, ...(lastCheckpoint && { lastCheckpoint }) });
    const calls = changed.map(({ tracked }) => tracked).filter(({ call }) => call !== undefined);
    return { answer, calls, ...(ofExecution && { end: endOf(ofExecution) }) };
  });
};

const takeUpdate = ({ store, clock, newId }: Deps, { arn }: Execution, update: OperationUpdate) => {
  const before = store.operation(arn, update.Id);
  const nowMs = clock.now();
  const tracked = applyUpdate(before, update, {
    nowMs,
    newCallbackId: () => Buffer.from(newId()).toString('base64url'),
  });
  store.putOperation(arn, before?.seq ?? nextSeq(store, arn), tracked);
  const event = operationEvent(tracked.operation, nowMs);
  if (event !== undefined) store.putEvent(arn, event);
  return { tracked, isNew: before === undefined };
};

const nextSeq = (store: DurableStore, arn: string): number => store.lastSeq(arn) + 1;

const withinQuotas = (execution: Execution, updates: readonly OperationUpdate[], added: number): Execution => {
  const operations = execution.operations + added;
  if (operations > durableQuotas.operations) {
    throw invalidParameter(`An execution has at most ${durableQuotas.operations} operations.`);
  }
  const bytes = updates.reduce((sum, { Payload, Error: error }) => sum + sizeOf(Payload) + sizeOf(error), 0);
  const storedBytes = execution.storedBytes + bytes;
  if (storedBytes > durableQuotas.storedBytes) {
    throw invalidParameter(`An execution stores at most ${durableQuotas.storedBytes} bytes.`);
  }
  return { ...execution, operations, storedBytes };
};

const sizeOf = (value: string | object | null | undefined): number =>
  value == null ? 0 : Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value));

const newState = (store: DurableStore, arn: string): object => {
  const operations = store.newOperations(arn).map(({ operation }) => toWire(operation, timeForms.rest));
  store.markDelivered(arn);
  return { Operations: operations };
};

const endOf = ({ Action, Payload, Error: error }: OperationUpdate): NonNullable<Checkpointed['end']> => ({
  status: Action === 'SUCCEED' ? 'SUCCEEDED' : 'FAILED',
  ...(Payload != null && { result: Payload }),
  ...(error != null && { error }),
});

/** Operations that a replay needs, from a place on, as many as fit: children of ended contexts are told by their parent. */
export const stateFrom = (
  store: DurableStore,
  arn: string,
  { afterSeq, most = 1_000 }: { afterSeq: number; most?: number },
): { operations: Operation[]; nextMarker?: string } => {
  const operations: Operation[] = [];
  let bytes = 0;
  let last = afterSeq;
  for (const { operation, seq } of store.operations(arn, afterSeq, most)) {
    bytes += Buffer.byteLength(JSON.stringify(operation));
    if (bytes > maxStateBytes && operations.length > 0) return { operations, nextMarker: String(last) };
    if (!isToldByParent(store, arn, operation)) operations.push(operation);
    last = seq;
  }
  return store.lastSeq(arn) > last ? { operations, nextMarker: String(last) } : { operations };
};

const isToldByParent = (store: DurableStore, arn: string, { ParentId }: Operation): boolean => {
  if (ParentId === undefined) return false;
  const parent = store.operation(arn, ParentId)?.operation;
  if (parent === undefined || parent.Type !== 'CONTEXT') return false;
  const isOver = parent.Status === 'SUCCEEDED' || parent.Status === 'FAILED';
  return (isOver && parent.ContextDetails?.ReplayChildren !== true) || isToldByParent(store, arn, parent);
};
