import type { ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';
import { AwsError } from '../aws/aws-error.ts';

/** Writes an answer in DynamoDB's form; its CRC32 is what some SDKs compare. */
export const writeAnswer = (
  response: ServerResponse,
  { status, body, requestId }: { status: number; body: Buffer; requestId: string },
): void => {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': body.length,
    'x-amzn-requestid': requestId,
    'x-amz-crc32': String(crc32(body)),
  });
  response.end(body);
};

/** The body of an error as DynamoDB names it: everything is a 400 but its own failures. */
export const errorAnswer = (error: unknown): { status: number; body: Buffer } => {
  if (!(error instanceof AwsError)) return errorBody(500, 'InternalServerError', 'The embedded platform failed.');
  if (error.code === 'AccessDenied') return errorBody(400, 'AccessDeniedException', error.message);
  if (error.code === 'NotImplemented') return errorBody(400, 'UnknownOperationException', error.message);
  return errorBody(error.status >= 500 ? 500 : 400, error.code, error.message);
};

const ownErrors = new Set(['AccessDeniedException', 'UnknownOperationException', 'SerializationException']);

const errorBody = (status: number, code: string, message: string): { status: number; body: Buffer } => {
  const namespace = ownErrors.has(code) ? 'com.amazon.coral.service' : 'com.amazonaws.dynamodb.v20120810';
  return { status, body: Buffer.from(JSON.stringify({ __type: `${namespace}#${code}`, message, Message: message })) };
};
