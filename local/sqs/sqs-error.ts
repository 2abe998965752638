import { AwsError } from '../aws/aws-error.ts';

/** Codes of the JSON protocol that older clients know by another name. */
const queryCodes: Readonly<Record<string, string>> = {
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  QueueNameExists: 'QueueAlreadyExists',
  MessageNotInflight: 'AWS.SimpleQueueService.MessageNotInflight',
  BatchEntryIdsNotDistinct: 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
  EmptyBatchRequest: 'AWS.SimpleQueueService.EmptyBatchRequest',
  TooManyEntriesInBatchRequest: 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
  BatchRequestTooLong: 'AWS.SimpleQueueService.BatchRequestTooLong',
  InvalidBatchEntryId: 'AWS.SimpleQueueService.InvalidBatchEntryId',
  PurgeQueueInProgress: 'AWS.SimpleQueueService.PurgeQueueInProgress',
  UnsupportedOperation: 'AWS.SimpleQueueService.UnsupportedOperation',
  InvalidParameterValueException: 'InvalidParameterValue',
  MissingRequiredParameterException: 'MissingParameter',
  AccessDeniedException: 'AccessDenied',
  KmsAccessDenied: 'KMS.AccessDeniedException',
  KmsDisabled: 'KMS.DisabledException',
  KmsInvalidState: 'KMS.InvalidStateException',
  KmsNotFound: 'KMS.NotFoundException',
};

/** A 400 of SQS. */
export const sqsError = (code: string, message: string): AwsError => new AwsError(code, 400, message);

/** The refusal of a value, in the words of SQS. */
export const invalidValue = (name: string, value: unknown, reason: string): AwsError =>
  sqsError(
    'InvalidParameterValueException',
    `Value ${String(value)} for parameter ${name} is invalid. Reason: ${reason}`,
  );

/** The refusal of a request that leaves something out. */
export const missingParameter = (name: string): AwsError =>
  sqsError('MissingRequiredParameterException', `The request must contain the parameter ${name}.`);

/** No such queue, or none that this account has in this region. */
export const queueDoesNotExist = (): AwsError => sqsError('QueueDoesNotExist', 'The specified queue does not exist.');

/** The name of an error in the query protocol, which newer clients read from a header. */
export const queryErrorCode = (code: string): string => queryCodes[code] ?? code;

/** The `__type` of an error in the JSON protocol. */
export const jsonErrorType = (code: string): string =>
  /^(InvalidParameterValueException|MissingRequiredParameterException|AccessDeniedException|SerializationException)$/.test(
    code,
  )
    ? `com.amazon.coral.service#${code}`
    : `com.amazonaws.sqs#${code}`;

/** What a refusal of IAM or of the queue's key looks like through SQS. */
export const throughSqs = (error: unknown): unknown => {
  if (!(error instanceof AwsError)) return error;
  if (error.code === 'AccessDenied') return new AwsError('AccessDeniedException', 403, error.message);
  return error;
};

const keyErrors: Readonly<Record<string, string>> = {
  DisabledException: 'KmsDisabled',
  KMSInvalidStateException: 'KmsInvalidState',
  NotFoundException: 'KmsNotFound',
};

/** What a refusal of the queue's key looks like through SQS. */
export const keyErrorThroughSqs = (error: unknown): unknown =>
  error instanceof AwsError ? sqsError(keyErrors[error.code] ?? 'KmsAccessDenied', error.message) : error;
