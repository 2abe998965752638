import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { control, requireRunning } from './control-client.ts';

/** `local corrupt`: an ageing disk, for those who want to see a scrub find it. */
export const registerCorruptCommand = (local: Command, context: () => CommandContext): void => {
  local
    .command('corrupt <bucket> <key>')
    .description('break a byte of an object on the disk; the bucket by its part (`vault`) or its whole name')
    .option('--version-id <id>', 'of this version; the current one by default')
    .option('--at <byte>', 'this byte; the one in the middle by default')
    .addHelpText('after', '\nExample:\n  mediakeep local corrupt vault raw/audio/acme/2026-01-05/01J…/voice.wav')
    .action(async (bucket: string, key: string, { versionId, at }: { versionId?: string; at?: string }) => {
      const { output, stateDir } = context();
      const state = requireRunning(stateDir);
      const part = Object.entries(state.buckets).find(([name]) => name === bucket);
      const damage = {
        bucket: part?.[1] ?? bucket,
        key,
        ...(versionId !== undefined && { versionId }),
        ...(at !== undefined && { at: Number(at) }),
      };
      await control(state, 'POST', 'corrupt', JSON.stringify(damage));
      output.data(damage);
      output.line('A byte is broken. `mediakeep scrub --local --all` finds it.');
    });
};
