import { type DestroyPlan, destroyPlan } from '../../core/destroy/plan.ts';
import type { CommandContext } from '../context.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import {
  type OperatorOptions,
  type OperatorTarget,
  operatorHelp,
  operatorTarget,
  withOperatorOptions,
} from '../operator/operator-target.ts';
import { table } from '../output.ts';
import type { Register } from '../program.ts';

interface DestroyOptions extends OperatorOptions {
  readonly plan?: boolean;
  readonly run?: boolean;
  readonly yesDelete?: string;
}

const examples = `
Examples:
  mediakeep destroy --plan --region ap-south-1
  mediakeep destroy --run --region ap-south-1 --yes-delete mediakeep
  mediakeep destroy --run --local --yes-delete mediakeep
${operatorHelp}
Deletes stacks, never data: what holds data stays where \`retainData\` is set, and the command refuses where it is not.`;

/** `destroy`: what would stay of a deployment, and its removal. */
export const registerDestroyCommand: Register = (program, context) => {
  const command = program
    .command('destroy')
    .description('say what stays of a deployment when its stacks are deleted, and delete them')
    .option('--plan', 'only say it; the default')
    .option('--run', 'turn termination protection off and delete the stacks')
    .option('--yes-delete <name>', 'with --run: the name of the deployment, typed in full')
    .addHelpText('after', examples);
  withOperatorOptions(command).action(async (options: DestroyOptions) => {
    const current = context();
    if (options.plan && options.run) throw new CliError(exitCodes.usage, 'Say --plan or --run, not both.');
    const target = await operatorTarget(options, current);
    const plan = await planOf(target, current);
    showPlan(plan, target, current);
    if (!options.run) return;
    refuseLoss(plan);
    requireName(target.deployment, options.yesDelete);
    await run(target, plan, current);
    current.output.line(`The stacks of ${target.deployment} are deleted.`);
  });
};

const planOf = async (target: OperatorTarget, { stateDir }: CommandContext): Promise<DestroyPlan> => {
  const { deployedResources, readLocks } = await import('../destroy/deployed-stacks.ts');
  const { localResources } = await import('../destroy/local-stacks.ts');
  const resources = target.local ? await localResources(stateDir) : await deployedResources(target);
  if (resources.length === 0) throw new CliError(exitCodes.notFound, `${target.deployment} has no stack any more.`);
  return destroyPlan(resources, await readLocks(target));
};

const showPlan = (plan: DestroyPlan, target: OperatorTarget, { output }: CommandContext): void => {
  output.data({ deployment: target.deployment, ...plan });
  output.line(`Stacks, in this order: ${plan.stacks.join(', ')}`);
  const rows = plan.kept.map(({ name, region, why, until, cost, adopt }) => [
    name,
    region,
    why,
    until,
    cost,
    target.local ? 'by its name' : adopt,
  ]);
  for (const line of table(['stays', 'in', 'why', 'until', 'costs', 'is adopted'], rows)) output.line(line);
  output.line('Termination protection of the stacks is turned off first; everything else goes with them.');
  output.line(
    target.local
      ? 'To have it again: mediakeep local start, which adopts what has stayed.'
      : 'To have it again, adopting what has stayed: npx cdk deploy --all --import-existing-resources',
  );
};

const refuseLoss = ({ lost }: DestroyPlan): void => {
  if (lost.length === 0) return;
  throw new CliError(
    exitCodes.refused,
    `${lost.map(({ name }) => name).join(', ')} would go with their stacks, and this command deletes no data. ` +
      'Deploy with `retainData: true` to keep them; docs/deploy.md says how to remove data for good.',
  );
};

/** Not a question that `yes` answers: whoever works in the wrong terminal types that too. */
const requireName = (name: string, given: string | undefined): void => {
  if (given === name) return;
  const said = given === undefined ? '' : `\`${given}\` is not the deployment's name. `;
  throw new CliError(exitCodes.usage, `Nothing is deleted. ${said}Say --yes-delete ${name} if you mean it.`);
};

const run = async (target: OperatorTarget, { stacks }: DestroyPlan, current: CommandContext): Promise<void> => {
  const { output, signal, stateDir } = current;
  if (target.local) {
    const { deleteLocalStacks } = await import('../destroy/local-stacks.ts');
    return await deleteLocalStacks(stateDir);
  }
  const { deleteStacks } = await import('../destroy/delete-stacks.ts');
  await deleteStacks(target, stacks, { note: (line) => output.note(line), signal });
};
