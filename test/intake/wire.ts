import { Readable } from 'node:stream';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** A request as it leaves an SDK client. */
export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string | string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface WireAnswer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A network that notes what was sent and answers what the test says. */
export const wire = (answer: (request: SentRequest) => WireAnswer | Promise<WireAnswer>) => {
  const sent: SentRequest[] = [];
  // The SDK asks its request handler for `handle` alone and lets a test stand in for the network.
  const requestHandler = {
    handle: async (request: SentRequest) => {
      sent.push(request);
      const { status = 200, headers = {}, body = '' } = await answer(request);
      const length = { 'content-length': String(Buffer.byteLength(body)) };
      return {
        response: { statusCode: status, headers: { ...length, ...headers }, body: Readable.from([Buffer.from(body)]) },
      };
    },
  } as never;
  const shared = {
    region: 'ap-south-1',
    endpoint: 'http://aws.test',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler,
  };
  return {
    sent,
    s3: () => new S3Client({ ...shared, forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' }),
    table: () => DynamoDBDocumentClient.from(new DynamoDBClient(shared)),
    sqs: () => new SQSClient({ ...shared, useQueueUrlAsEndpoint: false }),
  };
};

export const s3Error = (status: number, code: string): WireAnswer => ({
  status,
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`,
});

export const jsonOf = (request: SentRequest | undefined): Record<string, unknown> =>
  JSON.parse(Buffer.from((request?.body ?? '{}') as Uint8Array).toString());
