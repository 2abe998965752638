/** An error that an AWS service answers with; each protocol (S3's XML, JSON 1.0, JSON 1.1, query) writes it in its own form. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  /** Further elements of the answer, such as `Key` or `Condition` in S3's XML. */
  readonly details: Readonly<Record<string, string>>;

  constructor(code: string, status: number, message: string, details: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'AwsError';
    this.code = code;
    this.status = status;
    this.details = details;
  }
}

/** What every service answers for an operation that the embedded platform does not have; never a silent success. */
export const notImplemented = (operation: string): AwsError =>
  new AwsError('NotImplemented', 501, `The embedded platform does not implement ${operation}.`);
