import { AwsError } from '../../aws/aws-error.ts';
import type { ObjectOperation } from '../operation.ts';
import { invalidRequest, preconditionFailed } from '../protocol/errors.ts';
import { httpDate } from '../protocol/http-date.ts';
import { header } from '../protocol/request.ts';
import type { AnswerHeaders } from '../protocol/respond.ts';
import { setHeaders } from '../protocol/respond.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import { archivedAt, restoreHeader } from './archive.ts';
import { failedCondition, notModified, readConditions } from './conditions.ts';
import { encryptionHeaders, requireKey } from './encryption.ts';
import { lookUp, requestedVersionId, requireFound } from './find-version.ts';
import { retainUntil } from './lock.ts';
import { metadataHeaders } from './object-headers.ts';
import { hasPermission, requirePermission } from './permission.ts';
import type { ByteRange } from './range.ts';
import { partRange, requestedRange } from './range.ts';
import { sendContent } from './send-content.ts';
import { existingTagConditions } from './tags.ts';
import { checksumHeaders, versionIdHeader } from './version-headers.ts';

/** `GET /{bucket}/{key}` */
export const getObject = async (operation: ObjectOperation): Promise<void> => {
  const { core, request, response, bucket, key } = operation;
  const version = readableVersion(operation);
  requireKey(core, request, bucket, { key, encryption: version.detail.encryption, action: 'Decrypt' });
  if (archivedAt(version, core.clock.now())) throw archived(version);
  const range = answerHead(operation, version);
  await sendContent(core, response, version.detail.segments, range);
};

/** `HEAD /{bucket}/{key}` */
export const headObject = (operation: ObjectOperation): void => {
  const { core, request, response, bucket, key } = operation;
  const version = readableVersion(operation);
  if (wantsChecksum(operation)) {
    requireKey(core, request, bucket, { key, encryption: version.detail.encryption, action: 'Decrypt' });
  }
  answerHead(operation, version);
  response.end();
};

const readableVersion = (operation: ObjectOperation): ObjectVersion => {
  const { core, request, bucket, key } = operation;
  const versionId = requestedVersionId(operation);
  const action = versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion';
  const found = lookUp(operation, versionId);
  requirePermission(core, request, bucket, { action, key, context: existingTagConditions(found?.detail.tags ?? {}) });
  return requireFound(operation, versionId, found);
};

/** Sets status and headers of the answer and tells which bytes it is about. */
const answerHead = (operation: ObjectOperation, version: ObjectVersion): ByteRange => {
  const { request, response } = operation;
  requireConditions(operation, version);
  const whole = { start: 0, end: version.size - 1 };
  const partNumber = request.query.get('partNumber');
  const rangeText = header(request, 'range');
  if (partNumber !== undefined && rangeText !== undefined) {
    throw invalidRequest('Cannot specify both Range header and partNumber query parameter');
  }
  const part = partNumber === undefined ? undefined : partRange(version, partNumber);
  const partial = part ?? requestedRange(rangeText, version.size);
  const range = partial ?? whole;
  setHeaders(response, {
    ...objectAnswer(operation, version),
    ...overrides(operation),
    ...(wantsChecksum(operation) ? rangeChecksum(version, partNumber, partial) : {}),
    'content-length': range.end - range.start + 1,
    'content-range': partial && version.size > 0 ? `bytes ${range.start}-${range.end}/${version.size}` : undefined,
    'x-amz-mp-parts-count': part === undefined ? undefined : version.detail.parts?.length,
  });
  response.statusCode = partial === undefined ? 200 : 206;
  return range;
};

const objectAnswer = (operation: ObjectOperation, version: ObjectVersion): AnswerHeaders => {
  const { core, bucket, request, key } = operation;
  const { headers, metadata, storageClass, tags, retention, legalHold, encryption, replication } = version.detail;
  const may = (action: string): boolean => hasPermission(core, request, bucket, { action, key });
  const tagCount = Object.keys(tags).length;
  const showsRetention = retention !== undefined && may('s3:GetObjectRetention');
  return {
    'accept-ranges': 'bytes',
    'last-modified': httpDate(version.modified),
    etag: `"${version.etag}"`,
    ...headers,
    ...metadataHeaders(metadata),
    ...versionIdHeader(bucket, version),
    ...encryptionHeaders(encryption),
    'x-amz-storage-class': storageClass === 'STANDARD' ? undefined : storageClass,
    'x-amz-tagging-count': tagCount > 0 && may('s3:GetObjectTagging') ? tagCount : undefined,
    'x-amz-object-lock-mode': showsRetention ? retention.mode : undefined,
    'x-amz-object-lock-retain-until-date': showsRetention ? retainUntil(retention) : undefined,
    'x-amz-object-lock-legal-hold':
      legalHold !== undefined && may('s3:GetObjectLegalHold') ? (legalHold ? 'ON' : 'OFF') : undefined,
    'x-amz-replication-status': replication,
    'x-amz-restore': restoreHeader(version, core.clock.now()),
  };
};

const requireConditions = ({ request, response, bucket }: ObjectOperation, version: ObjectVersion): void => {
  const failed = failedCondition(readConditions(request), version);
  if (failed === undefined) return;
  if (!failed.unchanged) throw preconditionFailed(failed.name);
  setHeaders(response, {
    etag: `"${version.etag}"`,
    'last-modified': httpDate(version.modified),
    ...versionIdHeader(bucket, version),
  });
  throw notModified();
};

const overrideNames = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];

const overrides = ({ request }: ObjectOperation): AnswerHeaders => {
  const given = overrideNames.filter((name) => request.query.has(`response-${name}`));
  if (given.length > 0 && request.aws.signature === undefined) {
    throw invalidRequest('Request specific response headers cannot be used for anonymous GET requests.');
  }
  return Object.fromEntries(given.map((name) => [name, headerText(request.query.get(`response-${name}`) ?? '', name)]));
};

const headerText = (text: string, name: string): string => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a header cannot carry these
  if (/[\u0000-\u001f\u007f]/.test(text))
    throw invalidRequest(`The value of response-${name} is not that of a header.`);
  return Buffer.from(text, 'utf8').toString('latin1');
};

const wantsChecksum = ({ request }: ObjectOperation): boolean =>
  header(request, 'x-amz-checksum-mode')?.toUpperCase() === 'ENABLED';

const rangeChecksum = (
  version: ObjectVersion,
  partNumber: string | undefined,
  partial: ByteRange | undefined,
): AnswerHeaders => {
  const { checksum, parts } = version.detail;
  if (partial === undefined || checksum === undefined) return checksumHeaders(checksum);
  if (partNumber === undefined) return {};
  if (parts === undefined) return checksumHeaders(checksum);
  const value = parts[Number(partNumber) - 1]?.checksum;
  return value === undefined ? {} : checksumHeaders({ ...checksum, value });
};

const archived = (version: ObjectVersion): AwsError =>
  new AwsError('InvalidObjectState', 403, "The operation is not valid for the object's storage class", {
    StorageClass: version.detail.storageClass,
  });
