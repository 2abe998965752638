/** Why an upload can be refused by intake; each code with what it means, for the people who read reports. */
export const rejectionTable = {
  'facts-missing': 'The object does not say what it is',
  'facts-mismatch': 'The object contradicts what was said when the upload began',
  'facts-too-large': 'The facts do not fit into the object’s metadata',
  'class-unknown': 'The data class does not exist',
  'class-sealed': 'The data class stores sealed content only',
  empty: 'The upload has no content',
  'too-large': 'The content is larger than its class allows',
  'size-mismatch': 'The content has another length than was announced',
  'digest-mismatch': 'The content has another SHA-256 than was announced',
  'content-encoded': 'The content is compressed in transport encoding',
  'type-not-accepted': 'The class does not take this kind of content',
  'type-mismatch': 'The content is of another kind than declared',
  unreadable: 'The content breaks the rules of its format',
  truncated: 'The content ends too early',
  'impossible-value': 'The content states something that cannot be',
  'no-media': 'The content holds no sound and no picture',
  polyglot: 'The content is two kinds of file at once',
  'too-complex': 'The content takes more work to read than intake allows',
} as const satisfies Record<string, string>;

export type RejectionCode = keyof typeof rejectionTable;

/** A refusal that its uploader can act on: a code and a sentence on what was found, what is allowed and what to do. */
export interface Rejection {
  readonly reason: RejectionCode;
  readonly message: string;
}

/**
 * How a format reader gives up: thrown where the finding is made, turned into a {@link Rejection} at the one edge,
 * `inspectMedia`. Every other error that rises from there is a failure of ours or of storage, and is retried.
 */
export class Refusal extends Error {
  readonly rejection: Rejection;

  constructor(rejection: Rejection) {
    super(rejection.message);
    this.name = 'Refusal';
    this.rejection = rejection;
  }
}

/** Gives up on a content. */
export const refuse = (reason: RejectionCode, message: string): never => {
  throw new Refusal({ reason, message });
};
