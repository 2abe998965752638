import { AwsError } from '../aws/aws-error.ts';

/** A parameter that SNS refuses. */
export const invalidParameter = (reason: string): AwsError =>
  new AwsError('InvalidParameter', 400, `Invalid parameter: ${reason}`);

export const topicNotFound = (): AwsError => new AwsError('NotFound', 404, 'Topic does not exist');

/** What a refusal of IAM looks like through SNS. */
export const throughSns = (error: unknown): unknown =>
  error instanceof AwsError && error.code === 'AccessDenied'
    ? new AwsError('AuthorizationError', 403, error.message)
    : error;

const keyErrors: Readonly<Record<string, string>> = {
  DisabledException: 'KMSDisabled',
  KMSInvalidStateException: 'KMSInvalidState',
  NotFoundException: 'KMSNotFound',
};

/** What a refusal of the topic's key looks like through SNS. */
export const keyErrorThroughSns = (error: unknown): unknown =>
  error instanceof AwsError ? new AwsError(keyErrors[error.code] ?? 'KMSAccessDenied', 400, error.message) : error;
