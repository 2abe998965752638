import { AwsError } from '../../aws/aws-error.ts';
import { invalidRequest } from '../protocol/errors.ts';
import type { ChecksumAlgorithm } from './algorithm.ts';
import { algorithmOfHeader, checksumHeader, isChecksumAlgorithm, isChecksumValue } from './algorithm.ts';

/** Which checksum a request wants verified, and where its value stands. */
export interface RequestedChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** base64; undefined where it comes as a trailer. */
  readonly value: string | undefined;
}

/** Reads the checksum headers of an upload; undefined where it sends none. Two at once, or a value of another length, are refused. */
export const requestedChecksum = (headers: ReadonlyMap<string, string>): RequestedChecksum | undefined => {
  const sent = [...headers.keys()].filter((name) => name.startsWith('x-amz-checksum-') && !notValues.has(name));
  const trailing = trailerChecksums(headers);
  const names = [...sent, ...trailing];
  if (names.length > 1) {
    throw invalidRequest('Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.');
  }
  const name = names[0];
  const declared = headers.get('x-amz-sdk-checksum-algorithm')?.toUpperCase();
  if (name === undefined) {
    if (declared === undefined) return undefined;
    throw invalidRequest(
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    );
  }
  const algorithm = algorithmOfHeader(name);
  if (algorithm === undefined) throw invalidRequest(`The header ${name} names no checksum that S3 knows.`);
  if (declared !== undefined && declared !== algorithm) {
    throw invalidRequest('Value for x-amz-sdk-checksum-algorithm header is invalid.');
  }
  const value = headers.get(name);
  if (value !== undefined) requireChecksumValue(algorithm, value);
  return { algorithm, value };
};

/** Refuses a value that is not base64 of the algorithm's length. */
export const requireChecksumValue = (algorithm: ChecksumAlgorithm, value: string): void => {
  if (!isChecksumValue(algorithm, value)) {
    throw invalidRequest(`Value for ${checksumHeader(algorithm)} header is invalid.`);
  }
};

/** The algorithm that a header names; undefined where the header is absent. */
export const namedAlgorithm = (headers: ReadonlyMap<string, string>, name: string): ChecksumAlgorithm | undefined => {
  const given = headers.get(name);
  if (given === undefined) return undefined;
  const upper = given.toUpperCase();
  if (isChecksumAlgorithm(upper)) return upper;
  throw invalidRequest(
    'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
  );
};

/** The answer to content whose checksum is another than the request says. */
export const badChecksum = (algorithm: ChecksumAlgorithm): AwsError =>
  new AwsError('BadDigest', 400, `The ${algorithm} you specified did not match the calculated checksum.`);

const notValues = new Set(['x-amz-checksum-algorithm', 'x-amz-checksum-type', 'x-amz-checksum-mode']);

const trailerChecksums = (headers: ReadonlyMap<string, string>): readonly string[] => {
  const announced = headers.get('x-amz-trailer');
  if (announced === undefined) return [];
  const names = announced.split(',').map((name) => name.trim().toLowerCase());
  const unknown = names.find((name) => algorithmOfHeader(name) === undefined);
  if (unknown !== undefined || !headers.get('x-amz-content-sha256')?.endsWith('-TRAILER')) {
    throw invalidRequest('The value specified in the x-amz-trailer header is not supported');
  }
  return names;
};
