import type { ReportedError } from './messages.ts';

/** What was thrown, as Lambda's Node.js runtime reports it. */
export const reportError = (thrown: unknown): ReportedError => {
  if (!(thrown instanceof Error)) return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  return {
    errorType: thrown.name,
    errorMessage: thrown.message,
    trace: (thrown.stack ?? '').split('\n'),
  };
};

/** An error of the runtime itself, such as `Runtime.HandlerNotFound`. */
export class RuntimeError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}
