import { Worker } from 'node:worker_threads';
import type { Admit } from '../../aws/admission.ts';
import { AwsError } from '../../aws/aws-error.ts';
import { unknownAccessKey } from '../../sigv4/index.ts';
import type { Credentials } from '../../sts/credentials.ts';
import type { DynamoDb } from '../dynamodb-service.ts';
import type { Table } from '../tables.ts';
import { inBatches } from './in-batches.ts';
import type { DoorQuestion, DoorReply, DoorRequest, DoorStart, FromDoor, PlainError, ToDoor } from './messages.ts';

/** A second way to DynamoDB, for the functions: what of a request needs no knowledge of the platform is done in a thread of its own. */
export interface Door {
  readonly url: string;
  close(): Promise<void>;
}

export interface DoorDeps {
  readonly dynamoDb: Pick<DynamoDb, 'decide' | 'streams'>;
  readonly credentials: Pick<Credentials, 'lookup'>;
  readonly admit: Admit;
  readonly clockOffset: SharedArrayBuffer;
  readonly accountId: string;
  readonly log: (line: string) => void;
}

/** It carries rows of at most 400 KB; far more means that something runs away. */
const mostHeapMb = 256;

/**
 * Opens the door. Its thread parses, verifies signatures and moves bytes; every decision is made here, request by request,
 * with what the platform knows at that moment, so nothing has to be kept the same in two places.
 */
export const openDoor = async (deps: DoorDeps): Promise<Door> => {
  const workerData: DoorStart = { clockOffset: deps.clockOffset };
  const worker = new Worker(new URL('./thread.ts', import.meta.url), {
    workerData,
    execArgv: [],
    name: 'dynamodb-door',
    resourceLimits: { maxOldGenerationSizeMb: mostHeapMb, maxYoungGenerationSizeMb: 8 },
  });
  const opened = Promise.withResolvers<number>();
  /** The tables of writes that are on their way. */
  const underWay = new Map<number, readonly Table[]>();
  const reply = inBatches<ToDoor>((batch) => worker.postMessage(batch));
  const decide = async (id: number, question: DoorQuestion): Promise<void> => {
    try {
      if (question.kind === 'key') return reply({ id, reply: keyOf(deps, question.accessKeyId) });
      const { verdict, written } = await verdictOn(deps, question);
      if (written.length > 0) underWay.set(id, written);
      reply({ id, reply: verdict });
    } catch (error) {
      reply({ id, reply: { kind: 'refused', error: plainError(error, deps.log) } });
    }
  };
  const carried = (id: number, succeeded: boolean): void => {
    const written = succeeded ? underWay.get(id) : undefined;
    underWay.delete(id);
    for (const table of written ?? []) deps.dynamoDb.streams.written(table);
  };
  const hear = (message: FromDoor): void => {
    if (message.kind === 'open') opened.resolve(message.port);
    else if (message.kind === 'question') void decide(message.id, message.question);
    else carried(message.id, message.succeeded);
  };
  worker.on('message', (batch: readonly FromDoor[]) => {
    for (const message of batch) hear(message);
  });
  // Before it is open, whoever opens it hears of an error; afterwards there is no going on without it.
  worker.on('error', (error) => opened.reject(error));
  const port = await opened.promise;
  worker.on('error', (error) => {
    throw error;
  });
  return { url: `http://127.0.0.1:${port}`, close: async () => void (await worker.terminate()) };
};

const keyOf = ({ credentials }: DoorDeps, accessKeyId: string): DoorReply => {
  const known = credentials.lookup(accessKeyId);
  if (known === undefined) return { kind: 'key', credentials: undefined };
  const { secretAccessKey, sessionToken } = known;
  return { kind: 'key', credentials: { secretAccessKey, sessionToken } };
};

const verdictOn = async (
  deps: DoorDeps,
  { accessKeyId, region, baseContext, target, text }: DoorRequest,
): Promise<{ readonly verdict: DoorReply; readonly written: readonly Table[] }> => {
  const { credentials, admit, dynamoDb, accountId } = deps;
  const known = credentials.lookup(accessKeyId);
  if (known === undefined) throw unknownAccessKey(accessKeyId);
  const { caller } = known;
  const operation = target.slice(target.indexOf('.') + 1);
  const effect = admit({ caller, service: 'dynamodb', operation, region });
  if (effect === 'cut') return { verdict: { kind: 'cut' }, written: [] };
  const isLost = effect === 'cut-after';
  const decided = await dynamoDb.decide({ requester: { caller, accountId, region, baseContext }, target, text });
  if ('answer' in decided) {
    const { status, body } = decided.answer;
    return { verdict: { kind: 'answer', status, text: body.toString('utf8'), isLost }, written: [] };
  }
  const { carriage } = decided;
  const changedText = carriage.text === text ? undefined : carriage.text;
  const { place } = carriage.backend;
  const isWrite = carriage.written.length > 0;
  return { verdict: { kind: 'carry', place, text: changedText, isWrite, isLost }, written: carriage.written };
};

const plainError = (error: unknown, log: (line: string) => void): PlainError => {
  if (error instanceof AwsError) {
    const { code, status, message, details } = error;
    return { code, status, message, details };
  }
  log(`DynamoDB's door failed: ${error instanceof Error ? error.stack : String(error)}`);
  return { code: 'InternalError', status: 500, message: 'We encountered an internal error.', details: {} };
};
