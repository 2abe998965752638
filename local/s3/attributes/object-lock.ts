import { isoTime } from '../../../core/time.ts';
import { AwsError } from '../../aws/aws-error.ts';
import type { DefaultRetention } from '../buckets/configuration.ts';
import { bypassesGovernance } from '../objects/delete-object.ts';
import { noObjectLock, parseRetention, remainingDays, requireChangeable } from '../objects/lock.ts';
import { requirePermission } from '../objects/permission.ts';
import type { BucketOperation, ObjectOperation } from '../operation.ts';
import { invalidRequest } from '../protocol/errors.ts';
import { readXml } from '../protocol/read-xml.ts';
import { sendEmpty, sendXml } from '../protocol/respond.ts';
import type { XmlElement } from '../protocol/xml.ts';
import { element, textElement, xmlDocument } from '../protocol/xml.ts';
import { child, childText, malformedXml, requireShape } from '../protocol/xml-parser.ts';
import { changeDetail } from '../replication/schedule.ts';
import type { Retention } from '../store/object-version.ts';
import { targetVersion } from './target-version.ts';

/** `GET /{bucket}?object-lock` */
export const getObjectLockConfiguration = ({ core, request, response, bucket }: BucketOperation): void => {
  requirePermission(core, request, bucket, { action: 's3:GetBucketObjectLockConfiguration' });
  const { objectLock } = bucket.configuration;
  if (objectLock === undefined) throw noObjectLock();
  const rule = objectLock.defaultRetention;
  const rules =
    rule === undefined
      ? ''
      : element(
          'Rule',
          element(
            'DefaultRetention',
            textElement('Mode', rule.mode),
            textElement('Days', rule.days),
            textElement('Years', rule.years),
          ),
        );
  sendXml(response, xmlDocument('ObjectLockConfiguration', textElement('ObjectLockEnabled', 'Enabled'), rules));
};

/** `PUT /{bucket}?object-lock` */
export const putObjectLockConfiguration = async ({
  core,
  request,
  response,
  bucket,
}: BucketOperation): Promise<void> => {
  requirePermission(core, request, bucket, { action: 's3:PutBucketObjectLockConfiguration' });
  const root = await readXml(request);
  requireShape(root, 'ObjectLockConfiguration', ['ObjectLockEnabled', 'Rule']);
  if (childText(root, 'ObjectLockEnabled') !== 'Enabled') throw malformedXml();
  if (bucket.configuration.versioning !== 'Enabled') {
    throw new AwsError(
      'InvalidBucketState',
      409,
      "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
    );
  }
  const objectLock = defaultLockOf(root);
  core.buckets.configure(bucket, (before) => ({ ...before, objectLock }));
  sendEmpty(response, 200);
};

const defaultLockOf = (root: XmlElement): { readonly defaultRetention?: DefaultRetention } => {
  const rule = child(root, 'Rule');
  if (rule === undefined) return {};
  const retention = child(rule, 'DefaultRetention');
  if (retention === undefined) throw malformedXml();
  const mode = childText(retention, 'Mode');
  const [days, years] = [childText(retention, 'Days'), childText(retention, 'Years')];
  const length = Number(days ?? years);
  const oneLength = (days === undefined) !== (years === undefined);
  if ((mode !== 'GOVERNANCE' && mode !== 'COMPLIANCE') || !oneLength || !Number.isInteger(length)) throw malformedXml();
  if (length < 1) throw invalidRequest('Default retention period must be a positive integer value.');
  return { defaultRetention: { mode, ...(days === undefined ? { years: length } : { days: length }) } };
};

/** `GET /{bucket}/{key}?retention` */
export const getObjectRetention = (operation: ObjectOperation): void => {
  requireLockedBucket(operation);
  const { retention } = targetVersion(operation, same('s3:GetObjectRetention')).detail;
  if (retention === undefined) throw noSuchLock();
  const until = textElement('RetainUntilDate', isoTime(retention.until));
  sendXml(operation.response, xmlDocument('Retention', textElement('Mode', retention.mode), until));
};

/** `PUT /{bucket}/{key}?retention` */
export const putObjectRetention = async (operation: ObjectOperation): Promise<void> => {
  const { core, request, response, bucket, key } = operation;
  requireLockedBucket(operation);
  const root = await readXml(request);
  requireShape(root, 'Retention', ['Mode', 'RetainUntilDate']);
  const [mode, until] = [childText(root, 'Mode'), childText(root, 'RetainUntilDate')];
  if ((mode === undefined) !== (until === undefined)) throw malformedXml();
  const now = core.clock.now();
  const retention: Retention | undefined =
    mode === undefined || until === undefined ? undefined : parseRetention(mode, until, now);
  const version = targetVersion(operation, same('s3:PutObjectRetention'), remainingDays(retention, now));
  const bypassGovernance = bypassesGovernance(operation, key);
  requireChangeable(version.detail.retention, retention, { now, bypassGovernance });
  const { retention: _, ...detail } = version.detail;
  core.change(() => changeDetail(core, bucket, version, { ...detail, ...(retention !== undefined && { retention }) }));
  sendEmpty(response, 200);
};

/** `GET /{bucket}/{key}?legal-hold` */
export const getObjectLegalHold = (operation: ObjectOperation): void => {
  requireLockedBucket(operation);
  const { legalHold } = targetVersion(operation, same('s3:GetObjectLegalHold')).detail;
  if (legalHold === undefined) throw noSuchLock();
  sendXml(operation.response, xmlDocument('LegalHold', textElement('Status', legalHold ? 'ON' : 'OFF')));
};

/** `PUT /{bucket}/{key}?legal-hold` */
export const putObjectLegalHold = async (operation: ObjectOperation): Promise<void> => {
  const { core, request, response, bucket } = operation;
  requireLockedBucket(operation);
  const root = await readXml(request);
  requireShape(root, 'LegalHold', ['Status']);
  const status = childText(root, 'Status');
  if (status !== 'ON' && status !== 'OFF') throw malformedXml();
  const version = targetVersion(operation, same('s3:PutObjectLegalHold'), { 's3:object-lock-legal-hold': status });
  core.change(() => changeDetail(core, bucket, version, { ...version.detail, legalHold: status === 'ON' }));
  sendEmpty(response, 200);
};

const same = (action: string) => ({ current: action, version: action });

const requireLockedBucket = ({ bucket }: BucketOperation): void => {
  if (bucket.configuration.objectLock === undefined)
    throw invalidRequest('Bucket is missing Object Lock Configuration');
};

const noSuchLock = (): AwsError =>
  new AwsError('NoSuchObjectLockConfiguration', 404, 'The specified object does not have a ObjectLock configuration');
