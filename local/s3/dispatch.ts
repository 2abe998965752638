import type { ServerResponse } from 'node:http';
import { AwsError, notImplemented } from '../aws/aws-error.ts';
import type { AwsRequest } from '../aws/service.ts';
import { regionIsDown } from '../regions.ts';
import { answerPreflight, applyCors } from './buckets/answer-cors.ts';
import { requireRegion } from './buckets/require-region.ts';
import type { S3Core } from './core.ts';
import { postForm } from './forms/post-form.ts';
import type { BucketOperation, ObjectOperation } from './operation.ts';
import { methodNotAllowed } from './protocol/errors.ts';
import type { S3Request } from './protocol/request.ts';
import { header, parseRequest } from './protocol/request.ts';
import { identify, sendError } from './protocol/respond.ts';
import { bucketRoute, createBucket, listBuckets, objectRoute, routeName } from './routes.ts';
import { noSuchBucket } from './store/buckets.ts';

/** Answers one request completely, errors included. */
export const dispatch = (
  core: S3Core,
  aws: AwsRequest,
  response: ServerResponse,
  log: (line: string) => void,
): Promise<void> => answering(aws, response, log, async () => route(core, parseRequest(aws), response));

/** Does what a request asks for, and answers what goes wrong. */
export const answering = async (
  aws: AwsRequest,
  response: ServerResponse,
  log: (line: string) => void,
  work: () => Promise<void>,
): Promise<void> => {
  identify(response, aws.requestId);
  try {
    await work();
  } catch (error) {
    if (!(error instanceof AwsError))
      log(`S3 failed on ${aws.http.method}: ${error instanceof Error ? error.stack : error}`);
    const resource = aws.url.split('?', 1)[0] ?? '/';
    sendError(response, error, { method: aws.http.method, resource, requestId: aws.requestId });
  }
};

const route = async (core: S3Core, request: S3Request, response: ServerResponse): Promise<void> => {
  const { method, bucketName, key } = request;
  const name = routeName(request);
  if (bucketName === undefined) {
    if (method !== 'GET' || request.key !== undefined) throw methodNotAllowed(method, 'SERVICE');
    if (request.aws.caller.kind === 'anonymous') throw new AwsError('AccessDenied', 403, 'Access Denied');
    listBuckets({ core, request, response });
    return;
  }
  const bucket = core.buckets.find(bucketName);
  if (bucket === undefined) {
    if (name === 'PUT ' && key === undefined) return createBucket({ core, request, response }, bucketName);
    throw noSuchBucket(bucketName);
  }
  if (core.isDown(bucket.region)) throw regionIsDown(bucket.region);
  if (method === 'OPTIONS') {
    answerPreflight(request, response, bucket);
    return;
  }
  applyCors(request, response, bucket);
  const operation = { core, request, response, bucket };
  if (key === undefined && name === 'PUT ') return createBucket(operation, bucketName);
  if (key === undefined && method === 'POST' && isForm(request)) return postForm(operation);
  if (request.aws.signature !== undefined && request.aws.signature.region !== bucket.region) {
    response.setHeader('x-amz-bucket-region', bucket.region);
  }
  requireRegion(request, bucket, name);
  return key === undefined ? onBucket(operation, name) : onObject({ ...operation, key }, name);
};

const onBucket = (operation: BucketOperation, name: string): void | Promise<void> => {
  const handler = bucketRoute(name);
  if (handler === undefined) throw unknown(operation.request, name);
  return handler(operation);
};

const onObject = (operation: ObjectOperation, name: string): void | Promise<void> => {
  const handler = objectRoute(name);
  if (handler === undefined) throw unknown(operation.request, name);
  return handler(operation);
};

const isForm = (request: S3Request): boolean =>
  header(request, 'content-type')?.startsWith('multipart/form-data') ?? false;

const unknown = (request: S3Request, name: string): AwsError => {
  const known = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'].includes(request.method);
  const level = request.key === undefined ? 'bucket' : 'object';
  if (!known || name.trim() === 'POST') return methodNotAllowed(request.method, level.toUpperCase());
  return notImplemented(`${name.trim()} on a${level === 'object' ? 'n' : ''} ${level}`);
};
