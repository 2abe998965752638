import type { IncomingMessage } from 'node:http';
import type { SignatureClocks } from '../sigv4/index.ts';
import { parseAmzDate } from '../sigv4/index.ts';

/**
 * The `Date` of an answer, by the clock that whoever asks goes by: the one that is nearer to the time of the signature. SDKs
 * take an answer from another time as proof that their own clock is wrong, and then repeat whatever was refused.
 */
export const answerDate = ({ headers }: IncomingMessage, { platform, machine }: SignatureClocks): string => {
  const signedAt = parseAmzDate(String(headers['x-amz-date'] ?? '')) ?? machine.now();
  const distance = (instant: number): number => Math.abs(instant - signedAt);
  const nearest = distance(platform.now()) < distance(machine.now()) ? platform : machine;
  return httpDate(Math.floor(nearest.now() / 1000));
};

let written = { second: Number.NaN, text: '' };

/** Every answer bears a date, and most bear the one of the answer before. */
const httpDate = (second: number): string => {
  if (written.second !== second) written = { second, text: new Date(second * 1000).toUTCString() };
  return written.text;
};
