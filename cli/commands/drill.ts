import { CliError, exitCodes } from '../exit-codes.ts';
import {
  type OperatorOptions,
  operatorHelp,
  operatorTarget,
  withOperatorOptions,
} from '../operator/operator-target.ts';
import type { Register } from '../program.ts';
import { runOperatorJob } from '../recovery/run-job.ts';

interface DrillOptions extends OperatorOptions {
  readonly after?: string;
  readonly wait: boolean;
}

const examples = `
Examples:
  mediakeep drill --local
  mediakeep drill --region ap-south-1 --no-wait
${operatorHelp}
A drill puts markers, loses them, and brings them back from backups alone into isolation. It measures what an accident could
cost (RPO) and how long a recovery takes (RTO), and writes a signed report into the audit bucket.`;

/** On the platform backups are never behind; on AWS those of buckets are by about a quarter of an hour. */
const localWaitSeconds = 1;

/** `drill`: proves that the backups can be recovered. */
export const registerDrillCommand: Register = (program, context) => {
  const command = program
    .command('drill')
    .description('prove that the backups can be recovered, and measure it')
    .option('--after <seconds>', 'how long the backups may take to catch up with what is put; 900 on AWS')
    .option('--no-wait', 'answer as soon as the job has begun')
    .addHelpText('after', examples);
  withOperatorOptions(command).action(async (options: DrillOptions) => {
    const target = await operatorTarget(options, context());
    const waitSeconds = secondsOf(options.after) ?? (target.local ? localWaitSeconds : undefined);
    const input = waitSeconds === undefined ? {} : { waitSeconds };
    const result = await runOperatorJob(target, { job: 'drill', input, wait: options.wait }, context());
    if (result !== undefined) context().output.line('The backups can be recovered.');
  });
};

const secondsOf = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 86_400) return Number(text);
  throw new CliError(exitCodes.usage, '--after takes 1 to 86400 seconds.');
};
