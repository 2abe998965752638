import type { Clock } from '../../core/time.ts';
import type { ServiceSource } from '../aws/caller-context.ts';
import type { HttpApiModel, Integration, Stage } from './api-model.ts';
import { isPreflight } from './cors.ts';
import { GatewayError } from './gateway-error.ts';
import { type GatewayRequest, readGatewayBody, tokenCarrier } from './gateway-request.ts';
import { authorizeSigner, type IamAuthorizerDeps } from './iam-authorizer.ts';
import { type AuthorizedToken, authorizeToken } from './jwt-authorizer.ts';
import { proxyEvent } from './proxy-event.ts';
import { type GatewayResponse, readResponse } from './proxy-response.ts';
import { matchRoute, type RouteMatch } from './route-match.ts';
import type { SigningKeys } from './signing-keys.ts';
import { accountLimit, type Throttle } from './throttle.ts';

/** Calls a function of the platform in the name of an API; a missing permission is an error. */
export type InvokeFunction = (
  functionArn: string,
  payload: unknown,
  source: ServiceSource,
) => Promise<{ readonly payload: unknown; readonly functionError?: string }>;

export interface PipelineDeps {
  readonly clock: Clock;
  readonly keys: SigningKeys;
  readonly throttle: Throttle;
  readonly invoke: InvokeFunction;
  /** Who signs requests, for routes with `AWS_IAM`. @default nobody */
  readonly iam?: IamAuthorizerDeps;
}

/** What became known of a request on its way, for log and metrics even when it ends early. */
export interface Progress {
  stage: Stage | undefined;
  match: RouteMatch | undefined;
  token: AuthorizedToken | undefined;
  integrationMs: number | undefined;
  /** Why a function's answer could not be used. */
  problem: string | undefined;
}

/** The way of a request: stage and route, preflight, rate, token, body, function. Throws GatewayError where it ends early. */
export const answerRequest = async (
  deps: PipelineDeps,
  api: HttpApiModel,
  request: GatewayRequest,
  progress: Progress,
): Promise<GatewayResponse> => {
  const { stage, path } = findStage(api, request.path);
  progress.stage = stage;
  const match = matchRoute(api.routes.values(), request.method, path);
  // The API answers only a preflight that no route takes; `$default` takes all of them, and asks for its token.
  if (match === undefined && api.cors !== undefined && isPreflight(request.method, request.http.headers)) {
    return { status: 204, headers: {}, body: Buffer.alloc(0) };
  }
  const integration = match === undefined ? undefined : api.integrations.get(match.route.integrationId);
  if (match === undefined || integration === undefined) throw new GatewayError(404, 'Not Found');
  progress.match = match;
  limitRate(deps.throttle, api, stage, match.route.key);
  progress.token = await authorize(deps, api, request, match);
  const body = await readGatewayBody(request.http);
  const signer =
    match.route.authorization.type === 'AWS_IAM'
      ? authorizeSigner(deps.iam, { api, stage: stage.name, request, body })
      : undefined;
  const event = proxyEvent({ api, stage, request, match, token: progress.token, signer, body });
  return callFunction(deps, { api, stage, request, match, integration, event, progress });
};

const findStage = (api: HttpApiModel, path: string): { stage: Stage; path: string } => {
  const [, first = ''] = path.split('/');
  const named = first === '$default' ? undefined : api.stages.get(first);
  if (named !== undefined) return { stage: named, path: path.slice(first.length + 1) || '/' };
  const stage = api.stages.get('$default');
  if (stage === undefined) throw new GatewayError(404, 'Not Found');
  return { stage, path };
};

const limitRate = (throttle: Throttle, api: HttpApiModel, stage: Stage, routeKey: string): void => {
  const own = stage.routeLimits.get(routeKey);
  const bucket = own === undefined ? `${api.id}/${stage.name}` : `${api.id}/${stage.name}/${routeKey}`;
  if (!throttle.take(bucket, own ?? stage.defaultLimit ?? accountLimit)) {
    throw new GatewayError(429, 'Too Many Requests');
  }
};

const authorize = async (
  deps: PipelineDeps,
  api: HttpApiModel,
  request: GatewayRequest,
  { route }: RouteMatch,
): Promise<AuthorizedToken | undefined> => {
  if (route.authorization.type !== 'JWT') return undefined;
  const authorizer = api.authorizers.get(route.authorization.authorizerId);
  if (authorizer === undefined) throw new GatewayError(500, 'Internal Server Error', { reason: 'no such authorizer' });
  return authorizeToken(deps, { authorizer, scopes: route.authorization.scopes, carrier: tokenCarrier(request) });
};

interface FunctionCall {
  readonly api: HttpApiModel;
  readonly stage: Stage;
  readonly request: GatewayRequest;
  readonly match: RouteMatch;
  readonly integration: Integration;
  readonly event: unknown;
  readonly progress: Progress;
}

const callFunction = async (deps: PipelineDeps, call: FunctionCall): Promise<GatewayResponse> => {
  const { api, integration, event, progress } = call;
  const source = { service: 'apigateway.amazonaws.com', arn: sourceArn(call), accountId: api.accountId };
  const startedAt = performance.now();
  const failed = (status: number, message: string, reason: string) => new GatewayError(status, message, { reason });
  try {
    const { payload, functionError } = await within(
      integration.timeoutMs,
      deps.invoke(integration.functionArn, event, source),
    );
    if (functionError !== undefined)
      throw failed(500, 'Internal Server Error', `the function failed: ${functionError}`);
    const response = readResponse(payload, api.cors !== undefined);
    if (response === undefined) throw failed(500, 'Internal Server Error', 'the function answered in no known form');
    return response;
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    throw failed(500, 'Internal Server Error', error instanceof Error ? error.message : String(error));
  } finally {
    progress.integrationMs = Math.round(performance.now() - startedAt);
  }
};

/** The route as a resource: what a function's permission names. */
const sourceArn = ({ api, stage, request, match }: FunctionCall): string => {
  const path = match.route.key.split(' ')[1];
  const route = path === undefined ? '$default' : `${request.method}${path}`;
  return `arn:aws:execute-api:${api.region}:${api.accountId}:${api.id}/${stage.name}/${route}`;
};

const within = async <T>(timeoutMs: number, work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new GatewayError(503, 'Service Unavailable', { reason: 'Endpoint request timed out' }));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {});
  }
};
