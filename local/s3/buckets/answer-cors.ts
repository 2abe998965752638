import type { ServerResponse } from 'node:http';
import { AwsError } from '../../aws/aws-error.ts';
import type { S3Request } from '../protocol/request.ts';
import { header } from '../protocol/request.ts';
import { sendEmpty, setHeaders } from '../protocol/respond.ts';
import type { Bucket } from '../store/buckets.ts';
import { corsHeaders, findCorsRule } from './cors-rule.ts';

/** Adds to an answer what lets a page of the requesting origin read it. */
export const applyCors = (request: S3Request, response: ServerResponse, bucket: Bucket): void => {
  const origin = header(request, 'origin');
  if (origin === undefined) return;
  const asked = { origin, method: request.method, headers: [] };
  const rule = findCorsRule(bucket.configuration.cors, asked);
  if (rule !== undefined) setHeaders(response, corsHeaders(rule, asked));
};

/** Answers a browser that asks whether it may send a request; no signature is needed for that. */
export const answerPreflight = (request: S3Request, response: ServerResponse, bucket: Bucket): void => {
  const origin = header(request, 'origin');
  const method = header(request, 'access-control-request-method');
  if (origin === undefined || method === undefined) {
    throw new AwsError('BadRequest', 400, 'Insufficient information. Origin request header needed.');
  }
  const names = header(request, 'access-control-request-headers') ?? '';
  const headers = names
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  const asked = { origin, method, headers };
  const rule = findCorsRule(bucket.configuration.cors, asked);
  if (rule !== undefined) {
    sendEmpty(response, 200, corsHeaders(rule, asked));
    return;
  }
  const enabled = bucket.configuration.cors.length > 0;
  throw new AwsError(
    'AccessForbidden',
    403,
    enabled
      ? "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec."
      : 'CORSResponse: CORS is not enabled for this bucket.',
    { Method: method, ResourceType: request.key === undefined ? 'BUCKET' : 'OBJECT' },
  );
};
