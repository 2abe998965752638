import { createServer } from 'node:http';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../core/time.ts';
import type { AuthorizationRequest, Authorize, Caller } from '../../local/aws/caller.ts';
import type { TemplateResource } from '../../local/aws/service.ts';
import { createDynamoDb, type DynamoDb } from '../../local/dynamodb/dynamodb-service.ts';
import type { UseKey } from '../../local/dynamodb/permission.ts';

export const accountId = '000000000000';
export const home = 'ap-south-1';

/** A clock that a test moves. */
export interface MovableClock extends Clock {
  advance(ms: number): void;
}

export const movableClock = (): MovableClock => {
  let offset = 0;
  return {
    now: () => Date.now() + offset,
    advance(ms) {
      offset += ms;
    },
  };
};

export interface DynamoDbServer extends AsyncDisposable {
  readonly service: DynamoDb;
  readonly clock: MovableClock;
  /** Everything that IAM was asked. */
  readonly asked: AuthorizationRequest[];
  readonly keysUsed: Parameters<UseKey>[0][];
  readonly url: string;
  client(region?: string): DynamoDBClient;
  create(type: string, properties: Readonly<Record<string, unknown>>, region?: string): Promise<Record<string, string>>;
}

export interface ServerOptions {
  readonly dataDir?: string;
  /** A DynamoDB that runs already. */
  readonly endpoint?: string;
  readonly authorize?: Authorize;
  readonly useKey?: UseKey;
}

const caller: Caller = {
  kind: 'role',
  arn: `arn:aws:sts::${accountId}:assumed-role/tester/session`,
  accountId,
  identityPolicies: [],
};

/** DynamoDB behind an endpoint of its own, where every request is a certain role's. */
export const startDynamoDbServer = async (options: ServerOptions = {}): Promise<DynamoDbServer> => {
  const clock = movableClock();
  const asked: AuthorizationRequest[] = [];
  const keysUsed: Parameters<UseKey>[0][] = [];
  const service = createDynamoDb({
    clock,
    dataDir: options.dataDir,
    environment: { PATH: process.env['PATH'], DYNAMODB_ENDPOINT: options.endpoint },
    log: () => {},
    authorize(request) {
      asked.push(request);
      options.authorize?.(request);
    },
    useKey(request) {
      keysUsed.push(request);
      options.useKey?.(request);
    },
  });
  const server = createServer((http, response) => {
    const region = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(http.headers.authorization ?? '')?.[1] ?? home;
    const request = { http, url: http.url ?? '/', requestId: 'request-1', region, accountId, caller, baseContext: {} };
    void service.handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const clients = new Map<string, DynamoDBClient>();
  return {
    service,
    clock,
    asked,
    keysUsed,
    url,
    client(region = home) {
      const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
      const client = clients.get(region) ?? new DynamoDBClient({ endpoint: url, region, credentials, maxAttempts: 1 });
      clients.set(region, client);
      return client;
    },
    async create(type, properties, region = home) {
      const provider = service.providers.find((candidate) => candidate.type === type);
      if (provider === undefined) throw new Error(`no provider for ${type}`);
      const { ref, attributes } = await provider.create(resource(type, properties, region));
      return { ...attributes, Ref: ref };
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients.values()) client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await service.stop();
    },
  };
};

const resource = (type: string, properties: Readonly<Record<string, unknown>>, region: string): TemplateResource => ({
  logicalId: 'Table',
  type,
  stackName: 'test-data',
  region,
  accountId,
  properties,
  generatedName: 'test-data-Table-0123456789ab',
});
