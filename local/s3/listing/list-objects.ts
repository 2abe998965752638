import { isoTime } from '../../../core/time.ts';
import { restoreXml } from '../objects/archive.ts';
import { requirePermission } from '../objects/permission.ts';
import type { BucketOperation } from '../operation.ts';
import { invalidArgument } from '../protocol/errors.ts';
import { ownerXml } from '../protocol/owner.ts';
import { pageSize } from '../protocol/page-size.ts';
import { sendXml } from '../protocol/respond.ts';
import { element, textElement, xmlDocument } from '../protocol/xml.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import type { VisiblePage } from './collect-visible.ts';
import { collectVisible } from './collect-visible.ts';
import { keyEncoding } from './key-encoding.ts';

/** `GET /{bucket}?list-type=2` */
export const listObjectsV2 = (operation: BucketOperation): void => {
  const { request, response, bucket } = operation;
  const { query } = request;
  if (query.get('list-type') !== '2')
    throw invalidArgument('Invalid List Type specified in Request', 'list-type', query.get('list-type') ?? '');
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after');
  const list = readList(operation, token === undefined ? (startAfter ?? '') : decodeToken(token));
  const { page, encode } = list;
  const withOwner = query.get('fetch-owner') === 'true';
  sendXml(
    response,
    xmlDocument(
      'ListBucketResult',
      textElement('Name', bucket.name),
      textElement('Prefix', encode(list.prefix)),
      textElement('Delimiter', list.delimiter === undefined ? undefined : encode(list.delimiter)),
      textElement('MaxKeys', list.limit),
      textElement('EncodingType', query.get('encoding-type')),
      textElement('KeyCount', page.objects.length + page.prefixes.length),
      textElement('IsTruncated', page.truncated),
      textElement('ContinuationToken', token),
      textElement('NextContinuationToken', page.truncated ? encodeToken(page.last) : undefined),
      textElement('StartAfter', startAfter === undefined ? undefined : encode(startAfter)),
      contentsXml(operation, list, withOwner),
    ),
  );
};

/** `GET /{bucket}` */
export const listObjects = (operation: BucketOperation): void => {
  const { request, response, bucket } = operation;
  const { query } = request;
  const marker = query.get('marker') ?? '';
  const list = readList(operation, marker);
  const { page, encode, delimiter } = list;
  sendXml(
    response,
    xmlDocument(
      'ListBucketResult',
      textElement('Name', bucket.name),
      textElement('Prefix', encode(list.prefix)),
      textElement('Marker', encode(marker)),
      textElement('NextMarker', page.truncated && delimiter !== undefined ? encode(page.last) : undefined),
      textElement('MaxKeys', list.limit),
      textElement('Delimiter', delimiter === undefined ? undefined : encode(delimiter)),
      textElement('EncodingType', query.get('encoding-type')),
      textElement('IsTruncated', page.truncated),
      contentsXml(operation, list, true),
    ),
  );
};

/** The condition values that tell policies what is listed. */
export const listConditions = ({ request: { query } }: BucketOperation): Record<string, string | undefined> => ({
  's3:prefix': query.get('prefix') ?? '',
  's3:delimiter': query.get('delimiter'),
  's3:max-keys': query.get('max-keys'),
});

interface List {
  readonly prefix: string;
  readonly delimiter: string | undefined;
  readonly limit: number;
  readonly page: VisiblePage;
  readonly encode: (key: string) => string;
}

const readList = (operation: BucketOperation, after: string): List => {
  const { core, request, bucket } = operation;
  requirePermission(core, request, bucket, { action: 's3:ListBucket', context: listConditions(operation) });
  const prefix = request.query.get('prefix') ?? '';
  const delimiter = request.query.get('delimiter') || undefined;
  const limit = pageSize(request, 'max-keys');
  const encode = keyEncoding(request);
  return {
    prefix,
    delimiter,
    limit,
    encode,
    page: collectVisible(core, { bucketId: bucket.id, prefix, delimiter, after, limit }),
  };
};

const contentsXml = ({ core, request }: BucketOperation, { page, encode }: List, withOwner: boolean): string => {
  const withRestore = request.headers.get('x-amz-optional-object-attributes')?.includes('RestoreStatus') ?? false;
  const contents = page.objects.map((object) =>
    element(
      'Contents',
      textElement('Key', encode(object.key)),
      entryXml(object),
      withOwner ? ownerXml('Owner', core.ownerId) : '',
      withRestore ? restoreXml(object, core.clock.now()) : '',
    ),
  );
  const prefixes = page.prefixes.map((prefix) => element('CommonPrefixes', textElement('Prefix', encode(prefix))));
  return contents.join('') + prefixes.join('');
};

/** What every list tells of an object besides its key. */
export const entryXml = ({ modified, etag, size, detail }: ObjectVersion): string =>
  textElement('LastModified', isoTime(Math.floor(modified / 1000) * 1000)) +
  textElement('ETag', `"${etag}"`) +
  textElement('ChecksumAlgorithm', detail.checksum?.algorithm) +
  textElement('ChecksumType', detail.checksum?.type) +
  textElement('Size', size) +
  textElement('StorageClass', detail.storageClass);

const encodeToken = (last: string): string => Buffer.from(`1${last}`, 'utf8').toString('base64url');

const decodeToken = (token: string): string => {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (text.startsWith('1') && encodeToken(text.slice(1)) === token) return text.slice(1);
  throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', token);
};
