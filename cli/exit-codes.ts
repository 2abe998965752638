/** What the process ends with; documented in docs/cli.md. */
export const exitCodes = {
  ok: 0,
  /** Something failed that none of the others names. */
  failed: 1,
  /** The command line or a setting is wrong. */
  usage: 2,
  /** Some of several items failed, the rest went through. */
  partial: 3,
  /** Nobody is signed in, or the token is refused. */
  signIn: 4,
  /** The caller lacks the right. */
  forbidden: 5,
  /** There is no such thing. */
  notFound: 6,
  /** The content or the request breaks a rule. */
  refused: 7,
  /** The service or the storage does not answer. */
  unavailable: 69,
  /** Ctrl-C, or the end of the session. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** An error that ends the command with a message for people and an exit code for programs. */
export class CliError extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CliError';
    this.exitCode = exitCode;
  }
}
