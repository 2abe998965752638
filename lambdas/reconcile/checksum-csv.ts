import * as z from 'zod';
import type { PinnedVersion } from '../shared/copy-source.ts';
import { ReportableError } from '../shared/error-fields.ts';
import type { ComputedChecksum } from './ports.ts';

/** The list of what a batch job is to read: bucket, key and version, the key URL-encoded as S3 wants it. */
export const manifestOf = (bucket: string, versions: readonly PinnedVersion[]): string =>
  versions.map(({ key, versionId }) => `${bucket},${encodeKey(key)},${versionId}\n`).join('');

const encodeKey = (key: string): string => key.split('/').map(encodeURIComponent).join('/');

const Message = z.looseObject({ checksum_base64: z.string(), checksumAlgorithm: z.string() });

/**
 * Reads a file of a batch job's report: `bucket,key,version,status,…,"message"`. What stands between status and message is
 * in another order than S3's own schema says, so nothing is taken from there.
 */
export const parseReport = (csv: string): readonly ComputedChecksum[] =>
  csv
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => line !== '')
    .map(parseLine);

const line = /^"?([^,"]+)"?,"?([^,"]+)"?,"?([^,"]*)"?,"?(succeeded|failed)"?,[^,]*,[^,]*,(.*)$/;

const parseLine = (text: string): ComputedChecksum => {
  const [, , key, versionId, status, message] = line.exec(text) ?? [];
  if (key === undefined || versionId === undefined || message === undefined) {
    throw new ReportableError('A line of S3’s report of checksums is not of the form that is documented.');
  }
  const version = { key: decodeKey(key), versionId };
  if (status === 'failed') return { ...version, isMissing: /Key not found|\b404\b/.test(message) };
  const told = Message.safeParse(jsonOf(message));
  if (!told.success) throw new ReportableError('S3’s report of checksums tells of a version without its checksum.');
  return { ...version, algorithm: told.data.checksumAlgorithm, value: told.data.checksum_base64 };
};

const jsonOf = (quoted: string): unknown => {
  try {
    return JSON.parse(quoted.replace(/^"(.*)"$/, '$1').replaceAll('""', '"'));
  } catch {
    return undefined;
  }
};

/** A key with a percent sign that stands for itself is no URL-encoding. */
const decodeKey = (key: string): string => {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
};
