import type { Stage } from './api-model.ts';
import type { GatewayRequest } from './gateway-request.ts';
import { commonLogTime, domainName } from './proxy-event.ts';
import type { GatewayResponse } from './proxy-response.ts';

/** What happened to a request. */
export interface AccessEntry {
  readonly request: GatewayRequest;
  readonly response: GatewayResponse;
  readonly routeKey: string | undefined;
  readonly apiId: string;
  readonly accountId: string;
  readonly stage: Stage;
  readonly latencyMs: number;
  readonly integrationMs: number | undefined;
  readonly errorMessage: string | undefined;
  readonly claims: Readonly<Record<string, unknown>> | undefined;
}

/** One line by the stage's format; a `$context` variable without a value is `-`. */
export const accessLine = (format: string, entry: AccessEntry): string => {
  const values = contextValues(entry);
  return format.replace(/\$context\.([\w.]+\w)/g, (_, name: string) => {
    const claim = /^authorizer\.claims\.(.+)$/.exec(name)?.[1];
    const value = claim === undefined ? values[name] : entry.claims?.[claim];
    return value === undefined ? '-' : JSON.stringify(String(value)).slice(1, -1);
  });
};

const contextValues = (entry: AccessEntry): Readonly<Record<string, string | number | undefined>> => {
  const { request, response, stage } = entry;
  return {
    accountId: entry.accountId,
    apiId: entry.apiId,
    domainName: domainName(request),
    'error.message': entry.errorMessage,
    'error.messageString': entry.errorMessage === undefined ? undefined : JSON.stringify(entry.errorMessage),
    extendedRequestId: request.id,
    httpMethod: request.method,
    'identity.sourceIp': request.sourceIp,
    'identity.userAgent': request.headers['user-agent'],
    'authorizer.error': entry.errorMessage,
    'integration.latency': entry.integrationMs,
    integrationLatency: entry.integrationMs,
    integrationErrorMessage: entry.errorMessage,
    path: request.path,
    protocol: `HTTP/${request.http.httpVersion}`,
    requestId: request.id,
    requestTime: commonLogTime(request.receivedAtMs),
    requestTimeEpoch: request.receivedAtMs,
    responseLatency: entry.latencyMs,
    responseLength: response.body.length,
    routeKey: entry.routeKey,
    stage: stage.name,
    status: response.status,
  };
};
