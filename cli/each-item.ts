import type { CommandContext } from './context.ts';
import type { ExitCode } from './exit-codes.ts';
import { exitCodes } from './exit-codes.ts';
import { describeFailure, failureLines, isInterruption } from './failure.ts';

/** Does the same with each of several items; one that fails is told and does not stop the rest. */
export const forEachItem = async (
  { output, setExitCode }: Pick<CommandContext, 'output' | 'setExitCode'>,
  items: readonly string[],
  act: (item: string) => Promise<void>,
): Promise<void> => {
  const failed: ExitCode[] = [];
  for (const item of items) {
    try {
      await act(item);
    } catch (error) {
      if (items.length === 1 || isInterruption(error)) throw error;
      const failure = describeFailure(error);
      failed.push(failure.exitCode);
      output.item({ assetId: item, failure });
      for (const line of failureLines({ ...failure, message: `${item}: ${failure.message}` })) output.note(line);
    }
  }
  if (failed.length > 0) setExitCode(exitOf(failed, items.length));
};

/** Partial where something went through, else what the first failure says. */
export const exitOf = (failed: readonly ExitCode[], total: number): ExitCode =>
  failed.length < total ? exitCodes.partial : (failed[0] ?? exitCodes.failed);
