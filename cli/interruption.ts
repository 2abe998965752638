/** A second signal within this time is the same Ctrl-C: the terminal and the launcher both send it. */
const sameKeyMs = 1_000;

/**
 * Aborts at the first Ctrl-C or SIGTERM, or when the launcher is gone; a second one, by somebody who does not want to wait
 * any longer, ends the process at once.
 */
export const watchInterruption = (process: NodeJS.Process, now: () => number): AbortSignal => {
  const interruption = new AbortController();
  let interruptedAt: number | undefined;
  const interrupt = (exitCode: number): void => {
    if (interruptedAt !== undefined && now() - interruptedAt > sameKeyMs) process.exit(exitCode);
    interruptedAt ??= now();
    interruption.abort(new DOMException('Interrupted', 'AbortError'));
  };
  process.on('SIGINT', () => interrupt(130));
  process.on('SIGTERM', () => interrupt(143));
  process.on('SIGHUP', () => interrupt(129));
  if (process.channel !== undefined) {
    process.once('disconnect', () => interrupt(130));
    process.channel?.unref();
  }
  return interruption.signal;
};
