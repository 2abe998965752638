import * as z from 'zod';
import { ReportableError } from './error-fields.ts';

/** One event of a bucket, as far as it is believed: it says which version of which key to look at. */
export interface BucketEvent {
  /** `ObjectCreated:Put`. */
  readonly name: string;
  readonly bucket: string;
  readonly region: string;
  /** Decoded. */
  readonly key: string;
  readonly versionId: string | undefined;
  /** Milliseconds since the epoch; undefined where the event states no time. */
  readonly at: number | undefined;
}

/** A message that is no notification of S3: it belongs into the dead-letter queue. */
export class UnexpectedMessageError extends ReportableError {
  override readonly name = 'UnexpectedMessageError';
}

const Notification = z.object({
  Records: z
    .array(
      z.object({
        eventVersion: z.string().regex(/^2\.\d+$/),
        eventSource: z.literal('aws:s3'),
        awsRegion: z.string(),
        eventTime: z.string().optional(),
        eventName: z.string(),
        s3: z.object({
          bucket: z.object({ name: z.string() }),
          object: z.object({ key: z.string().min(1), versionId: z.string().optional() }),
        }),
      }),
    )
    .min(1),
});

const TestEvent = z.object({
  Service: z.literal('Amazon S3'),
  Event: z.literal('s3:TestEvent'),
  Records: z.undefined().optional(),
});

/** Takes a queue message apart; the test event that S3 sends when notifications are set up has no events. */
export const parseNotification = (body: string): readonly BucketEvent[] => {
  const value = parseJson(body);
  if (TestEvent.safeParse(value).success) return [];
  const result = Notification.safeParse(value);
  if (!result.success) {
    const places = result.error.issues.map(({ path, code }) => `${path.join('.') || 'message'}: ${code}`).slice(0, 5);
    throw new UnexpectedMessageError(`The message is no S3 notification of version 2 (${places.join(', ')}).`);
  }
  return result.data.Records.map(({ eventName, awsRegion, eventTime, s3 }) => ({
    name: eventName,
    bucket: s3.bucket.name,
    region: awsRegion,
    key: decodeKey(s3.object.key),
    versionId: s3.object.versionId,
    at: timeOf(eventTime),
  }));
};

const parseJson = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UnexpectedMessageError('The message is not JSON.');
  }
};

/** S3 writes keys into notifications as forms do: percent signs, and `+` for a space. */
const decodeKey = (key: string): string => {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new UnexpectedMessageError('The message names a key that cannot be decoded.');
  }
};

const timeOf = (text: string | undefined): number | undefined => {
  const ms = Date.parse(text ?? '');
  return Number.isFinite(ms) ? ms : undefined;
};
