import { AwsError } from '../../aws/aws-error.ts';
import { invalidArgument } from '../protocol/errors.ts';
import type { ObjectVersion } from '../store/object-version.ts';

/** A stretch of content: the first and the last byte. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** The bytes that `Range: bytes=…` names; undefined for forms that S3 ignores, several ranges among them. */
export const requestedRange = (text: string | undefined, size: number): ByteRange | undefined => {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(text ?? '');
  if (match === null) return undefined;
  const [first = '', last = ''] = match.slice(1);
  if (first === '' && last === '') return undefined;
  if (first === '') return suffix(Number(last), size, text ?? '');
  const start = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < start) return undefined;
  if (start >= size) throw unsatisfiable(text ?? '', size);
  return { start, end };
};

/** The bytes of a part by its number; an object that came in one piece is its own part 1. */
export const partRange = (version: ObjectVersion, text: string): ByteRange => {
  const number = Number(text);
  if (!/^\d{1,5}$/.test(text) || number < 1 || number > 10_000) {
    throw invalidArgument('Part number must be an integer between 1 and 10000, inclusive', 'partNumber', text);
  }
  const parts = version.detail.parts ?? [{ size: version.size }];
  const part = parts[number - 1];
  if (part === undefined) {
    throw new AwsError('InvalidPartNumber', 416, 'The requested partnumber is not satisfiable', {
      ActualPartCount: String(parts.length),
      PartNumberRequested: text,
    });
  }
  const start = parts.slice(0, number - 1).reduce((sum, { size }) => sum + size, 0);
  return { start, end: start + part.size - 1 };
};

const suffix = (length: number, size: number, text: string): ByteRange => {
  if (length === 0 || size === 0) throw unsatisfiable(text, size);
  return { start: Math.max(0, size - length), end: size - 1 };
};

const unsatisfiable = (range: string, size: number): AwsError =>
  new AwsError('InvalidRange', 416, 'The requested range is not satisfiable', {
    RangeRequested: range,
    ActualObjectSize: String(size),
  });
