import { AwsError } from '../../aws/aws-error.ts';
import { invalidArgument, invalidRequest } from '../protocol/errors.ts';
import type { S3Request } from '../protocol/request.ts';
import { header } from '../protocol/request.ts';

const systemHeaders = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
  'x-amz-website-redirect-location',
];
const metadataPrefix = 'x-amz-meta-';
const maxMetadataBytes = 2048;

/** Storage classes of general purpose buckets. */
const storageClasses = [
  'STANDARD',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
  'GLACIER',
  'DEEP_ARCHIVE',
  'REDUCED_REDUNDANCY',
];

/** The headers that S3 keeps with an object and sends back with it. */
export const objectHeaders = (request: S3Request): Record<string, string> => {
  const headers: Record<string, string> = {};
  for (const name of systemHeaders) {
    const value = header(request, name);
    if (value !== undefined) headers[name] = requireHeaderText(name, value);
  }
  headers['content-type'] ||= 'binary/octet-stream';
  const encoding = headers['content-encoding'];
  if (encoding !== undefined) {
    const kept = encoding.split(',').filter((part) => part.trim() !== '' && part.trim() !== 'aws-chunked');
    if (kept.length === 0) delete headers['content-encoding'];
    else headers['content-encoding'] = kept.join(',').trim();
  }
  return headers;
};

/** User metadata by name without prefix; at most 2 KB of names and values. */
export const userMetadata = (request: S3Request): Record<string, string> => {
  const metadata: Record<string, string> = {};
  let bytes = 0;
  for (const [name, value] of request.headers) {
    if (!name.startsWith(metadataPrefix)) continue;
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name))
      throw invalidArgument('Metadata names are those of HTTP headers.', name, '');
    const text = decodeMetadata(requireHeaderText(name, value));
    metadata[name.slice(metadataPrefix.length)] = text;
    bytes += name.length - metadataPrefix.length + Buffer.byteLength(text, 'utf8');
  }
  if (bytes <= maxMetadataBytes) return metadata;
  throw new AwsError('MetadataTooLarge', 400, 'Your metadata headers exceed the maximum allowed metadata size', {
    Size: String(bytes),
    MaxSizeAllowed: String(maxMetadataBytes),
  });
};

/** The metadata headers of an answer; what is not ASCII is encoded as RFC 2047 says. */
export const metadataHeaders = (metadata: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(metadata).map(([name, value]) => [metadataPrefix + name, encodeMetadata(value)]));

/** The storage class that a request names. */
export const requestedStorageClass = (request: S3Request): string => {
  const storageClass = header(request, 'x-amz-storage-class') ?? 'STANDARD';
  if (storageClasses.includes(storageClass)) return storageClass;
  throw new AwsError('InvalidStorageClass', 400, 'The storage class you specified is not valid', {
    StorageClassRequested: storageClass,
  });
};

/**
 * Refuses access control lists: where the bucket's owner owns every object there are none. The two that give the owner
 * everything and nobody else anything change nothing and are taken.
 */
export const refuseAcl = (request: S3Request, accountId: string): void => {
  const acl = header(request, 'x-amz-acl');
  const grant = [...request.headers.keys()].find((name) => name.startsWith('x-amz-grant-'));
  const ownerOnly =
    acl === 'bucket-owner-full-control' || (acl === 'private' && request.aws.caller.accountId === accountId);
  if (grant === undefined && (acl === undefined || ownerOnly)) return;
  throw new AwsError('AccessControlListNotSupported', 400, 'The bucket does not allow ACLs');
};

/** Headers whose meaning would be lost without a word. */
export const refuseUnknownHeaders = (request: S3Request): void => {
  for (const name of ['x-amz-write-offset-bytes', 'x-amz-rename-source', 'x-amz-object-if-match']) {
    if (header(request, name) !== undefined) {
      throw new AwsError('NotImplemented', 501, 'A header you provided implies functionality that is not implemented', {
        Header: name,
      });
    }
  }
  const redirect = header(request, 'x-amz-website-redirect-location');
  if (redirect !== undefined && !/^(\/|https?:\/\/)/.test(redirect)) {
    throw invalidRequest("The website redirect location must have a prefix of 'http://' or 'https://' or '/'.");
  }
};

/** What comes by a form or a query can hold line breaks, which would end a header when it is sent back. */
const requireHeaderText = (name: string, value: string): string => {
  if (!/[^\t\x20-\x7e\x80-\xff]/.test(value)) return value;
  throw invalidArgument('The value has characters that a header cannot carry.', name, JSON.stringify(value));
};

const decodeMetadata = (latin1: string): string => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is exactly this range
  if (/^[\u0000-\u007f]*$/.test(latin1)) return latin1;
  const utf8 = Buffer.from(latin1, 'latin1').toString('utf8');
  return utf8.includes('\ufffd') ? latin1 : utf8;
};

const encodeMetadata = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is exactly this range
  /^[\u0000-\u007f]*$/.test(text) ? text : `=?UTF-8?B?${Buffer.from(text, 'utf8').toString('base64')}?=`;
