import { printable, table } from '../output.ts';
import type { Register } from '../program.ts';

/** `why` and `purge`: what keeps an asset, and its end for good. */
export const registerWhyCommands: Register = (program, context) => {
  program
    .command('why <assetId>')
    .description('why an asset is kept or goes, and when')
    .addHelpText('after', '\nExample:\n  mediakeep why 01JZ8K2M4N6P8Q0R2S4T6V8W0X')
    .action(async (assetId: string) => {
      const { output, openSession } = context();
      using session = openSession();
      const why = await session.client.retention.why(assetId);
      output.data(why);
      output.line(`${assetId} is ${why.state}.`);
      const times = [
        ['to be deleted', why.deleteAt],
        ['cold from', why.coldAt],
        ['kept until', why.keepUntil],
        ['lies in', why.packId === undefined ? why.storageClass : `${why.storageClass}, pack ${why.packId}`],
      ] as const;
      for (const [name, time] of times) if (time !== undefined) output.line(`${name.padEnd(14)} ${time}`);
      const rows = why.because.map(({ rule, says }) => [rule, says]);
      for (const line of table(['RULE', 'SAYS'], rows)) output.line(line);
      for (const { holdId, state, reason } of why.holds) output.line(printable(`hold ${holdId} (${state}): ${reason}`));
    });

  program
    .command('purge <assetId>')
    .description('remove every version of a deleted asset for good')
    .option('--reason <text>', 'why; needed as long as it could be undeleted')
    .addHelpText('after', "\nExample:\n  mediakeep purge 01JZ8K2M4N6P8Q0R2S4T6V8W0X --reason 'Uploaded by mistake'")
    .action(async (assetId: string, { reason }: { reason?: string }) => {
      const { output, openSession } = context();
      using session = openSession();
      const started = await session.client.retention.purge(assetId, reason);
      output.data(started);
      output.line(`Job ${started.jobId} removes every version of ${assetId}.`);
    });
};
