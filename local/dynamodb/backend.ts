import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsError } from '../aws/aws-error.ts';
import { isJsonObject, type JsonObject, textAt } from '../aws/json-object.ts';
import { createCarrier, type ItemsPlace } from './carrier.ts';
import { startDynoxide } from './dynoxide.ts';
import { type DynamoDbSource, type Environment, findDynamoDb } from './dynoxide-command.ts';
import { type DynoxideFile, openDynoxideFile } from './dynoxide-file.ts';

export const dataTarget = 'DynamoDB_20120810';
export const streamsTarget = 'DynamoDBStreams_20120810';

export interface BackendAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/** The DynamoDB of one region. */
export interface Backend {
  readonly place: ItemsPlace;
  /** Passes an operation on as it is and answers as it is. */
  forward(target: string, body: Buffer | string): Promise<BackendAnswer>;
  /** Calls an operation for the platform itself; an error answer is thrown as AwsError. */
  call(operation: string, input: unknown): Promise<JsonObject>;
  /** The file of a Dynoxide that the platform runs; undefined for somebody else's endpoint. */
  readonly file: DynoxideFile | undefined;
  stop(): Promise<void>;
}

/**
 * One Dynoxide per region (8 MB each), started at the region's first use: tables of two regions cannot meet, and requests
 * pass unchanged.
 */
export interface Backends {
  forRegion(region: string): Promise<Backend>;
  /** The regions that have been used. */
  started(): Promise<ReadonlyMap<string, Backend>>;
  stop(): Promise<void>;
}

export interface BackendsOptions {
  /** Where the files live; undefined: a folder of the system's temporary ones that goes at the end. */
  readonly dataDir: string | undefined;
  readonly environment: Environment;
  readonly log: (line: string) => void;
  /** Told of each region's, before anybody uses it. @default nobody is */
  readonly onStarted?: (backend: Backend) => void;
}

export const createBackends = ({ dataDir, environment, log, onStarted }: BackendsOptions): Backends => {
  const backends = new Map<string, Promise<Backend>>();
  let folder: string | undefined;
  const dbFolder = () => {
    folder ??= dataDir === undefined ? mkdtempSync(join(tmpdir(), 'mediakeep-dynamodb-')) : join(dataDir, 'dynamodb');
    mkdirSync(folder, { recursive: true });
    return folder;
  };
  const start = async (region: string) => {
    const backend = await startBackend({
      source: findDynamoDb(environment),
      region,
      dbPath: () => join(dbFolder(), `${region}.sqlite`),
      log,
    });
    onStarted?.(backend);
    return backend;
  };
  return {
    async forRegion(region) {
      const known = backends.get(region);
      if (known !== undefined) return known;
      const starting = start(region);
      backends.set(region, starting);
      starting.catch(() => backends.delete(region));
      return starting;
    },
    started: async () =>
      new Map(await Promise.all([...backends].map(async ([region, backend]) => [region, await backend] as const))),
    async stop() {
      for (const backend of await Promise.allSettled(backends.values())) {
        if (backend.status === 'fulfilled') await backend.value.stop();
      }
      backends.clear();
      if (dataDir === undefined && folder !== undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
};

interface StartOptions {
  readonly source: DynamoDbSource;
  readonly region: string;
  readonly dbPath: () => string;
  readonly log: (line: string) => void;
}

const startBackend = async ({ source, region, dbPath, log }: StartOptions): Promise<Backend> => {
  if (source.kind === 'endpoint')
    return backendAt({ url: source.url, region, isOwn: false }, undefined, async () => {});
  const path = dbPath();
  const dynoxide = await startDynoxide({ program: source.path, dbPath: path, log });
  try {
    const file = openDynoxideFile(path);
    return backendAt({ url: dynoxide.url, region, isOwn: true }, file, async () => {
      file.close();
      await dynoxide.stop();
    });
  } catch (error) {
    await dynoxide.stop();
    throw error;
  }
};

const backendAt = (place: ItemsPlace, file: DynoxideFile | undefined, stopProcess: () => Promise<void>): Backend => {
  const carrier = createCarrier(place);
  return {
    place,
    file,
    forward: carrier.carry,
    async call(operation, input) {
      const answer = await carrier.carry(`${dataTarget}.${operation}`, JSON.stringify(input));
      const value: unknown = JSON.parse(answer.body.toString('utf8'));
      const object = isJsonObject(value) ? value : {};
      if (answer.status === 200) return object;
      const code = textAt(object, '__type')?.split('#').at(-1) ?? 'InternalServerError';
      throw new AwsError(code, answer.status, textAt(object, 'message') ?? textAt(object, 'Message') ?? code);
    },
    async stop() {
      carrier.close();
      await stopProcess();
    },
  };
};
