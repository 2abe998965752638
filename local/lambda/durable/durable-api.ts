import type { ServerResponse } from 'node:http';
import { days } from '../../../core/time.ts';
import { AwsError, notImplemented } from '../../aws/aws-error.ts';
import type { Authorize } from '../../aws/caller.ts';
import { readBody } from '../../aws/request-body.ts';
import type { AwsRequest } from '../../aws/service.ts';
import { invalidParameter, throughLambda } from '../lambda-error.ts';
import type { DurableExecutions } from './durable-executions.ts';
import { type Execution, type ExecutionStatus, isExecutionArn } from './execution.ts';
import { eventToWire } from './history.ts';
import { timeForms, toWire } from './operation.ts';
import { CheckpointRequest, ErrorObject, parseRequest } from './wire.ts';

export interface DurableApiParts {
  readonly executions: DurableExecutions;
  readonly authorize: Authorize;
}

/** An answer that is larger than an invocation's comes as a checkpoint. */
const maxBodyBytes = 8_388_608;
const rest = timeForms.rest;

/** What Lambda's API reference calls a request below these paths; undefined for other requests. */
export const durableOperationOf = (method: string, path: string): string | undefined => {
  const match = routes.find((route) => route.method === method && route.path.test(path));
  return match?.operation;
};

interface Call {
  readonly parts: DurableApiParts;
  readonly request: AwsRequest;
  /** What stands in the path: an execution's ARN, a callback's id or a function. */
  readonly subject: string;
  readonly query: URLSearchParams;
  readonly body: string;
}

interface Route {
  readonly operation: string;
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  readonly answer: (call: Call) => string | object;
}

/** Answers the requests on durable executions; false where the request is none of them. */
export const answerDurable = async (
  parts: DurableApiParts,
  request: AwsRequest,
  response: ServerResponse,
): Promise<boolean> => {
  const { pathname, searchParams } = new URL(request.url, 'http://lambda');
  if (!pathname.startsWith('/2025-12-01/')) return false;
  const route = routes.find(({ method, path }) => method === request.http.method && path.test(pathname));
  if (route === undefined) throw notImplemented(`lambda ${request.http.method} ${pathname}`);
  const subject = decodeURIComponent(route.path.exec(pathname)?.[1] ?? '');
  const body = (await readBody(request, maxBodyBytes)).toString('utf8');
  const answer = route.answer({ parts, request, subject, query: searchParams, body });
  if (response.destroyed || response.headersSent) return true;
  response.writeHead(200, { 'content-type': 'application/json', 'x-amzn-requestid': request.requestId });
  response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  return true;
};

const may = ({ parts, request }: Call, action: string, resource: string): void => {
  const { caller, baseContext: context, accountId, region } = request;
  try {
    parts.authorize({ caller, action: `lambda:${action}`, resource, resourceAccountId: accountId, context, region });
  } catch (error) {
    throw throughLambda(error);
  }
};

const executionOf = (call: Call, action: string): string => {
  if (!isExecutionArn(call.subject)) throw invalidParameter(`${call.subject} is no ARN of a durable execution.`);
  may(call, action, call.subject);
  return call.subject;
};

const checkpoint = (call: Call): string =>
  call.parts.executions.checkpoint(
    executionOf(call, 'CheckpointDurableExecution'),
    parseRequest(CheckpointRequest, call.body),
  );

const getState = (call: Call): object => {
  const arn = executionOf(call, 'GetDurableExecutionState');
  const token = call.query.get('CheckpointToken') ?? '';
  const { afterSeq, most } = page(call.query);
  const { operations, nextMarker } = call.parts.executions.state(arn, { token, afterSeq, most });
  return {
    Operations: operations.map((operation) => toWire(operation, rest)),
    ...(nextMarker !== undefined && { NextMarker: nextMarker }),
  };
};

const page = (query: URLSearchParams): { afterSeq: number; most: number } => {
  const afterSeq = Number(query.get('Marker') ?? 0);
  const most = Number(query.get('MaxItems') || 1_000);
  if (!Number.isInteger(afterSeq) || afterSeq < 0) throw invalidParameter('Marker is none that was answered before.');
  if (!Number.isInteger(most) || most < 1 || most > 1_000) throw invalidParameter('MaxItems must be from 0 to 1000.');
  return { afterSeq, most };
};

const get = (call: Call): object => {
  const execution = call.parts.executions.changes.get(executionOf(call, 'GetDurableExecution'));
  const hasData = call.query.get('IncludeExecutionData') !== 'false';
  const { payload, result, error, version, timesOutMs, startedMs, retentionMs } = execution;
  return {
    ...summary(execution),
    Version: version,
    ExecutionDataIncluded: hasData,
    ...(hasData && {
      InputPayload: payload,
      ...(result !== undefined && { Result: result }),
      ...(error !== undefined && { Error: error }),
    }),
    DurableConfig: {
      ExecutionTimeout: (timesOutMs - startedMs) / 1000,
      RetentionPeriodInDays: retentionMs / days(1),
    },
  };
};

const summary = ({ arn, name, invokedArn, status, startedMs, endedMs }: Execution): object => ({
  DurableExecutionArn: arn,
  DurableExecutionName: name,
  FunctionArn: invokedArn,
  Status: status,
  StartTimestamp: rest(startedMs),
  ...(endedMs !== undefined && { EndTimestamp: rest(endedMs) }),
});

