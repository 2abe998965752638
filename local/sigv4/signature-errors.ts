import { AwsError } from '../aws/aws-error.ts';

/** The answer to a signature that does not match what was sent. */
export const signatureDoesNotMatch = (details: Readonly<Record<string, string>>): AwsError =>
  new AwsError(
    'SignatureDoesNotMatch',
    403,
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    details,
  );

/** The answer to an access key that does not exist, or whose session token is missing. */
export const unknownAccessKey = (accessKeyId: string): AwsError =>
  new AwsError('InvalidAccessKeyId', 403, 'The AWS Access Key Id you provided does not exist in our records.', {
    AWSAccessKeyId: accessKeyId,
  });

/** The answer to a session token that is not the one of the access key. */
export const invalidToken = (): AwsError =>
  new AwsError('InvalidToken', 400, 'The provided token is malformed or otherwise invalid.');

/** The answer to signatures of other versions than 4. */
export const unsupportedSignature = (): AwsError =>
  new AwsError(
    'InvalidRequest',
    400,
    'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
  );

/** The answer to headers that decide what happens but are outside the signature. */
export const headersNotSigned = (names: readonly string[]): AwsError =>
  new AwsError('AccessDenied', 403, 'There were headers present in the request which were not signed', {
    HeadersNotSigned: names.join(', '),
  });

/** The answer to an `Authorization` header that is not of the form that Signature Version 4 gives it. */
export const malformedHeader = (what: string, details: Readonly<Record<string, string>> = {}): AwsError =>
  new AwsError('AuthorizationHeaderMalformed', 400, `The authorization header is malformed; ${what}`, details);

/** The answer to presigned query parameters that are missing, doubled or outside their range. */
export const badQueryParameters = (message: string): AwsError =>
  new AwsError('AuthorizationQueryParametersError', 400, message);
