import { invalidArgument } from './errors.ts';
import type { S3Request } from './request.ts';

const maxInt = 2_147_483_647;

/** A number of the query that bounds a page: S3 takes any up to 2³¹-1 and answers at most 1,000. */
export const pageSize = ({ query }: S3Request, name: string, fallback = 1000, largest = 1000): number => {
  const text = query.get(name);
  if (text === undefined || text === '') return fallback;
  const number = Number(text);
  if (/^-?\d+$/.test(text) && number >= 0 && number <= maxInt) return Math.min(number, largest);
  const wrong = /^-?\d+$/.test(text)
    ? `Argument ${name} must be an integer between 0 and ${maxInt}`
    : `Provided ${name} not an integer or within integer range`;
  throw invalidArgument(wrong, name, text);
};
