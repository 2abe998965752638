import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { MetricValue } from '../cloudwatch/metric-store.ts';
import { type AccessEntry, accessLine } from './access-log.ts';
import type { HttpApiModel } from './api-model.ts';
import { corsHeaders, isPreflight, preflightHeaders } from './cors.ts';
import { GatewayError } from './gateway-error.ts';
import { type GatewayRequest, readRequest } from './gateway-request.ts';
import { answerRequest, type PipelineDeps, type Progress } from './pipeline.ts';
import { type GatewayResponse, messageResponse } from './proxy-response.ts';

export interface ApiServerDeps extends PipelineDeps {
  readonly newId: () => string;
  readonly log: (line: string) => void;
  readonly putMetric: (metric: MetricValue) => void;
  /** True for a region that is lost. @default none is */
  readonly isDown?: (region: string) => boolean;
  /** Writes a line of an API's access log to its log group. */
  readonly writeAccessLog: (logGroupArn: string, line: string) => void;
}

const headerTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;

/** Listens for one API; a port that is taken is an error that says so. */
export const listen = async (deps: ApiServerDeps, api: HttpApiModel, port: number): Promise<Server> => {
  // Room above the API's own limit, so that the API and not the parser answers.
  const server = createServer({ maxHeaderSize: 64 * 1024 }, (http, response) => void serve(deps, api, http, response));
  server.headersTimeout = headerTimeoutMs;
  server.requestTimeout = requestTimeoutMs;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, api, port)));
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
};

const listenError = (cause: Error, { name }: HttpApiModel, port: number): Error =>
  new Error(
    `The API ${name} cannot listen on port ${port} (${cause.message}). Stop what uses it or choose another port.`,
    {
      cause,
    },
  );

const serve = async (
  deps: ApiServerDeps,
  api: HttpApiModel,
  http: IncomingMessage,
  out: ServerResponse,
): Promise<void> => {
  if (deps.isDown?.(api.region)) return void http.socket.destroy();
  const progress: Progress = {
    stage: undefined,
    match: undefined,
    token: undefined,
    integrationMs: undefined,
    problem: undefined,
  };
  const startedAt = performance.now();
  const id = deps.newId();
  let request: GatewayRequest | undefined;
  let response: GatewayResponse;
  try {
    request = readRequest(http, id, deps.clock.now());
    response = await answerRequest(deps, api, request, progress);
  } catch (error) {
    response = errorResponse(deps, error, progress);
  }
  write(out, id, response, headersForBrowser(api, http));
  if (request !== undefined)
    record(deps, api, { request, response, progress, latencyMs: performance.now() - startedAt });
};

const headersForBrowser = (
  { cors }: HttpApiModel,
  { method = '', headers }: IncomingMessage,
): Record<string, string> => {
  if (cors === undefined) return {};
  const { origin } = headers;
  return origin !== undefined && isPreflight(method, headers)
    ? preflightHeaders(cors, origin)
    : corsHeaders(cors, origin);
};

const errorResponse = (deps: ApiServerDeps, error: unknown, progress: Progress): GatewayResponse => {
  if (error instanceof GatewayError) {
    progress.problem = error.reason ?? error.message;
    return messageResponse(error.status, error.message, error.headers);
  }
  deps.log(`The HTTP API failed: ${error instanceof Error ? error.stack : String(error)}`);
  progress.problem = 'the API failed';
  return messageResponse(500, 'Internal Server Error');
};

const write = (
  out: ServerResponse,
  id: string,
  response: GatewayResponse,
  cors: Readonly<Record<string, string>>,
): void => {
  if (out.destroyed) return;
  const length = response.status === 204 || response.status === 304 ? {} : { 'content-length': response.body.length };
  for (const [name, value] of Object.entries({ ...response.headers, ...cors, ...length, 'apigw-requestid': id })) {
    out.setHeader(name, value);
  }
  out.writeHead(response.status);
  out.end(response.body);
};

interface Outcome {
  readonly request: GatewayRequest;
  readonly response: GatewayResponse;
  readonly progress: Progress;
  readonly latencyMs: number;
}

const record = (deps: ApiServerDeps, api: HttpApiModel, { request, response, progress, latencyMs }: Outcome): void => {
  const { stage, match, token, integrationMs, problem } = progress;
  const put = (name: string, value: number, unit: string) => {
    const perStage: Record<string, string> = { ApiId: api.id, Stage: stage?.name ?? '$default' };
    for (const dimensions of [{ ApiId: api.id }, perStage]) {
      deps.putMetric({ namespace: 'AWS/ApiGateway', name, dimensions, value, unit, timestamp: request.receivedAtMs });
    }
  };
  put('Count', 1, 'Count');
  put('4xx', response.status >= 400 && response.status < 500 ? 1 : 0, 'Count');
  put('5xx', response.status >= 500 ? 1 : 0, 'Count');
  put('Latency', latencyMs, 'Milliseconds');
  if (integrationMs !== undefined) put('IntegrationLatency', integrationMs, 'Milliseconds');
  if (stage?.accessLog === undefined) return;
  const entry: AccessEntry = {
    request,
    response,
    routeKey: match?.route.key,
    apiId: api.id,
    accountId: api.accountId,
    stage,
    latencyMs: Math.round(latencyMs),
    integrationMs,
    errorMessage: problem,
    claims: token?.claims,
  };
  deps.writeAccessLog(stage.accessLog.destinationArn, accessLine(stage.accessLog.format, entry));
};
