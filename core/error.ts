/** Every error that leaves Mediakeep: its HTTP status, whether the same request may succeed later, and its title. */
export const errorTable = {
  'bad-request': { status: 400, retryable: false, title: 'The request is not valid' },
  unauthenticated: { status: 401, retryable: false, title: 'The request carries no valid token' },
  forbidden: { status: 403, retryable: false, title: 'The caller may not do this' },
  'consent-missing': { status: 403, retryable: false, title: 'The data subject has not consented to this' },
  'not-found': { status: 404, retryable: false, title: 'There is no such thing here' },
  'method-not-allowed': { status: 405, retryable: false, title: 'The method does not exist on this path' },
  conflict: { status: 409, retryable: true, title: 'Somebody else changed this at the same time' },
  archived: { status: 409, retryable: false, title: 'The content lies in the archive' },
  gone: { status: 410, retryable: false, title: 'This has been removed' },
  'precondition-failed': { status: 412, retryable: false, title: 'The thing has changed since it was read' },
  'too-large': { status: 413, retryable: false, title: 'The content is larger than allowed' },
  'unsupported-media-type': { status: 415, retryable: false, title: 'The content type is not accepted' },
  unprocessable: { status: 422, retryable: false, title: 'The content breaks a rule of its class' },
  'idempotency-mismatch': { status: 422, retryable: false, title: 'The idempotency key was used with another body' },
  'class-sealed': { status: 422, retryable: false, title: 'The class stores sealed content only' },
  'quota-exceeded': { status: 422, retryable: false, title: 'A quota is used up' },
  'precondition-required': { status: 428, retryable: false, title: 'The request needs an If-Match header' },
  'rate-limited': { status: 429, retryable: true, title: 'Too many requests' },
  internal: { status: 500, retryable: true, title: 'Something failed on our side' },
  'read-only': { status: 503, retryable: false, title: 'Nothing can be changed here at the moment' },
  unavailable: { status: 503, retryable: true, title: 'A service that this needs does not answer' },
} as const satisfies Record<string, { status: number; retryable: boolean; title: string }>;

export type ErrorCode = keyof typeof errorTable;

/** One field of a request that is wrong: where it stands and what is allowed there. */
export interface FieldProblem {
  /** The place as a JSON pointer, `/attributes/language`. */
  readonly pointer: string;
  readonly message: string;
}

export interface MediakeepErrorOptions {
  readonly cause?: unknown;
  readonly fields?: readonly FieldProblem[];
  /** How long to wait before the next try, where that is known. */
  readonly retryAfterSeconds?: number;
}

/** The one error class: a code of {@link errorTable} and a sentence that says what failed, what is allowed and what to do. */
export class MediakeepError extends Error {
  readonly code: ErrorCode;
  readonly fields: readonly FieldProblem[];
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, options: MediakeepErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'MediakeepError';
    this.code = code;
    this.fields = options.fields ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return errorTable[this.code].status;
  }

  get retryable(): boolean {
    return errorTable[this.code].retryable;
  }
}
