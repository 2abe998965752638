import { S3Client } from '@aws-sdk/client-s3';
import { withoutRequestLog } from './without-request-log.ts';

export interface S3ClientOptions {
  /** How long an answer may take; a copy of gigabytes takes minutes. @default 10 s */
  readonly requestTimeoutMs?: number;
  /** @default the function's own */
  readonly region?: string;
}

/**
 * The S3 client of a function. An endpoint of one's own is addressed by path, since it has no name per bucket. Checksums
 * are computed where a request asks for them and not by default: nothing here uploads bytes without naming its own.
 * A call that hangs is given up and repeated while the function still has time.
 */
export const createS3Client = (
  environment: Readonly<Record<string, string | undefined>>,
  { requestTimeoutMs = 10_000, region }: S3ClientOptions = {},
): S3Client =>
  withoutRequestLog(
    new S3Client({
      ...(region !== undefined && { region }),
      forcePathStyle: environment['AWS_ENDPOINT_URL'] !== undefined,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      maxAttempts: 4,
      requestHandler: { connectionTimeout: 2_000, requestTimeout: requestTimeoutMs, throwOnRequestTimeout: true },
    }),
  );

/** True for the error that S3 answers with when an object, a version or a key is not there. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Error && ['NotFound', 'NoSuchKey', 'NoSuchVersion'].includes(error.name);

/** True for a write whose condition did not hold. */
export const isPreconditionFailed = (error: unknown): boolean =>
  error instanceof Error && error.name === 'PreconditionFailed';

/** True for what S3 answers to a read or a copy of an archived version. */
export const isArchived = (error: unknown): boolean =>
  error instanceof Error && ['InvalidObjectState', 'ObjectNotInActiveTierError'].includes(error.name);
