import { AwsError } from '../../aws/aws-error.ts';

/** The answer to a value that S3 does not take, named as S3 names it. */
export const invalidArgument = (message: string, name: string, value: string): AwsError =>
  new AwsError('InvalidArgument', 400, message, { ArgumentName: name, ArgumentValue: value });

/** The answer to a request whose parts do not go together. */
export const invalidRequest = (message: string): AwsError => new AwsError('InvalidRequest', 400, message);

/** The answer where there is no object of a key. */
export const noSuchKey = (key: string): AwsError =>
  new AwsError('NoSuchKey', 404, 'The specified key does not exist.', { Key: key });

/** The answer where a key has no version of that id. */
export const noSuchVersion = (key: string, versionId: string): AwsError =>
  new AwsError('NoSuchVersion', 404, 'The specified version does not exist.', { Key: key, VersionId: versionId });

/** The answer where an upload never was, or has been aborted or completed. */
export const noSuchUpload = (uploadId: string): AwsError =>
  new AwsError(
    'NoSuchUpload',
    404,
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { UploadId: uploadId },
  );

/** The answer where a condition of the request does not hold. */
export const preconditionFailed = (condition: string): AwsError =>
  new AwsError('PreconditionFailed', 412, 'At least one of the pre-conditions you specified did not hold', {
    Condition: condition,
  });

/** The answer to whom may not do a thing. */
export const accessDenied = (message = 'Access Denied'): AwsError => new AwsError('AccessDenied', 403, message);

/** The answer to a method that a thing does not have. */
export const methodNotAllowed = (method: string, resourceType: string): AwsError =>
  new AwsError('MethodNotAllowed', 405, 'The specified method is not allowed against this resource.', {
    Method: method,
    ResourceType: resourceType,
  });
