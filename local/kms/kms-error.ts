import { AwsError } from '../aws/aws-error.ts';

/** A 400 of KMS. */
export const kmsError = (code: string, message: string): AwsError => new AwsError(code, 400, message);

export const validationError = (message: string): AwsError => kmsError('ValidationException', message);

/** Neither a key nor an alias of this region bears the name. */
export const keyNotFound = (keyId: string): AwsError =>
  kmsError(
    'NotFoundException',
    keyId.includes('alias/') ? `Alias ${keyId} is not found.` : `Key '${keyId}' does not exist`,
  );

export const keyDisabled = (arn: string): AwsError => new AwsError('DisabledException', 409, `${arn} is disabled.`);

export const keyPendingDeletion = (arn: string): AwsError =>
  new AwsError('KMSInvalidStateException', 409, `${arn} is pending deletion.`);

export const wrongUsage = (arn: string, usage: string, operation: string): AwsError =>
  kmsError('InvalidKeyUsageException', `${arn} key usage is ${usage} which is not valid for ${operation}.`);

/** IAM's refusal as KMS answers it: 400, with its own name. */
export const throughKms = (error: unknown): unknown =>
  error instanceof AwsError && error.code === 'AccessDenied' ? kmsError('AccessDeniedException', error.message) : error;
