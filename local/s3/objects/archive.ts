import { isoTime } from '../../../core/time.ts';
import { httpDate } from '../protocol/http-date.ts';
import { element, textElement } from '../protocol/xml.ts';
import type { ObjectVersion } from '../store/object-version.ts';

/** Storage classes whose content must be restored before it can be read. */
export const archiveClasses = ['GLACIER', 'DEEP_ARCHIVE'];

/** True where the content of a version is archived and no restored copy of it can be read at that time. */
export const archivedAt = ({ detail }: ObjectVersion, now: number): boolean => {
  if (!archiveClasses.includes(detail.storageClass)) return false;
  const { restore } = detail;
  return restore === undefined || now < restore.readyAt || now >= restore.expiresAt;
};

/** The header that tells how far a restore is; undefined where there is none or its copy has expired. */
export const restoreHeader = ({ detail: { restore } }: ObjectVersion, now: number): string | undefined => {
  if (restore === undefined || now >= restore.expiresAt) return undefined;
  if (now < restore.readyAt) return 'ongoing-request="true"';
  return `ongoing-request="false", expiry-date="${httpDate(restore.expiresAt)}"`;
};

/** The state of a restore as lists tell it. */
export const restoreXml = ({ detail: { restore } }: ObjectVersion, now: number): string => {
  if (restore === undefined || now >= restore.expiresAt) return '';
  const ready = now >= restore.readyAt;
  return element(
    'RestoreStatus',
    textElement('IsRestoreInProgress', !ready),
    textElement('RestoreExpiryDate', ready ? isoTime(restore.expiresAt) : undefined),
  );
};
