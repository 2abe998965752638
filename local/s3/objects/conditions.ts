import { AwsError, notImplemented } from '../../aws/aws-error.ts';
import { noSuchKey, preconditionFailed } from '../protocol/errors.ts';
import type { S3Request } from '../protocol/request.ts';
import { header } from '../protocol/request.ts';
import type { ObjectVersion } from '../store/object-version.ts';

/** The conditions of a read, by the header names of the object itself or of a copy's source. */
export interface ReadConditions {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly ifModifiedSince: string | undefined;
  readonly ifUnmodifiedSince: string | undefined;
}

/** Reads the conditions whose headers begin with a prefix: none, or `x-amz-copy-source-`. */
export const readConditions = (request: S3Request, prefix = ''): ReadConditions => ({
  ifMatch: header(request, `${prefix}if-match`),
  ifNoneMatch: header(request, `${prefix}if-none-match`),
  ifModifiedSince: header(request, `${prefix}if-modified-since`),
  ifUnmodifiedSince: header(request, `${prefix}if-unmodified-since`),
});

type Read = Pick<ObjectVersion, 'etag' | 'modified'>;

/**
 * The name of the condition that does not hold, undefined where all do. A tag condition outweighs the date condition of its
 * kind: If-Match over If-Unmodified-Since, If-None-Match over If-Modified-Since.
 */
export const failedCondition = (
  conditions: ReadConditions,
  version: Read,
): { name: string; unchanged: boolean } | undefined => {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions;
  const modified = Math.floor(version.modified / 1000) * 1000;
  if (ifMatch !== undefined) {
    if (!tagListed(ifMatch, version.etag)) return { name: 'If-Match', unchanged: false };
  } else if (ifUnmodifiedSince !== undefined && modified > Date.parse(ifUnmodifiedSince)) {
    return { name: 'If-Unmodified-Since', unchanged: false };
  }
  if (ifNoneMatch !== undefined) {
    return tagListed(ifNoneMatch, version.etag) ? { name: 'If-None-Match', unchanged: true } : undefined;
  }
  const notModified = ifModifiedSince !== undefined && modified <= Date.parse(ifModifiedSince);
  return notModified ? { name: 'If-Modified-Since', unchanged: true } : undefined;
};

/** The conditions of a write: `If-None-Match: *` and `If-Match: "tag"`. */
export interface WriteConditions {
  readonly ifAbsent: boolean;
  readonly ifMatch: string | undefined;
}

/** Reads the conditions of a write; forms that S3 does not have are refused. */
export const writeConditions = (request: S3Request): WriteConditions => {
  const ifNoneMatch = header(request, 'if-none-match');
  const ifMatch = header(request, 'if-match');
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') throw notImplemented('If-None-Match with a value other than *');
  if (ifNoneMatch !== undefined && ifMatch !== undefined) throw notImplemented('If-Match together with If-None-Match');
  return { ifAbsent: ifNoneMatch === '*', ifMatch };
};

/** Throws where the current version of a key does not allow the write. */
export const requireWritable = (conditions: WriteConditions, key: string, current: ObjectVersion | undefined): void => {
  const existing = current?.marker ? undefined : current;
  if (conditions.ifAbsent && existing !== undefined) throw preconditionFailed('If-None-Match');
  if (conditions.ifMatch === undefined) return;
  if (existing === undefined) throw noSuchKey(key);
  if (!tagListed(conditions.ifMatch, existing.etag)) throw preconditionFailed('If-Match');
};

/** The answer to a read whose content the client has already. */
export const notModified = (): AwsError => new AwsError('NotModified', 304, 'Not Modified');

const tagListed = (list: string, etag: string): boolean =>
  list.split(',').some((item) => {
    const tag = item
      .trim()
      .replace(/^W\//, '')
      .replace(/^"(.*)"$/, '$1');
    return tag === '*' || tag === etag;
  });
