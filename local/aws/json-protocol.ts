import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError } from './aws-error.ts';

/** A JSON object of a request, nothing known of its members. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The member as an object; an empty one where it is anything else. */
export const objectAt = (object: JsonObject, name: string): JsonObject => {
  const value = object[name];
  return isJsonObject(value) ? value : {};
};

/** The member as a list; an empty one where it is anything else. */
export const listAt = (object: JsonObject, name: string): readonly unknown[] => {
  const value = object[name];
  return Array.isArray(value) ? value : [];
};

/** The member as text; undefined where it is anything else. */
export const textAt = (object: JsonObject, name: string): string | undefined => {
  const value = object[name];
  return typeof value === 'string' ? value : undefined;
};

/** Reads a whole body; one above the limit is refused before it is kept. */
export const readBody = async (http: IncomingMessage, maxBytes: number): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of http) {
    const buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > maxBytes) {
      throw new AwsError('RequestEntityTooLarge', 413, `The body is larger than the ${maxBytes} bytes allowed.`);
    }
    chunks.push(buffer);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
};

/** Parses the body of a JSON 1.0 or 1.1 operation: always one object. */
export const parseJsonObject = (body: Buffer): JsonObject => {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw new AwsError('SerializationException', 400, 'The body is not JSON.');
  }
  if (!isJsonObject(value)) throw new AwsError('SerializationException', 400, 'The body is not a JSON object.');
  return value;
};

/** The operation that `X-Amz-Target: {prefix}.{operation}` names. */
export const targetOperation = (http: IncomingMessage): { prefix: string; operation: string } => {
  const target = http.headers['x-amz-target'];
  const match = typeof target === 'string' ? /^([\w.]+)\.(\w+)$/.exec(target) : null;
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new AwsError('UnknownOperationException', 400, 'The header X-Amz-Target names no operation.');
  }
  return { prefix: match[1], operation: match[2] };
};

export interface JsonAnswer {
  readonly requestId: string;
  /** `1.0` or `1.1`. */
  readonly version: '1.0' | '1.1';
}

/** Answers an operation with its result. */
export const sendJson = (response: ServerResponse, answer: JsonAnswer, result: unknown): void =>
  send(response, answer, 200, result);

/** Answers with an error in the form that every SDK recognises; an error that is none of AWS is a fixed 500. */
export const sendJsonError = (response: ServerResponse, answer: JsonAnswer, error: unknown): void => {
  if (!(error instanceof AwsError)) {
    send(response, answer, 500, { __type: 'InternalServerError', message: 'The embedded platform failed.' });
    return;
  }
  const denied = error.code === 'AccessDenied';
  const code = denied ? 'AccessDeniedException' : error.code;
  send(response, answer, denied ? 400 : error.status, { __type: code, message: error.message, ...error.details });
};

const send = (response: ServerResponse, answer: JsonAnswer, status: number, value: unknown): void => {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, {
    'content-type': `application/x-amz-json-${answer.version}`,
    'content-length': body.length,
    'x-amzn-requestid': answer.requestId,
  });
  response.end(body);
};
