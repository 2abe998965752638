import { readLocalState } from '../../local/state-file.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { control } from '../local/control-client.ts';
import { StatusAnswer } from '../local/status.ts';
import type { OperatorTarget } from './operator-target.ts';

/** The platform on this machine, as its state file tells of it. */
export const localTarget = (stateDir: string): OperatorTarget => {
  const state = readLocalState(stateDir);
  const [region, secondRegion] = state?.regions ?? [];
  const catalogTable = state?.tables['catalog'];
  if (state === undefined || region === undefined || catalogTable === undefined) {
    throw new CliError(exitCodes.unavailable, 'No platform has run here. Start one with `mediakeep local start`.');
  }
  const { endpoint, admin, buckets, functions, api, userPoolId } = state;
  return {
    deployment: buckets.vault.slice(0, buckets.vault.indexOf('-vault-')),
    region,
    secondRegion: secondRegion ?? region,
    api,
    userPoolId,
    catalogTable,
    buckets,
    batchReplicationRoleArn: state.batchReplicationRoleArn,
    local: true,
    aws: (wanted = region) => ({ region: wanted, endpoint, credentials: { ...admin }, forcePathStyle: true }),
    async now() {
      const { now } = StatusAnswer.parse(await control(state, 'GET', 'status'));
      return now;
    },
    async functionName(id) {
      const name = functions[id];
      if (name !== undefined) return name;
      const known = Object.keys(functions).sort().join(', ');
      throw new CliError(exitCodes.failed, `The platform has no function \`${id}\`; it has ${known}. Start it anew.`);
    },
  };
};
