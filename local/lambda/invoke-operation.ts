import type { ServerResponse } from 'node:http';
import { readBody } from '../aws/request-body.ts';
import type { AwsRequest } from '../aws/service.ts';
import type { FunctionReference } from './function-config.ts';
import type { ResolvedFunction } from './function-registry.ts';
import { invalidContent, invalidParameter, requestTooLarge } from './lambda-error.ts';
import { maxPayloadBytes } from './payload-limits.ts';
import type { RestParts } from './rest-api.ts';

/** `POST …/invocations`: waits for the answer, accepts for later, or only checks, as `X-Amz-Invocation-Type` says. */
export const invokeOverHttp = async (
  parts: RestParts,
  request: AwsRequest,
  response: ServerResponse,
  reference: FunctionReference,
): Promise<void> => {
  const target = parts.functions.resolve(reference);
  parts.access({ caller: request.caller, context: request.baseContext }, target);
  const type = String(request.http.headers['x-amz-invocation-type'] ?? 'RequestResponse');
  const payload = jsonText(await readBody(request, maxPayloadBytes.sync));
  const name = request.http.headers['x-amz-durable-execution-name'];
  if (target.config.durable !== undefined && type !== 'DryRun') {
    return invokeDurable(parts, response, request, {
      target,
      payload,
      type,
      ...(typeof name === 'string' && { name }),
    });
  }
  if (name !== undefined) throw invalidParameter('Durable execution names are for durable functions only.');
  if (type === 'DryRun') return write(response, request, { status: 204, version: target.config.version, body: '' });
  if (type === 'Event') return accept(parts, response, request, { reference, target, payload });
  if (type !== 'RequestResponse') throw unknownType(type);
  await answer(parts, response, request, { target, payload });
};

const unknownType = (type: string) =>
  invalidParameter(`Invocation type ${type} is unknown; allowed are RequestResponse, Event and DryRun.`);

/** No body means an empty event. */
const jsonText = (body: Buffer): string => {
  if (body.length === 0) return '{}';
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    JSON.parse(text);
    return text;
  } catch (error) {
    throw invalidContent(
      `Could not parse request body into json: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
};

interface EventCall {
  readonly reference: FunctionReference;
  readonly target: ResolvedFunction;
  readonly payload: string;
}

const accept = (
  parts: RestParts,
  response: ServerResponse,
  request: AwsRequest,
  { reference, target, payload }: EventCall,
): void => {
  const bytes = Buffer.byteLength(payload);
  if (bytes > maxPayloadBytes.async) throw requestTooLarge(bytes, maxPayloadBytes.async);
  parts.events.accept(reference.arn, reference.qualifier, payload);
  write(response, request, { status: 202, version: target.config.version, body: '' });
};

const answer = async (
  { invoker }: RestParts,
  response: ServerResponse,
  request: AwsRequest,
  { target, payload }: { target: ResolvedFunction; payload: string },
): Promise<void> => {
  const { config, invokedArn } = target;
  const result = await invoker.invoke({ config, invokedFunctionArn: invokedArn, payload });
  const wantsTail = request.http.headers['x-amz-log-type'] === 'Tail';
  write(response, request, {
    status: 200,
    version: result.executedVersion,
    body: result.payload,
    headers: {
      ...(result.functionError !== undefined && { 'x-amz-function-error': result.functionError }),
      ...(wantsTail && { 'x-amz-log-result': Buffer.from(result.logTail).toString('base64') }),
    },
  });
};

interface DurableCall {
  readonly target: ResolvedFunction;
  readonly payload: string;
  readonly type: string;
  readonly name?: string;
}

/** Begins an execution, or finds the one of this name, and waits for its end unless nobody is to wait. */
const invokeDurable = async (
  { durable }: RestParts,
  response: ServerResponse,
  request: AwsRequest,
  { target, payload, type, name }: DurableCall,
): Promise<void> => {
  const isAsync = type === 'Event';
  if (!isAsync && type !== 'RequestResponse') throw unknownType(type);
  const bytes = Buffer.byteLength(payload);
  if (isAsync && bytes > maxPayloadBytes.async) throw requestTooLarge(bytes, maxPayloadBytes.async);
  const { arn, version } = durable.begin({ target, payload, name, isAsync });
  const headers = { 'x-amz-durable-execution-arn': arn };
  if (isAsync) return write(response, request, { status: 202, version, body: '', headers });
  const { status, result = '', error } = await durable.changes.whenEnded(arn);
  if (status === 'SUCCEEDED') {
    return write(response, request, { status: 200, version, body: result === '' ? 'null' : result, headers });
  }
  const body = JSON.stringify({ errorType: error?.ErrorType, errorMessage: error?.ErrorMessage });
  write(response, request, {
    status: 200,
    version,
    body,
    headers: { ...headers, 'x-amz-function-error': 'Unhandled' },
  });
};

interface InvokeAnswer {
  readonly status: number;
  readonly version: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const write = (
  response: ServerResponse,
  { requestId }: AwsRequest,
  { status, version, body, headers }: InvokeAnswer,
): void => {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': requestId,
    'x-amz-executed-version': version,
    ...headers,
  });
  response.end(body);
};
