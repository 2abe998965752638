import type { IncomingMessage } from 'node:http';
import { AwsError } from './aws-error.ts';
import type { AwsRequest } from './service.ts';

/** Reads the whole body; a body that the endpoint has already read to verify its hash is taken as it is. */
export const readBody = async (request: AwsRequest, maxBytes: number): Promise<Buffer> =>
  request.body === undefined
    ? await collectBody(request.http, maxBytes)
    : refuseLarge(request.body, request.body.length, maxBytes);

/** Reads a body to its end, but never keeps more than is allowed: the rest is dropped, so that the refusal can be answered. */
export const collectBody = (http: IncomingMessage, maxBytes: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const take = (chunk: Buffer): void => {
      length += chunk.length;
      if (length <= maxBytes) return void chunks.push(chunk);
      http.off('data', take).resume();
      reject(tooLarge(maxBytes));
    };
    http.on('data', take);
    http.once('end', () => resolve(Buffer.concat(chunks)));
    http.once('error', reject);
  });

const refuseLarge = (bytes: Buffer, length: number, maxBytes: number): Buffer => {
  if (length <= maxBytes) return bytes;
  throw tooLarge(maxBytes);
};

const tooLarge = (maxBytes: number): AwsError =>
  new AwsError('RequestEntityTooLargeException', 413, `The request body is larger than ${maxBytes} bytes.`);
