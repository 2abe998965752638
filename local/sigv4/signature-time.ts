import type { Clock } from '../../core/time.ts';
import { isoTime } from '../../core/time.ts';
import { AwsError } from '../aws/aws-error.ts';

/** The two clocks by which a signature's time is judged: the platform's, which can be moved, and the machine's. */
export interface SignatureClocks {
  readonly platform: Clock;
  readonly machine: Clock;
}

const maxSkewMs = 15 * 60_000;
/** A presigned URL lives a week at most. */
export const maxPresignSeconds = 604_800;

let lastRead: { readonly text: string; readonly time: number | undefined } = { text: '', time: undefined };

/** Milliseconds of `20260131T120000Z`; undefined for any other form and for days that do not exist. */
export const parseAmzDate = (text: string): number | undefined => {
  // Every request is asked twice, and most requests of a second bear the same text.
  if (lastRead.text !== text) lastRead = { text, time: readAmzDate(text) };
  return lastRead.time;
};

const readAmzDate = (text: string): number | undefined => {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const time = Date.parse(iso);
  return Number.isNaN(time) || isoTime(time) !== iso ? undefined : time;
};

/**
 * Accepts a time within 15 minutes of either clock, so that tools keep working whose clock does not travel with the
 * platform's. Answers the signature's age by the clock that accepted it.
 */
export const requireFreshTime = (time: number, clocks: SignatureClocks): number => {
  const now = [clocks.platform.now(), clocks.machine.now()].find((instant) => Math.abs(instant - time) <= maxSkewMs);
  if (now !== undefined) return Math.max(0, now - time);
  throw new AwsError(
    'RequestTimeTooSkewed',
    403,
    'The difference between the request time and the current time is too large.',
    {
      RequestTime: isoTime(time),
      ServerTime: isoTime(clocks.platform.now()),
      MaxAllowedSkewMilliseconds: String(maxSkewMs),
    },
  );
};

/** Accepts a presigned URL between its time and its expiry by the platform's clock; answers its age. */
export const requireLiveUrl = (time: number, expiresSeconds: number, clocks: SignatureClocks): number => {
  const now = clocks.platform.now();
  const earliest = Math.max(now, clocks.machine.now()) + maxSkewMs;
  const details = { 'X-Amz-Expires': String(expiresSeconds), ServerTime: isoTime(now) };
  if (time > earliest) throw new AwsError('AccessDenied', 403, 'Request is not valid yet', details);
  const end = time + expiresSeconds * 1000;
  if (now > end) throw new AwsError('AccessDenied', 403, 'Request has expired', { ...details, Expires: isoTime(end) });
  return Math.max(0, now - time);
};
