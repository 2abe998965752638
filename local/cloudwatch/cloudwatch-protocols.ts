import type { ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { AwsError, notImplemented } from '../aws/aws-error.ts';
import { type QueryAnswer, queryParameters, writeQueryAnswer, writeQueryError } from '../aws/query-protocol.ts';
import { readBody } from '../aws/request-body.ts';
import type { AwsRequest } from '../aws/service.ts';
import type { CloudWatchOperation } from './cloudwatch-operations.ts';

export const targetPrefix = 'GraniteServiceVersion20100801';
const namespace = 'http://monitoring.amazonaws.com/doc/2010-08-01/';
const maxBodyBytes = 4 * 1024 * 1024;

/**
 * Answers in the protocol of the request: JSON 1.0, which the SDK for JavaScript speaks, or the older query protocol, which
 * command lines speak. The binary one is refused with a word on how to choose another.
 */
export const answerCloudWatch = async (
  operations: ReadonlyMap<string, CloudWatchOperation>,
  { request, response, log }: { request: AwsRequest; response: ServerResponse; log: (line: string) => void },
): Promise<void> => {
  const { headers } = request.http;
  const target = String(headers['x-amz-target'] ?? '');
  const isJson = target.startsWith(`${targetPrefix}.`);
  let action = target.slice(targetPrefix.length + 1);
  try {
    if (headers['smithy-protocol'] !== undefined) throw binaryProtocol();
    const body = await plainBody(request);
    if (isJson) {
      writeJson(response, request, { status: 200 }, run(operations, action, parseJson(body), request) ?? {});
      return;
    }
    const parameters = queryParameters(request, body);
    action = parameters.get('Action') ?? '';
    const result = run(operations, action, nested(parameters), request);
    writeQueryAnswer(response, { action, namespace, requestId: request.requestId, result: xmlLists(result) });
  } catch (failure) {
    const error = asAwsError(failure, action, log);
    if (isJson || headers['smithy-protocol'] !== undefined) {
      const fault = error.status < 500 ? 'Sender' : 'Receiver';
      writeJson(
        response,
        request,
        { status: error.status, headers: { 'x-amzn-query-error': `${error.code};${fault}` } },
        { __type: error.code, message: error.message },
      );
    } else {
      writeQueryError(response, { error, namespace, requestId: request.requestId });
    }
  }
};

const binaryProtocol = (): AwsError =>
  new AwsError(
    'UnsupportedProtocol',
    415,
    'The embedded CloudWatch speaks JSON 1.0 and the query protocol, not CBOR: configure the client for one of them.',
  );

const run = (
  operations: ReadonlyMap<string, CloudWatchOperation>,
  action: string,
  input: unknown,
  request: AwsRequest,
): unknown => {
  const operation = operations.get(action);
  if (operation === undefined) throw notImplemented(`cloudwatch:${action}`);
  return operation(input, request);
};

const asAwsError = (error: unknown, action: string, log: (line: string) => void): AwsError => {
  if (error instanceof AwsError) return error;
  log(`CloudWatch ${action} failed: ${error instanceof Error ? error.stack : String(error)}`);
  return new AwsError('InternalServiceFault', 500, 'The embedded platform failed on this request; its log says why.');
};

/** SDKs compress larger bodies. */
const plainBody = async (request: AwsRequest): Promise<Buffer> => {
  const body = await readBody(request, maxBodyBytes);
  if (request.http.headers['content-encoding'] !== 'gzip') return body;
  try {
    return gunzipSync(body, { maxOutputLength: maxBodyBytes });
  } catch {
    throw new AwsError('SerializationException', 400, 'The body is not gzip, or is too large when unpacked.');
  }
};

const parseJson = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new AwsError('SerializationException', 400, 'The body is not JSON.');
  }
};

interface JsonHead {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

const writeJson = (
  response: ServerResponse,
  request: AwsRequest,
  { status, headers }: JsonHead,
  value: unknown,
): void => {
  if (response.destroyed || response.headersSent) return;
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': request.requestId,
    ...headers,
  });
  response.end(body);
};

type Tree = { [name: string]: string | Tree };

/** `MetricData.member.1.Value=2` becomes `{ MetricData: [{ Value: '2' }] }`. */
const nested = (parameters: URLSearchParams): unknown => {
  const tree: Tree = Object.create(null);
  for (const [name, value] of parameters) {
    if (name === 'Action' || name === 'Version') continue;
    const path = name.split('.');
    const last = path.pop() ?? name;
    let node = tree;
    for (const step of path) {
      const next = node[step];
      const child: Tree = typeof next === 'object' ? next : Object.create(null);
      node[step] = child;
      node = child;
    }
    node[last] = value;
  }
  return withLists(tree);
};

const withLists = (value: string | Tree): unknown => {
  if (typeof value === 'string') return value;
  const { member } = value;
  if (typeof member === 'object' && Object.keys(value).length === 1) {
    return Object.entries(member)
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([, item]) => withLists(item));
  }
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withLists(item)]));
};

/** Lists become `member` elements, times become ISO text. */
const xmlLists = (value: unknown, name = ''): QueryAnswer['result'] => {
  if (Array.isArray(value)) return { member: value.map((item) => xmlLists(item, name)) };
  if (typeof value === 'number' && /Timestamps?$/.test(name)) return new Date(value * 1000).toISOString();
  if (typeof value !== 'object' || value === null) return value === undefined ? undefined : String(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, xmlLists(item, key)]));
};
