import type { SimulateRetention } from '../../core/schemas/retention.ts';
import { CliError, exitCodes } from '../exit-codes.ts';

type Change = SimulateRetention['changes'][number];

const coldNames = ['standard-ia', 'glacier-ir', 'glacier', 'deep-archive'] as const;

/** Reads `raw-audio.deleteAfter=30d` and the like; several of one class become one change. */
export const parseChange = (texts: readonly string[]): Change[] => {
  const changes = new Map<string, Change>();
  for (const text of texts) {
    const [, name = '', field = '', value = ''] =
      /^([a-z][a-z0-9-]*)\.(deleteAfter|coldAfter|cold)=(.+)$/.exec(text) ?? [];
    if (name === '') {
      throw new CliError(
        exitCodes.usage,
        `\`${text}\` is no change; write \`raw-audio.deleteAfter=30d\`, \`.coldAfter=…\` or \`.cold=…\`.`,
      );
    }
    changes.set(name, { ...(changes.get(name) ?? { class: name }), ...partOf(field, value) });
  }
  return [...changes.values()];
};

const partOf = (field: string, value: string): Partial<Change> => {
  if (field === 'deleteAfter') return { deleteAfter: value === 'never' ? null : value };
  if (field === 'coldAfter') return { coldAfter: value === 'never' ? null : value };
  const cold = coldNames.find((name) => name === value);
  if (cold !== undefined) return { cold };
  throw new CliError(exitCodes.usage, `\`${value}\` is no cold class; there are ${coldNames.join(', ')}.`);
};
