import { AwsError } from '../../aws/aws-error.ts';
import type { AwsRequest } from '../../aws/service.ts';
import { uriDecode } from '../../sigv4/encoding.ts';
import type { RequestTarget } from '../../sigv4/request-target.ts';
import { parseTarget } from '../../sigv4/request-target.ts';
import { headerMap } from '../../sigv4/signed-request.ts';
import { invalidArgument } from './errors.ts';

/** A request to S3 taken apart. */
export interface S3Request {
  readonly aws: AwsRequest;
  readonly method: string;
  readonly bucketName: string | undefined;
  readonly key: string | undefined;
  readonly query: ReadonlyMap<string, string>;
  /**
   * Headers by lower-case name. A presigned URL may carry `x-amz-…` headers in its query instead; they count as sent. Not so
   * checksums: those bind as headers only.
   */
  readonly headers: ReadonlyMap<string, string>;
}

const maxKeyBytes = 1024;
/** Of all headers together, names and values. */
const maxHeaderBytes = 8192;

/** Takes a request apart: `/{bucket}/{key…}` and the query. */
export const parseRequest = (aws: AwsRequest): S3Request => {
  requireSmallHeaders(aws.http.rawHeaders);
  const target = parseTarget(aws.url);
  const path = target.rawPath.startsWith('/') ? target.rawPath.slice(1) : target.rawPath;
  const slash = path.indexOf('/');
  const bucketName = uriDecode(slash === -1 ? path : path.slice(0, slash));
  const key = slash === -1 ? '' : uriDecode(path.slice(slash + 1));
  if (key !== '') requireKeyLength(key);
  const query = parseQuery(target);
  return {
    aws,
    method: aws.http.method ?? 'GET',
    bucketName: bucketName === '' ? undefined : bucketName,
    key: key === '' ? undefined : key,
    query,
    headers: parseHeaders(aws, query),
  };
};

const requireSmallHeaders = (rawHeaders: readonly string[]): void => {
  const bytes = rawHeaders.reduce((sum, text) => sum + text.length, 0);
  if (bytes <= maxHeaderBytes) return;
  throw new AwsError(
    'RequestHeaderSectionTooLarge',
    400,
    'Your request header section exceeds the maximum allowed request header section size.',
    { MaxSizeAllowed: String(maxHeaderBytes) },
  );
};

/** Refuses a key of more than 1,024 bytes. */
export const requireKeyLength = (key: string): void => {
  const bytes = Buffer.byteLength(key, 'utf8');
  if (bytes <= maxKeyBytes) return;
  throw new AwsError('KeyTooLongError', 400, 'Your key is too long', {
    Size: String(bytes),
    MaxSizeAllowed: String(maxKeyBytes),
  });
};

/** A header of a request. */
export const header = (request: S3Request, name: string): string | undefined => request.headers.get(name);

const noQuery: ReadonlyMap<string, string> = new Map();

const parseQuery = ({ parameters }: RequestTarget): ReadonlyMap<string, string> => {
  if (parameters.length === 0) return noQuery;
  const query = new Map<string, string>();
  for (const { name, value } of parameters) {
    if (query.has(name)) throw invalidArgument(`The query parameter ${name} was given more than once.`, name, value);
    query.set(name, value);
  }
  return query;
};

const parseHeaders = (aws: AwsRequest, query: ReadonlyMap<string, string>): ReadonlyMap<string, string> => {
  const headers = headerMap(aws.http.rawHeaders);
  if (aws.signature?.authType !== 'REST-QUERY-STRING') return headers;
  for (const [name, value] of query) {
    const lower = name.toLowerCase();
    if (isHoisted(lower) && !headers.has(lower)) headers.set(lower, Buffer.from(value, 'utf8').toString('latin1'));
  }
  return headers;
};

const signingNames = new Set([
  'algorithm',
  'credential',
  'date',
  'expires',
  'signedheaders',
  'signature',
  'security-token',
  'content-sha256',
]);

const isHoisted = (name: string): boolean =>
  name.startsWith('x-amz-') &&
  !signingNames.has(name.slice('x-amz-'.length)) &&
  !name.startsWith('x-amz-checksum-') &&
  name !== 'x-amz-sdk-checksum-algorithm' &&
  name !== 'x-amz-trailer';
