import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AwsRequest, AwsService, TemplateResource } from '../../local/aws/service.ts';
import { createPlatformClock } from '../../local/clock.ts';
import { createAuthorize } from '../../local/iam/authorize.ts';
import { createKms } from '../../local/kms/kms.ts';
import { resourceProviders as kmsProviders } from '../../local/kms/resource-providers.ts';
import type { LogLine, PlatformMetric } from '../../local/lambda/invoker.ts';
import { createLambda, type LambdaDeps } from '../../local/lambda/lambda.ts';
import { resourceProviders as lambdaProviders } from '../../local/lambda/resource-providers.ts';
import { resourceProviders as sqsProviders } from '../../local/sqs/resource-providers.ts';
import { createSqs } from '../../local/sqs/sqs.ts';
import { openStore } from '../../local/store.ts';
import { createCredentials } from '../../local/sts/credentials.ts';
import { resourceProviders as stsProviders } from '../../local/sts/resource-providers.ts';
import { createSts } from '../../local/sts/sts.ts';

export const region = 'ap-south-1';
export const accountId = '000000000000';

/** Queues, keys, roles and functions on a machine's own port, with signatures that are taken for granted. */
export const startPlatform = async (options: Pick<LambdaDeps, 'limits' | 'streams'> & { dataDir?: string } = {}) => {
  const db = openStore(options.dataDir);
  const clock = createPlatformClock();
  const logged: string[] = [];
  const lines: LogLine[] = [];
  const metrics: PlatformMetric[] = [];
  const server = createServer();
  const endpoint = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const authorize = createAuthorize({ clock });
  const deps = { db, clock, authorize, newId: randomUUID, accountId, log: (line: string) => void logged.push(line) };
  const credentials = createCredentials(deps);
  const kms = createKms(deps);
  const sqs = createSqs({ ...deps, endpoint, useKey: (request) => kms.useKey(request) });
  const lambda = createLambda({
    ...deps,
    sqs,
    credentials,
    endpoint,
    clockOffset: clock.offset,
    onLog: (line) => lines.push(line),
    onMetric: (metric) => metrics.push(metric),
    ...(options.limits && { limits: options.limits }),
    ...(options.streams && { streams: options.streams }),
  });
  const sts = createSts({ ...deps, credentials });
  const services = new Map<string, AwsService>(
    [kms, sqs, lambda, sts].map((service) => [service.signingName, service]),
  );
  const providers = new Map(
    [
      ...kmsProviders(kms),
      ...sqsProviders(sqs),
      ...stsProviders(credentials),
      ...lambdaProviders(lambda, { ...deps, sqs, credentials, ...(options.streams && { streams: options.streams }) }),
    ].map((provider) => [provider.type, provider]),
  );
  const folder = mkdtempSync(join(tmpdir(), 'functions-'));
  let codeFolders = 0;

  server.on('request', (http, response) => {
    const [, accessKeyId = '', , scopeRegion = '', service = ''] =
      /Credential=([^/]+)\/(\d+)\/([^/]+)\/([^/]+)\/aws4_request/.exec(String(http.headers.authorization)) ?? [];
    const caller = credentials.lookup(accessKeyId)?.caller;
    if (caller === undefined) return void response.writeHead(403).end('{"__type":"InvalidSignatureException"}');
    const request: AwsRequest = {
      http,
      url: http.url ?? '/',
      requestId: randomUUID(),
      region: scopeRegion,
      accountId,
      caller,
      baseContext: { 'aws:PrincipalArn': caller.roleArn ?? caller.arn, 'aws:SecureTransport': 'true' },
    };
    void services.get(service)?.handle(request, response);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));

  const create = async (type: string, logicalId: string, properties: Record<string, unknown>) => {
    const resource: TemplateResource = {
      logicalId,
      type,
      stackName: 'test',
      region,
      accountId,
      properties,
      generatedName: `test-${logicalId}-0123456789ab`,
    };
    const provider = providers.get(type);
    if (provider === undefined) throw new Error(`No provider of ${type}`);
    return provider.create(resource);
  };

  return {
    db,
    clock,
    credentials,
    kms,
    sqs,
    lambda,
    create,
    endpoint,
    logged,
    lines,
    metrics,
    clientOptions: {
      region,
      endpoint: endpoint(),
      credentials: credentials.admin,
      maxAttempts: 1,
    },
    moveClock(ms: number) {
      clock.set(clock.now() + ms);
      sqs.clockMoved();
      lambda.clockMoved();
    },
    /** Writes the code of a function and answers its folder. */
    code(source: string, file = 'index.mjs'): string {
      const path = join(folder, String(++codeFolders));
      mkdirp(path);
      writeFileSync(join(path, file), source);
      return path;
    },
    async stop() {
      await lambda.close();
      sqs.close();
      await closeServer(server);
      db.close();
      rmSync(folder, { recursive: true });
    },
  };
};

export type Platform = Awaited<ReturnType<typeof startPlatform>>;

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

const mkdirp = (path: string): void => void mkdirSync(path, { recursive: true });

/** A role that Lambda may assume and that may do everything asked of it here. */
export const createRole = async (
  platform: Platform,
  statements: object[] = [{ Effect: 'Allow', Action: '*', Resource: '*' }],
) => {
  const { attributes } = await platform.create('AWS::IAM::Role', 'Role', {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
    },
    Policies: [{ PolicyName: 'rights', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
  });
  return attributes['Arn'] ?? '';
};

/** A function with this code. */
export const createFunction = async (
  platform: Platform,
  source: string,
  properties: Record<string, unknown> & { id?: string; file?: string } = {},
) => {
  const { id = 'Function', file, ...given } = properties;
  const roleArn = typeof given['Role'] === 'string' ? given['Role'] : await createRole(platform);
  const { attributes, ref } = await platform.create('AWS::Lambda::Function', id, {
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Role: roleArn,
    Code: { S3Bucket: 'assets', S3Key: 'code.zip', localPath: platform.code(source, file) },
    ...given,
  });
  return { arn: attributes['Arn'] ?? '', name: ref };
};
