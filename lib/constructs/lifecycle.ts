import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import {
  archiveTagName,
  archiveTargets,
  leastArchivedBytes,
  s3StorageClass,
} from '../../core/archive/archive-class.ts';
import type { ColdStorage, DataClass } from '../../core/data-class.ts';
import { days } from '../../core/time.ts';

type Rule = CfnBucket.RuleProperty;

const storageClasses: Record<ColdStorage, string> = {
  'standard-ia': 'STANDARD_IA',
  'glacier-ir': 'GLACIER_IR',
  glacier: 'GLACIER',
  'deep-archive': 'DEEP_ARCHIVE',
};

/** Below this a colder class costs more than it saves: each object carries 40 KB of overhead there. */
const leastBytesWorthMoving = 131_072;

const wholeDays = (ms: number): number => Math.ceil(ms / days(1));

/** Parts of uploads that nobody completed are paid for and shown nowhere. */
export const abortIncompleteUploads = (): Rule => ({
  id: 'AbortIncompleteUploads',
  status: 'Enabled',
  abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
});

/** Removes delete markers that no version stands behind any more. */
export const removeExpiredMarkers = (): Rule => ({
  id: 'RemoveExpiredMarkers',
  status: 'Enabled',
  expiredObjectDeleteMarker: true,
});

/** Removes a version some time after a newer one or a delete marker took its place. */
export const expireNoncurrent = (id: string, prefix: string | undefined, noncurrentMs: number): Rule => ({
  id,
  status: 'Enabled',
  ...(prefix !== undefined && { prefix }),
  noncurrentVersionExpiration: { noncurrentDays: wholeDays(noncurrentMs) },
});

/** Puts a delete marker on everything of that age, and soon after removes what is under it. */
export const expireAll = (id: string, expiryDays: number, prefix?: string): Rule => ({
  id,
  status: 'Enabled',
  ...(prefix !== undefined && { prefix }),
  expirationInDays: expiryDays,
  noncurrentVersionExpiration: { noncurrentDays: 1 },
});

/**
 * The rules of a class, as its retention says. Current objects are not expired here, because only the daily sweep knows of
 * holds, cases and consents; what nobody can hold, because it is gone within a day or two anyway, is the exception. The
 * transition stands in a rule of its own, whose limit of size must not keep small old versions for ever.
 */
export const classRules = (dataClass: DataClass, noncurrentRetention: number): Rule[] => {
  const { name, prefix, retention } = dataClass;
  const { coldAfter, cold, deleteAfter, floor } = retention;
  if (deleteAfter !== undefined && isShortLived(dataClass)) return [expireAll(name, wholeDays(deleteAfter), prefix)];
  const oldVersions = expireNoncurrent(name, prefix, Math.max(noncurrentRetention, floor ?? 0));
  if (coldAfter === undefined || cold === undefined) return [oldVersions];
  return [oldVersions, moveToCold(`${name}-cold`, prefix, storageClasses[cold], coldAfter)];
};

const moveToCold = (id: string, prefix: string, storageClass: string, afterMs: number): Rule => ({
  id,
  status: 'Enabled',
  prefix,
  objectSizeGreaterThan: leastBytesWorthMoving,
  transitions: [{ storageClass, transitionInDays: wholeDays(afterMs) }],
});

/**
 * What somebody sent to the archive bears a tag, and goes at the next run of the rules: no new version is made for it, and a
 * hold does not stand in its way.
 */
export const archiveRules = (): Rule[] =>
  archiveTargets.map((target) => ({
    id: `archive-${target}`,
    status: 'Enabled',
    tagFilters: [{ key: archiveTagName, value: s3StorageClass[target] }],
    objectSizeGreaterThan: leastArchivedBytes,
    transitions: [{ storageClass: s3StorageClass[target], transitionInDays: 0 }],
  }));

/** Gone within two days: too short for a hold, a case or a backup. */
const isShortLived = ({ retention }: DataClass): boolean =>
  retention.deleteAfter !== undefined && retention.deleteAfter <= days(2);
