import { MediakeepError } from '../../core/error.ts';

/** What of an SDK error decides what is done about it. */
export interface AwsFailure {
  readonly name: string;
  /** HTTP status; undefined where no answer came. */
  readonly status: number | undefined;
}

/** Recognises an error that an AWS client threw; undefined for anything else. */
export const awsFailure = (error: unknown): AwsFailure | undefined => {
  if (!(error instanceof Error)) return undefined;
  const metadata: unknown = '$metadata' in error ? error.$metadata : undefined;
  const answered = typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata;
  const status = answered && typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
  if (status === undefined && !networkFailures.has(error.name) && !networkFailures.has(codeOf(error))) return undefined;
  return { name: error.name, status };
};

/** True where the same call may succeed later: throttled, failed on their side, or no answer. */
export const isTransient = ({ name, status }: AwsFailure): boolean =>
  status === undefined || status >= 500 || status === 429 || throttles.has(name);

/** Turns a transient failure of an AWS call into our `unavailable`; anything else stays what it is. */
export const namedFailure = (error: unknown, call: string): unknown => {
  const failure = awsFailure(error);
  if (failure === undefined || !isTransient(failure)) return error;
  return new MediakeepError('unavailable', `${call} failed with ${failure.name}; the same call may succeed later.`, {
    cause: error,
  });
};

const codeOf = (error: Error): string => ('code' in error && typeof error.code === 'string' ? error.code : '');

const networkFailures = new Set([
  'TimeoutError',
  'AbortError',
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);

/** Answered with 400, and yet worth another try. */
const throttles = new Set([
  'ThrottlingException',
  'Throttling',
  'ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'SlowDown',
  'TooManyRequestsException',
  'LimitExceededException',
  'TransactionInProgressException',
  'TransactionConflictException',
]);
