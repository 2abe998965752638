import { hash } from 'node:crypto';

const orderDigits = 10;

/** The id of versions in a bucket that never had versioning, or has it suspended. */
export const nullVersionId = 'null';

/**
 * Makes an opaque version id of 32 characters. Its end tells the version's place, so that a list can go on after a version
 * that has been deleted in between.
 */
export const newVersionId = (seq: number, random: string): string =>
  hash('sha256', random, 'base64url')
    .slice(0, 32 - orderDigits)
    .replaceAll('-', '.') + seq.toString(36).padStart(orderDigits, '0');

/** The place of a version by its id; undefined for an id that cannot have been made here. */
export const sequenceOf = (versionId: string): number | undefined => {
  const digits = versionId.slice(-orderDigits);
  return versionId.length === 32 && /^[0-9a-z]+$/.test(digits) ? Number.parseInt(digits, 36) : undefined;
};
