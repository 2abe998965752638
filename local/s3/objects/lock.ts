import { days, isoTime } from '../../../core/time.ts';
import { AwsError } from '../../aws/aws-error.ts';
import type { BucketConfiguration, RetentionMode } from '../buckets/configuration.ts';
import { accessDenied, invalidArgument, invalidRequest } from '../protocol/errors.ts';
import type { S3Request } from '../protocol/request.ts';
import { header } from '../protocol/request.ts';
import type { ObjectVersion, Retention } from '../store/object-version.ts';

const maxYears = 100;

/** The protection of a new version. */
export interface RequestedLock {
  readonly retention?: Retention;
  readonly legalHold?: boolean;
}

/** Reads the lock headers of an upload. */
export const requestedLock = (request: S3Request, configuration: BucketConfiguration, now: number): RequestedLock => {
  const mode = header(request, 'x-amz-object-lock-mode');
  const until = header(request, 'x-amz-object-lock-retain-until-date');
  const hold = header(request, 'x-amz-object-lock-legal-hold');
  if (mode === undefined && until === undefined && hold === undefined) return {};
  if (configuration.objectLock === undefined) throw invalidRequest('Bucket is missing Object Lock Configuration');
  if ((mode === undefined) !== (until === undefined)) {
    throw invalidArgument(
      'x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied',
      mode === undefined ? 'x-amz-object-lock-mode' : 'x-amz-object-lock-retain-until-date',
      '',
    );
  }
  if (hold !== undefined && hold !== 'ON' && hold !== 'OFF') {
    throw invalidArgument("Legal Hold must be either of 'ON' or 'OFF'", 'x-amz-object-lock-legal-hold', hold);
  }
  return {
    ...(mode !== undefined && until !== undefined && { retention: parseRetention(mode, until, now) }),
    ...(hold !== undefined && { legalHold: hold === 'ON' }),
  };
};

/** Reads a mode and an end; the end must lie ahead, within 100 years. */
export const parseRetention = (mode: string, until: string, now: number): Retention => {
  const time = Date.parse(until);
  if (!isMode(mode)) throw invalidArgument('Unknown wormMode directive.', 'x-amz-object-lock-mode', mode);
  if (!/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(until) || Number.isNaN(time)) {
    throw invalidArgument(
      'The retain until date must be provided in ISO 8601 format',
      'x-amz-object-lock-retain-until-date',
      until,
    );
  }
  if (time <= now) {
    throw invalidArgument('The retain until date must be in the future!', 'x-amz-object-lock-retain-until-date', until);
  }
  if (time > now + days(365.25 * maxYears)) {
    throw invalidArgument(
      'The retain until date must be within 100 years.',
      'x-amz-object-lock-retain-until-date',
      until,
    );
  }
  return { mode, until: time };
};

/** What the bucket gives to a new version that says nothing itself. */
export const defaultLock = (configuration: BucketConfiguration, now: number): RequestedLock => {
  const rule = configuration.objectLock?.defaultRetention;
  if (rule === undefined) return {};
  const length = rule.days === undefined ? days(365 * (rule.years ?? 0)) : days(rule.days);
  return { retention: { mode: rule.mode, until: now + length } };
};

/** Throws `AccessDenied` where a lock protects a version from being deleted. */
export const requireDeletable = (version: ObjectVersion, now: number, bypassGovernance: boolean): void => {
  const { legalHold, retention } = version.detail;
  const retained = retention !== undefined && retention.until > now;
  const blocked = legalHold === true || (retained && (retention.mode === 'COMPLIANCE' || !bypassGovernance));
  if (blocked) throw accessDenied('Access Denied because object protected by object lock.');
};

/** Throws where a retention may not be replaced by another: it may always grow, and shrink only under governance with the right to bypass. */
export const requireChangeable = (
  before: Retention | undefined,
  after: Retention | undefined,
  options: { readonly now: number; readonly bypassGovernance: boolean },
): void => {
  if (before === undefined || before.until <= options.now) return;
  const keepsMode = after !== undefined && (after.mode === before.mode || after.mode === 'COMPLIANCE');
  if (keepsMode && after.until >= before.until) return;
  if (before.mode === 'GOVERNANCE' && options.bypassGovernance) return;
  throw accessDenied('Access Denied because object protected by object lock.');
};

/** The condition value that tells policies how long a requested retention is. */
export const remainingDays = (retention: Retention | undefined, now: number): Record<string, string> =>
  retention === undefined
    ? {}
    : { 's3:object-lock-remaining-retention-days': String(Math.ceil((retention.until - now) / days(1))) };

/** A retention's end as headers and XML write it. */
export const retainUntil = ({ until }: Retention): string => isoTime(until);

/** The answer where a bucket has no Object Lock. */
export const noObjectLock = (): AwsError =>
  new AwsError('ObjectLockConfigurationNotFoundError', 404, 'Object Lock configuration does not exist for this bucket');

const isMode = (text: string): text is RetentionMode => text === 'GOVERNANCE' || text === 'COMPLIANCE';
