import type { IncomingMessage } from 'node:http';
import { AwsError } from './aws-error.ts';
import type { AwsRequest } from './service.ts';

/** Reads the whole body; a body that the endpoint has already read to verify its hash is taken as it is. */
export const readBody = async (request: AwsRequest, maxBytes: number): Promise<Buffer> =>
  request.body === undefined
    ? await collectBody(request.http, maxBytes)
    : refuseLarge(request.body, request.body.length, maxBytes);

/** Reads a body to its end, but never more than is allowed. */
export const collectBody = async (http: IncomingMessage, maxBytes: number): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of http) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    refuseLarge(bytes, length, maxBytes);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks, length);
};

const refuseLarge = (bytes: Buffer, length: number, maxBytes: number): Buffer => {
  if (length <= maxBytes) return bytes;
  throw new AwsError('RequestEntityTooLargeException', 413, `The request body is larger than ${maxBytes} bytes.`);
};
