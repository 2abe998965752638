import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CliError, exitCodes } from '../exit-codes.ts';
import { deployedTarget } from '../operator/deployed-target.ts';
import { stackOutputs } from '../operator/stack-outputs.ts';
import type { FailoverPlace } from './place.ts';
import { standbyOutputs } from './standby-outputs.ts';

const projectDir = resolve(import.meta.dirname, '..', '..');

export interface DeployedPlaceProps {
  readonly deployment: string;
  readonly homeRegion: string;
  readonly secondRegion: string;
  readonly note: (text: string) => void;
}

/** Both regions of a deployment in an account. Only the second one is asked what there is: the first may be lost. */
export const deployedPlace = async (props: DeployedPlaceProps): Promise<FailoverPlace> => {
  const { deployment, homeRegion, secondRegion } = props;
  const client = new CloudFormationClient({ region: secondRegion });
  const replica = await stackOutputs(client, `${deployment}-replica`);
  const second = replica?.get('VaultBucketName');
  if (second === undefined) {
    throw new CliError(exitCodes.notFound, `There is no stack ${deployment}-replica in ${secondRegion}.`);
  }
  const stack = `${deployment}-standby`;
  return {
    deployment,
    homeRegion,
    secondRegion,
    // The name of a copy differs from the original's in the region alone.
    vaults: { home: second.replace(`-${secondRegion}`, `-${homeRegion}`), second },
    local: false,
    aws: (region) => ({ region }),
    now: async () => Date.now(),
    home: () => deployedTarget({ region: homeRegion, deployment }),
    async standby() {
      const outputs = await stackOutputs(client, stack);
      return outputs === undefined || outputs.size === 0 ? undefined : standbyOutputs(outputs);
    },
    deployStandby: (assembly) => cdk(props, ['deploy', '--require-approval', 'never'], assembly),
    removeStandby: (assembly) => cdk(props, ['destroy', '--force'], assembly),
  };
};

/** Runs the CDK for the one stack; an assembly that was synthesized before needs no build in the emergency. */
const cdk = async (
  { deployment, homeRegion, secondRegion, note }: DeployedPlaceProps,
  [verb = '', ...flags]: readonly string[],
  assembly: string | undefined,
): Promise<void> => {
  const context = { standby: 'true', name: deployment, homeRegion, secondRegion };
  const source =
    assembly === undefined
      ? Object.entries(context).flatMap(([name, value]) => ['-c', `${name}=${value}`])
      : ['--app', resolve(assembly)];
  const args = ['cdk', verb, `${deployment}-standby`, '--exclusively', ...flags, ...source];
  note(`npx ${args.join(' ')}`);
  // What the CDK says is beside the answer of this command.
  const child = spawn('npx', args, { cwd: projectDir, stdio: ['ignore', process.stderr, process.stderr] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new CliError(exitCodes.failed, `\`cdk ${verb}\` ended with ${code}; run this command again.`);
};
