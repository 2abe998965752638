import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { S3Client } from '@aws-sdk/client-s3';

/** What the fake was asked, as S3 would see it. */
export interface S3Request {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A bucket store behind the SDK's own client: enough of S3 for what the API calls, and no more. */
export interface FakeS3 {
  readonly client: S3Client;
  readonly requests: S3Request[];
  /** `bucket/key` → body. */
  readonly objects: Map<string, string>;
  /** UploadIds that are open. */
  readonly uploads: Set<string>;
  /** Answers the next request of this method instead of the fake's own answer. */
  next: { method: string; status: number; code: string } | undefined;
}

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Makes a fake S3 with the client that talks to it. */
export const fakeS3 = (): FakeS3 => {
  const requestHandler = {
    handle: async (request: {
      method: string;
      path: string;
      query?: Record<string, string | string[] | null>;
      headers: Record<string, string>;
      body?: unknown;
    }) => {
      const [, bucket = '', ...key] = request.path.split('/').map(decodeURIComponent);
      const query = Object.fromEntries(
        Object.entries(request.query ?? {}).map(([name, value]) => [name, String(value ?? '')]),
      );
      const body =
        typeof request.body === 'string' ? request.body : Buffer.from((request.body ?? '') as Uint8Array).toString();
      const asked = { method: request.method, bucket, key: key.join('/'), query, headers: request.headers, body };
      fake.requests.push(asked);
      const { status, headers = {}, body: text = '' } = answer(fake, asked);
      return { response: { statusCode: status, headers, body: Readable.from([Buffer.from(text)]) } };
    },
    metadata: { handlerProtocol: 'http/1.1' },
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
  };
  const fake: FakeS3 = {
    client: new S3Client({
      region: 'ap-south-1',
      endpoint: 'http://s3.test',
      forcePathStyle: true,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'session/token+=' },
      maxAttempts: 1,
      // The SDK asks only for `handle` and lets a test stand in for the network.
      requestHandler: requestHandler as never,
    }),
    requests: [],
    objects: new Map(),
    uploads: new Set(),
    next: undefined,
  };
  return fake;
};

const answer = (fake: FakeS3, request: S3Request): Answer => {
  const { method, bucket, key, query, headers, body } = request;
  if (fake.next?.method === method) {
    const { status, code } = fake.next;
    fake.next = undefined;
    return error(status, code);
  }
  const name = `${bucket}/${key}`;
  const held = fake.objects.get(name);
  if (method === 'POST' && 'uploads' in query) {
    const uploadId = `upload-${fake.uploads.size + 1}`;
    fake.uploads.add(uploadId);
    return {
      status: 200,
      body: `<InitiateMultipartUploadResult><UploadId>${uploadId}</UploadId></InitiateMultipartUploadResult>`,
    };
  }
  if (query['uploadId'] !== undefined) {
    if (!fake.uploads.delete(query['uploadId'])) return error(404, 'NoSuchUpload');
    if (method === 'DELETE') return { status: 204 };
    fake.objects.set(name, 'parts');
    return { status: 200, body: '<CompleteMultipartUploadResult><ETag>"e-2"</ETag></CompleteMultipartUploadResult>' };
  }
  if (method === 'PUT') {
    const matches = headers['if-match'] === undefined ? held === undefined : headers['if-match'] === etagOf(held ?? '');
    if (!matches) return error(412, 'PreconditionFailed');
    fake.objects.set(name, body);
    return { status: 200, headers: { etag: etagOf(body) } };
  }
  if (method === 'DELETE')
    return {
      status: 204,
      headers: { 'x-amz-version-id': `marker-${fake.requests.length}`, 'x-amz-delete-marker': 'true' },
    };
  if (held === undefined) return method === 'HEAD' ? { status: 404 } : error(404, 'NoSuchKey');
  return { status: 200, headers: { etag: etagOf(held) }, ...(method === 'HEAD' ? {} : { body: held }) };
};

const etagOf = (body: string): string => `"${createHash('md5').update(body).digest('hex')}"`;

const error = (status: number, code: string): Answer => ({
  status,
  body: `<Error><Code>${code}</Code><Message>${code}</Message></Error>`,
});