const getHistory = (call: Call): object => {
  const { executions } = call.parts;
  const { arn } = executions.changes.get(executionOf(call, 'GetDurableExecutionHistory'));
  const isReverse = call.query.get('ReverseOrder') === 'true';
  const includesData = call.query.get('IncludeExecutionData') === 'true';
  const { afterSeq, most } = page(call.query);
  const from = isReverse && afterSeq === 0 ? Number.MAX_SAFE_INTEGER : afterSeq;
  const events = executions.store.events(arn, { from, most: most + 1, isReverse });
  const shown = events.slice(0, most);
  return {
    Events: shown.map((event) => eventToWire(event, rest, includesData)),
    ...(events.length > most && { NextMarker: String(shown.at(-1)?.id) }),
  };
};

const list = (call: Call): object => {
  const { query, subject, request } = call;
  const [, , , , , , name = subject] = subject.split(':');
  const functionArn = `arn:aws:lambda:${request.region}:${request.accountId}:function:${name}`;
  may(call, 'ListDurableExecutionsByFunction', functionArn);
  const statuses = new Set<string>(query.getAll('Statuses'));
  const [after, before] = ['StartedAfter', 'StartedBefore'].map((field) => instantIn(query, field));
  const found = call.parts.executions.store
    .ofFunction(functionArn)
    .filter(({ status }: { status: ExecutionStatus }) => statuses.size === 0 || statuses.has(status))
    .filter((execution) => execution.name.includes(query.get('DurableExecutionName') ?? ''))
    .filter(({ version, invokedArn }) => isOf({ version, invokedArn }, query.get('Qualifier')))
    .filter(({ startedMs }) => startedMs >= (after ?? 0) && startedMs <= (before ?? Number.POSITIVE_INFINITY));
  const ordered = query.get('ReverseOrder') === 'true' ? found : found.toReversed();
  const { afterSeq, most } = page(query);
  const shown = ordered.slice(afterSeq, afterSeq + most);
  return {
    DurableExecutions: shown.map(summary),
    ...(ordered.length > afterSeq + most && { NextMarker: String(afterSeq + most) }),
  };
};

const isOf = ({ version, invokedArn }: Pick<Execution, 'version' | 'invokedArn'>, qualifier: string | null): boolean =>
  qualifier === null || version === qualifier || invokedArn.endsWith(`:${qualifier}`);

const instantIn = (query: URLSearchParams, field: string): number | undefined => {
  const text = query.get(field);
  if (text === null) return undefined;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw invalidParameter(`${field} is no time.`);
  return ms;
};

const stop = (call: Call): object => {
  const arn = executionOf(call, 'StopDurableExecution');
  const error = call.body === '' ? {} : parseRequest(ErrorObject, call.body);
  const { endedMs = 0 } = call.parts.executions.stop(arn, error);
  return { StopTimestamp: rest(endedMs) };
};

/** Callbacks are rights on the execution that waits. */
const callback = (call: Call, action: string): string => {
  const found = call.parts.executions.store.findCallback(call.subject);
  if (found === undefined) throw new AwsError('InvalidParameterValueException', 400, 'Invalid callback id');
  may(call, action, found.arn);
  return call.subject;
};

const complete = (
  call: Call,
  end: { status: 'FAILED' | 'SUCCEEDED'; result?: string; error?: ErrorObject },
): object => {
  const { changes } = call.parts.executions;
  const { arn, operation } = changes.openCallback(call.subject);
  changes.completeOperation(arn, operation.Id, end);
  return {};
};

const succeed = (call: Call): object => {
  callback(call, 'SendDurableExecutionCallbackSuccess');
  return complete(call, { status: 'SUCCEEDED', result: call.body });
};

const fail = (call: Call): object => {
  callback(call, 'SendDurableExecutionCallbackFailure');
  const error = call.body === '' ? {} : parseRequest(ErrorObject, call.body);
  return complete(call, { status: 'FAILED', error });
};

const heartbeat = (call: Call): object => {
  call.parts.executions.changes.heartbeat(callback(call, 'SendDurableExecutionCallbackHeartbeat'));
  return {};
};

const onExecution = (rest = '') => new RegExp(`^/2025-12-01/durable-executions/([^/]+)${rest}$`);
const onCallback = (rest: string) => new RegExp(`^/2025-12-01/durable-execution-callbacks/([^/]+)/${rest}$`);

const routes: readonly Route[] = [
  { operation: 'CheckpointDurableExecution', method: 'POST', path: onExecution('/checkpoint'), answer: checkpoint },
  { operation: 'GetDurableExecutionState', method: 'GET', path: onExecution('/state'), answer: getState },
  { operation: 'GetDurableExecutionHistory', method: 'GET', path: onExecution('/history'), answer: getHistory },
  { operation: 'GetDurableExecution', method: 'GET', path: onExecution(), answer: get },
  { operation: 'StopDurableExecution', method: 'POST', path: onExecution('/stop'), answer: stop },
  {
    operation: 'ListDurableExecutionsByFunction',
    method: 'GET',
    path: /^\/2025-12-01\/functions\/([^/]+)\/durable-executions$/,
    answer: list,
  },
  { operation: 'SendDurableExecutionCallbackSuccess', method: 'POST', path: onCallback('succeed'), answer: succeed },
  { operation: 'SendDurableExecutionCallbackFailure', method: 'POST', path: onCallback('fail'), answer: fail },
  {
    operation: 'SendDurableExecutionCallbackHeartbeat',
    method: 'POST',
    path: onCallback('heartbeat'),
    answer: heartbeat,
  },
];
