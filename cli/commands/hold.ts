import { Option } from 'commander';
import type { Hold, PlaceHold } from '../../core/schemas/hold.ts';
import { printable, table } from '../output.ts';
import type { Register } from '../program.ts';

const examples = `
Examples:
  mediakeep hold place --case C-17 --reason 'Proceedings 4 O 112/26'
  mediakeep hold ls
  mediakeep hold release case~C-17~01JZ8K2M4N6P8Q0R2S4T6V8W0X --reason 'Proceedings ended'`;

interface ScopeOptions {
  readonly asset?: string;
  readonly case?: string;
  readonly subject?: string;
}

interface PlaceOptions extends ScopeOptions {
  readonly reason: string;
  readonly anticipate?: boolean;
}

/** `hold`: legal holds. */
export const registerHoldCommand: Register = (program, context) => {
  const hold = program
    .command('hold')
    .description('legal holds: what nobody can delete')
    .addHelpText('after', examples);

  hold
    .command('place')
    .description('hold an asset, all of a case or all of a data subject, also what comes later')
    .addOption(new Option('--asset <id>', 'one asset').conflicts(['case', 'subject']))
    .addOption(new Option('--case <id>', 'everything of a case').conflicts(['asset', 'subject']))
    .addOption(new Option('--subject <id>', 'everything of a data subject').conflicts(['asset', 'case']))
    .requiredOption('--reason <text>', 'why; kept with the hold, so name a case and no person')
    .option('--anticipate', 'also where the case or subject has no asset yet')
    .addHelpText('after', examples)
    .action(async ({ reason, anticipate, ...scope }: PlaceOptions) => {
      const { output, openSession } = context();
      using session = openSession();
      const placed = await session.client.retention.placeHold({
        ...scopeOf(scope),
        reason,
        ...(anticipate && { anticipate }),
      });
      output.data(placed);
      output.line(`${placed.holdId} is in force; job ${placed.jobId} lays it on the bytes.`);
    });

  hold
    .command('release <holdId>')
    .description('release a hold; seven days of grace follow')
    .requiredOption('--reason <text>', 'why')
    .addHelpText('after', examples)
    .action(async (holdId: string, { reason }: { reason: string }) => {
      const { output, openSession } = context();
      using session = openSession();
      const released = await session.client.retention.releaseHold(holdId, reason);
      output.data(released);
      output.line(`${holdId} is ${released.state}; nothing overdue goes before ${released.graceEndsAt ?? 'now'}.`);
    });

  hold
    .command('ls')
    .description('holds in force or in their grace; of one scope also those that ended')
    .addOption(new Option('--asset <id>', 'of one asset').conflicts(['case', 'subject']))
    .addOption(new Option('--case <id>', 'of a case').conflicts(['asset', 'subject']))
    .addOption(new Option('--subject <id>', 'of a data subject').conflicts(['asset', 'case']))
    .addHelpText('after', examples)
    .action(async (scope: ScopeOptions) => {
      const { output, openSession } = context();
      using session = openSession();
      const isScoped = Object.values(scope).some((id) => id !== undefined);
      const holds = await Array.fromAsync(session.client.retention.holds(isScoped ? scopeOf(scope) : {}));
      output.data(holds);
      for (const line of table(['HOLD', 'STATE', 'PLACED', 'BY', 'REASON'], holds.map(row))) output.line(line);
    });
};

/** The scope that was named; where none was, the service says what there is. */
const scopeOf = ({ asset, case: ofCase, subject }: ScopeOptions): Pick<PlaceHold, 'scope' | 'id'> => {
  if (ofCase !== undefined) return { scope: 'case', id: ofCase };
  if (subject !== undefined) return { scope: 'subject', id: subject };
  return { scope: 'asset', id: asset ?? '' };
};

const row = ({ holdId, state, placedAt, placedBy, reason }: Hold): string[] =>
  [holdId, state, placedAt, placedBy, reason].map(printable);
