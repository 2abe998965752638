import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { closedKey } from '../../core/recovery/closed.ts';
import { RecoverInput } from '../../core/recovery/input.ts';
import { isoTime } from '../../core/time.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import {
  type OperatorOptions,
  type OperatorTarget,
  operatorHelp,
  operatorTarget,
  withOperatorOptions,
} from '../operator/operator-target.ts';
import type { Register } from '../program.ts';
import { parseMoment } from '../recovery/moment.ts';
import { runOperatorJob } from '../recovery/run-job.ts';

interface RecoverOptions extends OperatorOptions {
  readonly to?: string;
  readonly backup?: string;
  readonly table?: string;
  readonly scope: string;
  readonly verify: string;
  readonly into: string;
  readonly open?: boolean;
  readonly wait: boolean;
}

const examples = `
Examples:
  mediakeep recover --to -5m --local                                  everything, as it was five minutes ago
  mediakeep recover --to 2027-03-01T08:00:00Z --scope tenant:acme --region ap-south-1
  mediakeep recover --to -2h --scope case:acme/K-12 --verify all
  mediakeep recover --to -1d --into isolated                          what it would take, nothing is written back
  mediakeep recover --backup arn:aws:backup:…:recovery-point:… --scope all
${operatorHelp}
They need lambda:InvokeFunction on the function Recover, dynamodb:GetItem and PutItem on the catalog's table, and s3:GetObject
and ListBucket on the audit bucket for the report. What was made after the instant stays; see docs/recovery.md.`;

/** `recover`: objects and catalog back to one instant. */
export const registerRecoverCommand: Register = (program, context) => {
  const command = program
    .command('recover')
    .description('bring objects and catalog back to what they were at an instant')
    .option('--to <time>', 'the instant: an ISO time, or -5m, -2h, -3d')
    .option('--backup <arn>', 'the instant of a recovery point instead')
    .option(
      '--table <name>',
      'with --to: a table {deployment}-recover-… that you have restored, instead of one restored now',
    )
    .option('--scope <scope>', 'all, tenant:…, class:… or case:{tenant}/{case}', 'all')
    .option('--verify <how>', 'sample: read one content in fifty again; all: each', 'sample')
    .option('--into <where>', 'live, or isolated: restore beside, compare, write nothing back', 'live')
    .option('--open', 'let the API answer again after a recovery that did not succeed')
    .option('--no-wait', 'answer as soon as the job has begun')
    .addHelpText('after', examples);
  withOperatorOptions(command).action(async (options: RecoverOptions) => {
    const target = await operatorTarget(options, context());
    if (options.open) return open(target, context().output.line);
    const input = inputOf(options, await target.now());
    const result = await withTable(target, () =>
      runOperatorJob(target, { job: 'recover', input, wait: options.wait }, context()),
    );
    if (result === undefined) return;
    const done =
      options.into === 'isolated'
        ? 'Nothing was written back; the report says what it would take.'
        : `Everything in ${input.scope} is as it was at ${String(result['to'])}.`;
    context().output.line(done);
  });
};

/** A recovery writes into the live table, and keeps its job there; it cannot make one. */
const withTable = async <Answer>(target: OperatorTarget, run: () => Promise<Answer>): Promise<Answer> => {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ResourceNotFoundException')) throw error;
    const remedy = target.local ? 'stop the platform and start it again' : '`npx cdk deploy --all --revert-drift`';
    throw new CliError(
      exitCodes.notFound,
      `There is no table ${target.catalogTable}, or no function to recover with. Have them made again (${remedy}), then recover with --table or --backup: docs/recovery.md, “Where the table itself is gone”.`,
      { cause: error },
    );
  }
};

const inputOf = ({ to, backup, table, scope, verify, into }: RecoverOptions, nowMs: number) => {
  if ((to === undefined) === (backup === undefined)) {
    throw new CliError(exitCodes.usage, 'Say either --to or --backup.');
  }
  const input = {
    ...(to !== undefined && { to: isoTime(parseMoment(to, nowMs)) }),
    ...(backup !== undefined && { backup }),
    ...(table !== undefined && { table }),
    scope,
    verify,
    into,
  };
  const checked = RecoverInput.safeParse(input);
  if (checked.success) return input;
  const [issue] = checked.error.issues;
  throw new CliError(exitCodes.usage, `--${issue?.path.join('.') || 'to'}: ${issue?.message}`);
};

const open = async (target: OperatorTarget, line: (text: string) => void): Promise<void> => {
  const table = DynamoDBDocumentClient.from(new DynamoDBClient(target.aws()));
  await table.send(new DeleteCommand({ TableName: target.catalogTable, Key: { ...closedKey } }));
  line('The API answers again, within a few seconds.');
};
