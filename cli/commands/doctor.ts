import { resolve } from 'node:path';
import { type Finding, verdict } from '../../core/doctor/finding.ts';
import { systemClock } from '../../core/time.ts';
import type { CommandContext } from '../context.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import {
  type OperatorOptions,
  operatorHelp,
  operatorTarget,
  withOperatorOptions,
} from '../operator/operator-target.ts';
import { table } from '../output.ts';
import type { Register } from '../program.ts';

interface DoctorOptions extends OperatorOptions {
  readonly before?: boolean;
  readonly after?: boolean;
  readonly project: string;
}

const examples = `
Examples:
  mediakeep doctor --before                     in the folder of the project, before \`cdk deploy\`
  mediakeep doctor --after --region ap-south-1  is what runs still what was deployed?
  mediakeep doctor --local
${operatorHelp}
Ends with 0 where nothing has failed, with 1 where something has, and with 3 where something could not be looked at.`;

/** `doctor`: is everything there that a deployment needs, and is it still what was deployed? */
export const registerDoctorCommand: Register = (program, context) => {
  const command = program
    .command('doctor')
    .description('look at account and configuration before a deployment, and after it at what runs')
    .option('--before', 'what a deployment needs')
    .option('--after', 'what runs; the default')
    .option('--project <folder>', 'where the configuration is', '.')
    .addHelpText('after', examples);
  withOperatorOptions(command).action(async (options: DoctorOptions) => {
    const current = context();
    const findings = [
      ...(options.before ? await before(options) : []),
      ...(options.after || !options.before ? await after(options, current) : []),
    ];
    report(findings, current);
  });
};

const before = async ({ local, project }: DoctorOptions): Promise<readonly Finding[]> => {
  const { checkBefore } = await import('../doctor/before.ts');
  return await checkBefore({
    projectDir: resolve(project),
    local: local === true,
    aws: (region) => ({ region }),
    nowMs: systemClock.now(),
  });
};

const after = async (options: DoctorOptions, current: CommandContext): Promise<readonly Finding[]> => {
  const target = await operatorTarget(options, current);
  const { checkAfter } = await import('../doctor/after.ts');
  return await checkAfter(target);
};

const report = (findings: readonly Finding[], { output }: CommandContext): void => {
  const outcome = verdict(findings);
  output.data({ verdict: outcome, findings });
  for (const line of table(
    ['is', 'check', 'what was found'],
    findings.map(({ judgement, check, found }) => [judgement, check, found]),
  )) {
    output.line(line);
  }
  for (const { check, todo } of findings) if (todo !== undefined) output.line(`${check}: ${todo}`);
  const count = (judgement: Finding['judgement']) =>
    findings.filter((finding) => finding.judgement === judgement).length;
  if (outcome === 'failed') throw new CliError(exitCodes.failed, `${count('failed')} checks have failed.`);
  if (outcome === 'unknown') throw new CliError(exitCodes.partial, `${count('unknown')} checks could not be made.`);
};
