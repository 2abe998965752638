import { resolve } from 'node:path';
import { readLocalState } from '../../local/state-file.ts';
import { synthesize } from '../../local/synthesize.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { control } from '../local/control-client.ts';
import { StatusAnswer } from '../local/status.ts';
import { localTarget } from '../operator/local-target.ts';
import type { FailoverPlace } from './place.ts';
import { standbyOutputs } from './standby-outputs.ts';

const projectDir = resolve(import.meta.dirname, '..', '..');

/** Both regions of the platform on this machine. */
export const localPlace = (stateDir: string): FailoverPlace => {
  const target = localTarget(stateDir);
  const state = readLocalState(stateDir);
  if (state === undefined) throw new CliError(exitCodes.unavailable, 'No platform has run here.');
  const stackName = `${target.deployment}-standby`;
  return {
    deployment: target.deployment,
    homeRegion: target.region,
    secondRegion: target.secondRegion,
    vaults: { home: state.buckets.vault, second: state.replicas.vault },
    local: true,
    aws: target.aws,
    now: target.now,
    home: async () => target,
    async standby() {
      const { added } = StatusAnswer.parse(await control(state, 'GET', 'status'));
      const found = added.find((stack) => stack.stackName === stackName);
      return found === undefined ? undefined : standbyOutputs(new Map(Object.entries(found.outputs)));
    },
    async deployStandby(assembly) {
      const assemblyDir = resolve(assembly ?? resolve(stateDir, 'standby.out'));
      const context = { standby: 'true', name: target.deployment };
      if (assembly === undefined) await synthesize({ projectDir, outDir: assemblyDir, context });
      await control(state, 'POST', 'stacks', JSON.stringify({ stackName, assemblyDir }));
    },
    async removeStandby() {
      await control(state, 'POST', 'stacks', JSON.stringify({ remove: stackName }));
    },
  };
};
