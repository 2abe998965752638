import type { ClassRetention } from '../../core/schemas/retention.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { table } from '../output.ts';
import type { Register } from '../program.ts';
import { parseChange } from '../retention/parse-change.ts';
import { runSimulation } from '../retention/run-simulation.ts';

const examples = `
Examples:
  mediakeep retention show
  mediakeep retention set raw-audio 365d --reason 'Contract with the contributors'
  mediakeep retention set user-file 30d --user me --reason 'My wish'
  mediakeep retention set raw-audio never --reason 'The contract has ended'
  mediakeep retention simulate --change raw-audio.deleteAfter=30d --change raw-text.coldAfter=90d --change raw-text.cold=glacier`;

interface SetOptions {
  readonly reason: string;
  readonly user?: string;
}

interface SimulateOptions {
  readonly change: string[];
  readonly days: string;
}

/** `retention`: how long things are kept. */
export const registerRetentionCommand: Register = (program, context) => {
  const retention = program.command('retention').description('how long things are kept').addHelpText('after', examples);

  retention
    .command('show')
    .description('what class, law, tenant and users say of each class')
    .addHelpText('after', examples)
    .action(async () => {
      const { output, openSession } = context();
      using session = openSession();
      const classes = await session.client.retention.classes();
      output.data(classes);
      const head = ['CLASS', 'ENDS', 'FLOOR', 'COLD', 'TENANT', 'USERS', 'ALLOWED'];
      for (const line of table(head, classes.map(row))) output.line(line);
    });

  retention
    .command('set <class> <time>')
    .description('how long the tenant keeps a class (`30d`, `12h`), or `never` to take the rule away')
    .option('--user <principal>', 'of what this user uploaded; `me` for yourself')
    .requiredOption('--reason <text>', 'why')
    .addHelpText('after', examples)
    .action(async (dataClass: string, time: string, { reason, user }: SetOptions) => {
      const { output, openSession } = context();
      using session = openSession();
      const { client } = session;
      const rule = { deleteAfter: time === 'never' ? null : time, reason };
      const principal = user === 'me' ? (await client.me()).principal : user;
      const changed =
        principal === undefined
          ? await client.retention.setForClass(dataClass, rule)
          : await client.retention.setForUser(principal, dataClass, rule);
      output.data(changed);
      const job = changed.jobId === undefined ? '' : ` Job ${changed.jobId} gives what is there its new day.`;
      output.line(`${dataClass}: ${time === 'never' ? 'the rule is gone' : `kept for ${time}`}.${job}`);
    });

  retention
    .command('simulate')
    .description('what a change of rules would delete, archive and cost; changes nothing')
    .requiredOption(
      '--change <class.field=value...>',
      'deleteAfter, coldAfter (`30d`, `never`) or cold; may be repeated',
    )
    .option('--days <n>', 'how far to look ahead', '365')
    .addHelpText('after', examples)
    .action(async ({ change, days }: SimulateOptions) => {
      const { output, openSession } = context();
      if (!/^[1-9]\d{0,3}$/.test(days)) throw new CliError(exitCodes.usage, `--days ${days} is no number of days.`);
      using session = openSession();
      await runSimulation(session.client, { changes: parseChange(change), days: Number(days) }, output);
    });
};

const row = ({
  class: name,
  deleteAfter,
  floor,
  cold,
  coldAfter,
  tenant,
  users,
  allowed,
}: ClassRetention): string[] => [
  name,
  deleteAfter ?? '',
  floor ?? '',
  cold === undefined ? '' : `${cold} ${coldAfter}`,
  tenant?.deleteAfter ?? '',
  users.length === 0 ? '' : String(users.length),
  `${allowed.least}–${allowed.most}`,
];
