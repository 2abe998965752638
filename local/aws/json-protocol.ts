import type { ServerResponse } from 'node:http';
import type { z } from 'zod';
import { AwsError, notImplemented } from './aws-error.ts';
import { readBody } from './request-body.ts';
import type { AwsRequest, AwsService } from './service.ts';

/** One operation of a JSON protocol: parsed body in, answer out; `undefined` answers with an empty body. */
export type JsonOperation = (input: unknown, request: AwsRequest, response: ServerResponse) => unknown;

export interface JsonProtocol {
  readonly signingName: string;
  readonly version: '1.0' | '1.1';
  /** What stands before the dot of `X-Amz-Target`. */
  readonly targetPrefix: string;
  readonly operations: ReadonlyMap<string, JsonOperation>;
  readonly maxBodyBytes: number;
  /** How an error's code appears in `__type`; the code itself by default. */
  readonly errorType?: (code: string) => string;
  readonly errorHeaders?: (error: AwsError) => Readonly<Record<string, string>>;
  /** Told about errors that are not ours to explain; the client sees a fixed 500. */
  readonly onUnexpected: (error: unknown, operation: string) => void;
}

/** Serves `X-Amz-Target` operations in AWS JSON 1.0 or 1.1, errors included. */
export const jsonService = (protocol: JsonProtocol): AwsService => ({
  signingName: protocol.signingName,
  async handle(request, response) {
    const operation = operationName(request, protocol);
    try {
      const answer = await runOperation(protocol, operation, request, response);
      writeJson(response, protocol, { status: 200, requestId: request.requestId, body: answer });
    } catch (error) {
      writeJsonError(response, protocol, { error, operation, requestId: request.requestId });
    }
  },
});

/** Parses an operation's input; the first problem becomes the service's own kind of validation error. */
export const parseInput = <T>(
  schema: z.ZodType<T>,
  input: unknown,
  toError: (path: string, why: string) => AwsError,
): T => {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw toError(issue?.path.map(String).join('.') ?? '', issue?.message ?? 'is not valid');
};

const operationName = (request: AwsRequest, { targetPrefix }: JsonProtocol): string => {
  const target = String(request.http.headers['x-amz-target'] ?? '');
  return target.startsWith(`${targetPrefix}.`) ? target.slice(targetPrefix.length + 1) : target;
};

const runOperation = async (
  { operations, maxBodyBytes, targetPrefix }: JsonProtocol,
  name: string,
  request: AwsRequest,
  response: ServerResponse,
): Promise<unknown> => {
  const body = await readBody(request, maxBodyBytes);
  const operation = operations.get(name);
  if (operation === undefined) throw notImplemented(`${targetPrefix}.${name}`);
  return operation(parseBody(body), request, response);
};

const parseBody = (body: Buffer): unknown => {
  if (body.length === 0) return {};
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new AwsError('SerializationException', 400, 'The request body is not valid JSON in UTF-8.');
  }
};

interface JsonAnswer {
  readonly status: number;
  readonly requestId: string;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const writeJson = (response: ServerResponse, { version }: JsonProtocol, answer: JsonAnswer): void => {
  if (response.destroyed || response.headersSent) return;
  const text = answer.body === undefined ? '' : JSON.stringify(answer.body);
  response.writeHead(answer.status, {
    'content-type': `application/x-amz-json-${version}`,
    'content-length': Buffer.byteLength(text),
    'x-amzn-requestid': answer.requestId,
    ...answer.headers,
  });
  response.end(text);
};

const writeJsonError = (
  response: ServerResponse,
  protocol: JsonProtocol,
  failure: { error: unknown; operation: string; requestId: string },
): void => {
  const error = asAwsError(failure.error, () => protocol.onUnexpected(failure.error, failure.operation));
  const code = protocol.errorType?.(error.code) ?? error.code;
  writeJson(response, protocol, {
    status: error.status,
    requestId: failure.requestId,
    body: { __type: code, message: error.message, ...error.details },
    headers: protocol.errorHeaders?.(error),
  });
};

/** An AwsError as it is; anything else is reported and becomes a 500 that says nothing about it. */
export const asAwsError = (error: unknown, report: () => void): AwsError => {
  if (error instanceof AwsError) return error;
  report();
  return new AwsError('InternalFailure', 500, 'The embedded platform failed on this request; its log says why.');
};
