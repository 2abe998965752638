import type { HttpApiModel, Stage } from './api-model.ts';
import type { GatewayRequest } from './gateway-request.ts';
import type { AuthorizedSigner } from './iam-authorizer.ts';
import { type AuthorizedToken, claimText } from './jwt-authorizer.ts';
import type { RouteMatch } from './route-match.ts';

export interface ProxyCall {
  readonly api: HttpApiModel;
  readonly stage: Stage;
  readonly request: GatewayRequest;
  readonly match: RouteMatch;
  readonly token: AuthorizedToken | undefined;
  /** Who signed, on a route with `AWS_IAM`. */
  readonly signer?: AuthorizedSigner | undefined;
  readonly body: Buffer;
}

/** The event of payload format 2.0. Members without a value are absent. */
export const proxyEvent = (call: ProxyCall): Record<string, unknown> => {
  const { request, match, stage, body } = call;
  const binary = body.length > 0 && !isText(request.headers['content-type']);
  return {
    version: '2.0',
    routeKey: match.route.key,
    rawPath: request.path,
    rawQueryString: request.rawQuery,
    ...(request.cookies.length > 0 ? { cookies: request.cookies } : {}),
    headers: forwardedHeaders(request),
    ...(request.query.size > 0 ? { queryStringParameters: Object.fromEntries(request.query) } : {}),
    requestContext: requestContext(call),
    ...(Object.keys(match.pathParameters).length > 0 ? { pathParameters: match.pathParameters } : {}),
    ...(stage.variables === undefined ? {} : { stageVariables: stage.variables }),
    ...(body.length > 0 ? { body: body.toString(binary ? 'base64' : 'utf8') } : {}),
    isBase64Encoded: binary,
  };
};

/** API Gateway passes these as text and everything else, a missing type included, as base64. */
const textTypes = new Set(['application/json', 'application/xml', 'application/javascript']);
const isText = (contentType: string | undefined): boolean => {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return type.startsWith('text/') || textTypes.has(type);
};

const forwardedHeaders = ({ headers, sourceIp, id, http }: GatewayRequest): Record<string, string> => {
  const before = headers['x-forwarded-for'];
  return {
    'content-length': '0',
    ...headers,
    'x-forwarded-for': before === undefined ? sourceIp : `${before}, ${sourceIp}`,
    'x-forwarded-port': String(http.socket.localPort ?? 443),
    'x-forwarded-proto': 'http',
    'x-amzn-trace-id': headers['x-amzn-trace-id'] ?? `Root=1-${id}`,
  };
};

const requestContext = ({ api, stage, request, match, token, signer }: ProxyCall): Record<string, unknown> => ({
  accountId: api.accountId,
  apiId: api.id,
  ...(token === undefined ? {} : { authorizer: { jwt: { claims: claimTexts(token), scopes: token.scopes } } }),
  ...(signer === undefined ? {} : { authorizer: { iam: signer } }),
  domainName: domainName(request),
  domainPrefix: api.id,
  http: {
    method: request.method,
    path: request.path,
    protocol: `HTTP/${request.http.httpVersion}`,
    sourceIp: request.sourceIp,
    userAgent: request.headers['user-agent'] ?? '',
  },
  requestId: request.id,
  routeKey: match.route.key,
  stage: stage.name,
  time: commonLogTime(request.receivedAtMs),
  timeEpoch: request.receivedAtMs,
});

const claimTexts = ({ claims }: AuthorizedToken): Record<string, string> =>
  Object.fromEntries(
    Object.entries(claims)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, claimText(value)]),
  );

/** The host that the client named, without its port. */
export const domainName = ({ headers }: GatewayRequest): string => (headers['host'] ?? '').replace(/:\d+$/, '');

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `12/Mar/2020:19:03:58 +0000` */
export const commonLogTime = (ms: number): string => {
  const iso = new Date(ms).toISOString();
  return `${iso.slice(8, 10)}/${months[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
};
