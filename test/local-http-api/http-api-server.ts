import { connect } from 'node:net';
import type { Clock } from '../../core/time.ts';
import type { ServiceSource } from '../../local/aws/caller-context.ts';
import type { CreatedResource, TemplateResource } from '../../local/aws/service.ts';
import type { MetricValue } from '../../local/cloudwatch/metric-store.ts';
import { createHttpApi, type HttpApiDeps } from '../../local/http-api/http-api.ts';

export const functionArn = 'arn:aws:lambda:ap-south-1:000000000000:function:api';

/** A clock that a test moves. */
export interface MovableClock extends Clock {
  advance(ms: number): void;
}

export const movableClock = (): MovableClock => {
  let now = Date.parse('2026-01-15T10:00:00.000Z');
  return {
    now: () => now,
    advance(ms) {
      now += ms;
    },
  };
};

export interface Invocation {
  readonly functionArn: string;
  readonly payload: Record<string, unknown>;
  readonly source: ServiceSource;
}

export interface ApiUnderTest extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly clock: MovableClock;
  /** What the function was called with. */
  readonly calls: Invocation[];
  readonly metrics: MetricValue[];
  readonly accessLog: string[];
  /** What the platform's log says. */
  readonly log: string[];
}

export interface ApiOptions {
  /** Route keys, with the authorization of each; the default is one open `$default`. */
  readonly routes?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly api?: Readonly<Record<string, unknown>>;
  readonly integration?: Readonly<Record<string, unknown>>;
  readonly stage?: Readonly<Record<string, unknown>>;
  readonly authorizer?: { readonly Issuer: string; readonly Audience: readonly string[] };
  readonly answer?: (payload: Record<string, unknown>) => unknown;
  readonly invoke?: HttpApiDeps['invoke'];
  readonly issuerKeys?: HttpApiDeps['issuerKeys'];
  readonly clock?: MovableClock;
}

/** An API of the template in front of a function that answers what the test says. */
export const startApi = async (options: ApiOptions = {}): Promise<ApiUnderTest> => {
  const clock = options.clock ?? movableClock();
  const calls: Invocation[] = [];
  const metrics: MetricValue[] = [];
  const accessLog: string[] = [];
  const log: string[] = [];
  let requests = 0;
  const httpApi = createHttpApi({
    clock,
    newId: () => `request-${++requests}`,
    log: (line) => void log.push(line),
    portFor: () => 0,
    issuerKeys: options.issuerKeys ?? (() => undefined),
    putMetric: (metric) => void metrics.push(metric),
    writeAccessLog: (_, line) => void accessLog.push(line),
    async invoke(arn, payload, source) {
      const event = payload as Record<string, unknown>;
      calls.push({ functionArn: arn, payload: event, source });
      if (options.invoke !== undefined) return options.invoke(arn, payload, source);
      return { payload: options.answer?.(event) ?? { statusCode: 200, body: 'ok' } };
    },
  });
  const create = async (type: string, properties: Readonly<Record<string, unknown>>, logicalId: string) => {
    const provider = httpApi.providers.find((candidate) => candidate.type === `AWS::ApiGatewayV2::${type}`);
    if (provider === undefined) throw new Error(`no provider for ${type}`);
    return provider.create(resource(type, properties, logicalId));
  };
  await buildApi(create, options);
  const url = httpApi.apis()[0]?.url ?? '';
  return {
    url,
    port: Number(new URL(url).port),
    clock,
    calls,
    metrics,
    accessLog,
    log,
    [Symbol.asyncDispose]: () => httpApi.stop(),
  };
};

const buildApi = async (
  create: (type: string, properties: Readonly<Record<string, unknown>>, logicalId: string) => Promise<CreatedResource>,
  options: ApiOptions,
): Promise<void> => {
  const api = await create('Api', { Name: 'mediakeep', ProtocolType: 'HTTP', ...options.api }, 'Api');
  const ApiId = api.ref;
  const integration = await create(
    'Integration',
    {
      ApiId,
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: functionArn,
      PayloadFormatVersion: '2.0',
      ...options.integration,
    },
    'Integration',
  );
  const authorizer =
    options.authorizer === undefined
      ? undefined
      : await create(
          'Authorizer',
          {
            ApiId,
            Name: 'people',
            AuthorizerType: 'JWT',
            IdentitySource: ['$request.header.Authorization'],
            JwtConfiguration: options.authorizer,
          },
          'Authorizer',
        );
  for (const [RouteKey, extra] of Object.entries(options.routes ?? { $default: {} })) {
    const jwt = 'AuthorizationScopes' in extra || extra['AuthorizationType'] === 'JWT';
    await create(
      'Route',
      {
        ApiId,
        RouteKey,
        Target: `integrations/${integration.ref}`,
        ...(jwt ? { AuthorizationType: 'JWT', AuthorizerId: authorizer?.ref } : {}),
        ...extra,
      },
      RouteKey,
    );
  }
  await create('Stage', { ApiId, StageName: '$default', AutoDeploy: true, ...options.stage }, 'Stage');
};

const resource = (
  type: string,
  properties: Readonly<Record<string, unknown>>,
  logicalId: string,
): TemplateResource => ({
  logicalId,
  type: `AWS::ApiGatewayV2::${type}`,
  stackName: 'test-service',
  region: 'ap-south-1',
  accountId: '000000000000',
  properties,
  generatedName: `test-service-${logicalId}-0123456789ab`,
});

/** Sends bytes as they are, for what no HTTP client would send; answers everything that comes back. */
export const sendRaw = (port: number, text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(text));
    let answer = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', (error) => (answer === '' ? reject(error) : resolve(answer)));
  });
