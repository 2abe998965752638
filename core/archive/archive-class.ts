import { KiB } from '../bytes.ts';
import type { ColdStorage } from '../data-class.ts';

/** The tag that sends a version to the storage class that is its value, by a lifecycle rule with no days. */
export const archiveTagName = 'mediakeep:archive';

/** Contents up to this length cost more in the archive than they save; they are packed together instead. */
export const leastArchivedBytes = KiB(128);

/** The cold classes by the names that S3 has for them. */
export const s3StorageClass: Readonly<Record<ColdStorage, string>> = {
  'standard-ia': 'STANDARD_IA',
  'glacier-ir': 'GLACIER_IR',
  glacier: 'GLACIER',
  'deep-archive': 'DEEP_ARCHIVE',
};

/** The classes to which somebody may send something: whose content has to be restored, or costs to read, from then on. */
export const archiveTargets = ['glacier-ir', 'glacier', 'deep-archive'] as const satisfies readonly ColdStorage[];
export type ArchiveTarget = (typeof archiveTargets)[number];

/** Objects only move down this list. */
const order = ['STANDARD', 'STANDARD_IA', 'INTELLIGENT_TIERING', 'ONEZONE_IA', 'GLACIER_IR', 'GLACIER', 'DEEP_ARCHIVE'];

/** True where S3 would move an object of the first class to the second. */
export const isColder = (from: string, to: string): boolean => order.indexOf(to) > order.indexOf(from);

/** True for the classes whose content cannot be read before it is restored. */
export const needsRestore = (storageClass: string): boolean =>
  storageClass === 'GLACIER' || storageClass === 'DEEP_ARCHIVE';
