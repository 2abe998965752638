import { AwsError } from '../aws/aws-error.ts';
import { isJsonObject, type JsonObject } from '../aws/json-object.ts';
import { readBody } from '../aws/request-body.ts';
import type { AwsService, ResourceProvider } from '../aws/service.ts';
import type { ServiceDeps } from '../aws/service-deps.ts';
import { type Backend, type BackendAnswer, createBackends, dataTarget, streamsTarget } from './backend.ts';
import { errorAnswer, writeAnswer } from './dynamodb-answer.ts';
import type { Environment } from './dynoxide-command.ts';
import { expireTable } from './expiry.ts';
import {
  type Carriage,
  dataOperation,
  itemOperations,
  type Operation,
  permitted,
  streamOperation,
} from './operations.ts';
import type { Requester, UseKey } from './permission.ts';
import type { RecoveryDeps } from './recovery-deps.ts';
import { maxBodyBytes } from './request-size.ts';
import { adoptTable } from './restore-table.ts';
import { createStreamSource, type StreamSource } from './stream-source.ts';
import { type TableBackups, tableBackups } from './table-backups.ts';
import { tableProviders } from './table-providers.ts';
import { createTables } from './tables.ts';

/** DynamoDB and DynamoDB Streams: permissions and TTL here, items in Dynoxide. */
export interface DynamoDb extends AwsService {
  readonly providers: ResourceProvider[];
  /** Answers a request, or, where it concerns items and is permitted, leaves it to whoever asks to carry it to them. */
  decide(asked: Asked): Promise<{ readonly answer: BackendAnswer } | { readonly carriage: Carriage }>;
  /** The tables' streams, for whoever follows them. */
  readonly streams: StreamSource;
  /** What AWS Backup does with tables. */
  readonly backups: TableBackups;
  /** Puts what is written from now on, in streams and undo logs, on the platform's clock: called right after every move of it. */
  clockMoved(): Promise<void>;
  /**
   * Deletes the rows whose TTL has passed and the stream records older than 24 hours, by the platform's clock: called at each
   * midnight of a journey, at its end, and now and then. Answers how many rows went.
   */
  expireRows(nowMs: number): Promise<number>;
  stop(): Promise<void>;
}

/** A request to DynamoDB, whatever way it came. */
export interface Asked {
  readonly requester: Requester;
  /** `DynamoDB_20120810.PutItem` */
  readonly target: string;
  readonly text: string;
}

export interface DynamoDbDeps extends Pick<ServiceDeps, 'clock' | 'authorize' | 'log'> {
  /** Undefined: items live in a temporary folder that goes with the platform. */
  readonly dataDir: string | undefined;
  /** `DYNAMODB_ENDPOINT` and `PATH`. */
  readonly environment: Environment;
  readonly useKey: UseKey;
}

const streamRetentionMs = 24 * 3_600_000;

export const createDynamoDb = ({ clock, authorize, log, dataDir, environment, useKey }: DynamoDbDeps): DynamoDb => {
  const tables = createTables();
  const backends = createBackends({
    dataDir,
    environment,
    log,
    onStarted: ({ file }) => {
      for (const restored of file?.restored.all() ?? []) adoptTable(tables, restored);
    },
  });
  const deps: RecoveryDeps = { backends, tables, authorize, useKey, clock };
  const streams = createStreamSource({ ...deps, clock });
  const clockMoved = async (): Promise<void> => {
    for (const backend of (await backends.started()).values()) backend.file?.setClockOffset(clock.now() - Date.now());
  };
  return {
    signingName: 'dynamodb',
    providers: tableProviders(backends, tables, clock),
    streams,
    backups: tableBackups(deps),
    async handle(request, response) {
      const answer = await answered(log, async () => {
        const body = await readBody(request, maxBodyBytes);
        const target = String(request.http.headers['x-amz-target'] ?? '');
        return await operate(deps, streams, { requester: request, target, text: body.toString('utf8') });
      });
      writeAnswer(response, { ...answer, requestId: request.requestId });
    },
    async decide(asked) {
      if (!isAboutItems(asked)) return { answer: await answered(log, () => operate(deps, streams, asked)) };
      try {
        return { carriage: await permitted(deps, operationOf(asked)) };
      } catch (error) {
        return { answer: failed(error, log) };
      }
    },
    clockMoved,
    async expireRows(nowMs) {
      let removed = 0;
      await clockMoved();
      for (const [region, backend] of await backends.started()) {
        for (const table of tables.all()) {
          if (table.region !== region || table.homeRegion !== region) continue;
          const expired = await expireTable(backend, table, nowMs);
          if (expired > 0) streams.written(table);
          removed += expired;
        }
        await trimStream(backend, nowMs - streamRetentionMs);
      }
      return removed;
    },
    stop: () => backends.stop(),
  };
};

const trimStream = async ({ file }: Backend, beforeMs: number): Promise<void> => {
  while (file !== undefined && file.trimStream(beforeMs) > 0) await new Promise((resolve) => setImmediate(resolve));
};

const answered = (log: (line: string) => void, work: () => Promise<BackendAnswer>): Promise<BackendAnswer> =>
  work().catch((error: unknown) => failed(error, log));

const failed = (error: unknown, log: (line: string) => void): BackendAnswer => {
  if (!(error instanceof AwsError)) log(`DynamoDB failed: ${error instanceof Error ? error.stack : String(error)}`);
  return errorAnswer(error);
};

const operate = async (deps: RecoveryDeps, streams: StreamSource, asked: Asked): Promise<BackendAnswer> => {
  const operation = operationOf(asked);
  const target = asked.target.split('.')[0];
  if (target === dataTarget) return await dataOperation(deps, operation, streams.written);
  if (target === streamsTarget) return await streamOperation(deps, operation);
  throw new AwsError('UnknownOperationException', 400, 'The header X-Amz-Target names no operation of DynamoDB.');
};

const operationOf = ({ requester, target, text }: Asked): Operation => ({
  request: requester,
  name: target.split('.')[1] ?? '',
  input: parse(text),
  text,
});

const isAboutItems = ({ target }: Asked): boolean => {
  const [service, name = ''] = target.split('.');
  return service === dataTarget && itemOperations.has(name);
};

const parse = (text: string): JsonObject => {
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value)) return value;
  } catch {
    // Falls through to the one error for everything that is no object.
  }
  throw new AwsError('SerializationException', 400, 'The body is not a JSON object.');
};
