import type { ErrorCode, FieldProblem } from '../core/error.ts';

/** What the service answered instead of the thing asked for: RFC 9457 problem details. */
export class ServiceError extends Error {
  /** A code of the service's table; `network` where no answer came, `storage` where S3 refused a part or an object. */
  readonly code: ErrorCode | 'network' | 'storage';
  readonly status: number | undefined;
  readonly retryable: boolean;
  readonly fields: readonly FieldProblem[];
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    details: {
      code: ServiceError['code'];
      status?: number | undefined;
      retryable: boolean;
      fields?: readonly FieldProblem[];
      requestId?: string | undefined;
      retryAfterMs?: number | undefined;
      cause?: unknown;
    },
  ) {
    super(message, { cause: details.cause });
    this.name = 'ServiceError';
    this.code = details.code;
    this.status = details.status;
    this.retryable = details.retryable;
    this.fields = details.fields ?? [];
    this.requestId = details.requestId;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** The upload arrived and was refused by the service's inspection; the object stays in quarantine for two to four days. */
export class UploadRejectedError extends Error {
  readonly assetId: string;
  /** A code of the service's rejection table, `type-mismatch`. */
  readonly reason: string;

  constructor(assetId: string, reason: string, message: string) {
    super(message);
    this.name = 'UploadRejectedError';
    this.assetId = assetId;
    this.reason = reason;
  }
}

/** The content changed between the start of an upload and its resumption, or while it was read. */
export class ContentChangedError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ContentChangedError';
  }
}

/** The error for a request that reached nobody; names the host and, since a presigned query is a secret, nothing more. */
export const noAnswer = (url: string, error: unknown): ServiceError => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const reason = cause instanceof Error ? `: ${cause.message}` : '';
  return new ServiceError(`No answer from ${new URL(url).host}${reason}`, {
    code: 'network',
    retryable: true,
    cause: error,
  });
};
