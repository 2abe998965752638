import type { ServerResponse } from 'node:http';
import { AwsError, notImplemented } from '../aws/aws-error.ts';
import { asAwsError } from '../aws/json-protocol.ts';
import { operationName } from '../aws/operation-name.ts';
import type { AwsRequest, AwsService } from '../aws/service.ts';
import type { AsyncInvocations } from './async-invocations.ts';
import { answerDurable, durableOperationOf } from './durable/durable-api.ts';
import type { DurableExecutions } from './durable/durable-executions.ts';
import { type FunctionReference, parseFunctionReference } from './function-config.ts';
import { describeAlias, describeConfig, describeFunction, describeMapping } from './function-descriptions.ts';
import type { FunctionRegistry } from './function-registry.ts';
import type { InvokeAccess } from './invoke-access.ts';
import { invokeOverHttp } from './invoke-operation.ts';
import type { Invoker } from './invoker.ts';
import type { LambdaDeps } from './lambda.ts';
import { functionNotFound, throughLambda } from './lambda-error.ts';
import type { Mapping } from './mappings.ts';

export interface RestParts {
  readonly deps: LambdaDeps;
  readonly functions: FunctionRegistry;
  readonly invoker: Invoker;
  readonly events: AsyncInvocations;
  readonly durable: DurableExecutions;
  readonly access: InvokeAccess;
  readonly mappings: () => readonly Mapping[];
}

/** Lambda's REST interface: invocations and reading; functions themselves come from the template only. */
export const lambdaRestApi = (parts: RestParts): AwsService => ({
  signingName: 'lambda',
  operationOf: (request) =>
    durableOperationOf(request.http.method ?? 'GET', request.url.split('?')[0] ?? '') ?? operationName(request),
  async handle(request, response) {
    try {
      await route(parts, request, response);
    } catch (cause) {
      const error = asAwsError(cause, () => parts.deps.log(`lambda failed: ${String(cause)}`));
      writeError(response, request.requestId, error);
    }
  },
});

const route = async (parts: RestParts, request: AwsRequest, response: ServerResponse): Promise<void> => {
  if (await answerDurable({ executions: parts.durable, authorize: parts.deps.authorize }, request, response)) return;
  const url = new URL(request.url, 'http://lambda');
  const method = request.http.method ?? 'GET';
  const [, version, kind, name, rest] = /^\/([\d-]+)\/([a-z-]+)(?:\/([^/]*))?(?:\/(.*))?$/.exec(url.pathname) ?? [];
  const operation = `${method} ${version}/${kind}${name ? '/{name}' : ''}${rest ? `/${rest}` : ''}`;
  const read = readOperations[operation];
  if (operation === 'POST 2015-03-31/functions/{name}/invocations') {
    return invokeOverHttp(parts, request, response, referenceOf(name, url, request));
  }
  if (read === undefined) throw notImplemented(`lambda ${method} ${url.pathname}`);
  const reference = name ? () => referenceOf(name, url, request) : () => noName();
  writeJson(response, request.requestId, 200, read(parts, request, reference));
};

const noName = (): never => {
  throw new AwsError('ValidationException', 400, 'The request names no function.');
};

const referenceOf = (name: string | undefined, url: URL, request: AwsRequest): FunctionReference => {
  const qualifier = url.searchParams.get('Qualifier') ?? undefined;
  const text = decodeURIComponent(name ?? '');
  const where = { region: request.region, accountId: request.accountId, ...(qualifier !== undefined && { qualifier }) };
  const reference = parseFunctionReference(text, where);
  if (reference === undefined) throw functionNotFound(text);
  return reference;
};

type ReadOperation = (parts: RestParts, request: AwsRequest, reference: () => FunctionReference) => unknown;

const onFunction =
  (
    action: string,
    describe: (parts: RestParts, target: ReturnType<FunctionRegistry['resolve']>) => unknown,
  ): ReadOperation =>
  (parts, { caller, baseContext }, reference) => {
    const target = parts.functions.resolve(reference());
    parts.access({ caller, context: baseContext }, target, action);
    return describe(parts, target);
  };

const onAccount =
  (action: string, describe: (parts: RestParts, request: AwsRequest) => unknown): ReadOperation =>
  (parts, request) => {
    const { caller, baseContext: context, accountId, region } = request;
    try {
      parts.deps.authorize({ caller, action, resource: '*', resourceAccountId: accountId, context, region });
    } catch (error) {
      throw throughLambda(error);
    }
    return describe(parts, request);
  };

const listFunctions = onAccount('lambda:ListFunctions', ({ functions }, { region }) => ({
  Functions: functions.list(region).map(describeConfig),
}));
const listMappings = onAccount('lambda:ListEventSourceMappings', ({ mappings }) => ({
  EventSourceMappings: mappings().map(describeMapping),
}));

const readOperations: Readonly<Record<string, ReadOperation>> = {
  'GET 2015-03-31/functions': listFunctions,
  'GET 2015-03-31/functions/': listFunctions,
  'GET 2015-03-31/functions/{name}': onFunction('lambda:GetFunction', (_, { config }) => describeFunction(config)),
  'GET 2015-03-31/functions/{name}/configuration': onFunction('lambda:GetFunctionConfiguration', (_, { config }) =>
    describeConfig(config),
  ),
  'GET 2015-03-31/functions/{name}/policy': onFunction('lambda:GetPolicy', (_, { policy, invokedArn }) => {
    if (policy === undefined)
      throw new AwsError('ResourceNotFoundException', 404, `No policy is associated with ${invokedArn}.`);
    return { Policy: JSON.stringify(policy) };
  }),
  'GET 2015-03-31/functions/{name}/versions': onFunction(
    'lambda:ListVersionsByFunction',
    ({ functions }, { config }) => ({
      Versions: [config, ...functions.versions(config.arn)].map(describeConfig),
    }),
  ),
  'GET 2015-03-31/functions/{name}/aliases': onFunction('lambda:ListAliases', ({ functions }, { config }) => ({
    Aliases: functions.aliases(config.arn).map((alias) => describeAlias(config, alias)),
  })),
  'GET 2015-03-31/event-source-mappings': listMappings,
  'GET 2015-03-31/event-source-mappings/': listMappings,
};

const writeJson = (response: ServerResponse, requestId: string, status: number, body: unknown): void => {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-requestid': requestId });
  response.end(JSON.stringify(body));
};

const writeError = (response: ServerResponse, requestId: string, error: AwsError): void => {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(error.status, {
    'content-type': 'application/json',
    'x-amzn-requestid': requestId,
    'x-amzn-errortype': error.code,
    ...(error.status === 429 && { 'retry-after': '1' }),
  });
  response.end(
    JSON.stringify({ Type: error.status < 500 ? 'User' : 'Server', message: error.message, Message: error.message }),
  );
};
