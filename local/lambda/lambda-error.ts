import { AwsError } from '../aws/aws-error.ts';

export const functionNotFound = (arn: string): AwsError =>
  new AwsError('ResourceNotFoundException', 404, `Function not found: ${arn}`);

/** All executions that the account, or the function's own limit, allows are under way. */
export const tooManyRequests = (): AwsError => new AwsError('TooManyRequestsException', 429, 'Rate Exceeded.');

export const invalidContent = (message: string): AwsError =>
  new AwsError('InvalidRequestContentException', 400, message);

export const invalidParameter = (message: string): AwsError =>
  new AwsError('InvalidParameterValueException', 400, message);

export const requestTooLarge = (bytes: number, maxBytes: number): AwsError =>
  new AwsError(
    'RequestEntityTooLargeException',
    413,
    `${bytes} byte payload is too large for this invocation type (limit ${maxBytes} bytes)`,
  );

/** The platform is ending or has ended. */
export const shuttingDown = (): AwsError =>
  new AwsError('ServiceException', 500, 'The embedded platform is shutting down and starts no invocation.');

/** IAM's refusal as Lambda answers it. */
export const throughLambda = (error: unknown): unknown =>
  error instanceof AwsError && error.code === 'AccessDenied'
    ? new AwsError('AccessDeniedException', 403, error.message)
    : error;
