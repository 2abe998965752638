import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import type { AwsSettings, OperatorTarget } from '../operator/operator-target.ts';
import { deployedPlace } from './deployed-place.ts';
import { localPlace } from './local-place.ts';
import type { StandbyOutputs } from './standby-outputs.ts';

/** Both regions of a deployment, as they can be reached when either is lost. */
export interface FailoverPlace {
  readonly deployment: string;
  readonly homeRegion: string;
  readonly secondRegion: string;
  readonly vaults: { readonly home: string; readonly second: string };
  readonly local: boolean;
  aws(region: string): AwsSettings;
  /** The deployment's time in milliseconds. */
  now(): Promise<number>;
  /** Undefined while there is none. */
  standby(): Promise<StandbyOutputs | undefined>;
  deployStandby(assembly: string | undefined): Promise<void>;
  removeStandby(assembly: string | undefined): Promise<void>;
  /** The home region's target; only where that region answers. */
  home(): Promise<OperatorTarget>;
}

export interface FailoverOptions {
  readonly local?: boolean;
  readonly region?: string;
  readonly secondRegion?: string;
  readonly deployment?: string;
}

/** Adds the options that say which deployment is meant: nothing can be asked of a region that is lost. */
export const withFailoverOptions = (command: Command): Command =>
  command
    .option('--local', 'the platform that runs on this machine')
    .option('--region <region>', 'the home region')
    .option('--second-region <region>', 'where the copies are')
    .option('--deployment <name>', '`name` of the deployment; MEDIAKEEP_DEPLOYMENT, or `mediakeep`, by default');

/** Finds both regions; throws a {@link CliError} that says what is missing. */
export const failoverPlace = async (
  { local, region, secondRegion, deployment }: FailoverOptions,
  { env, stateDir, output }: Pick<CommandContext, 'env' | 'stateDir' | 'output'>,
): Promise<FailoverPlace> => {
  if (local) return localPlace(stateDir);
  if (region === undefined || secondRegion === undefined) {
    throw new CliError(exitCodes.usage, 'Say --region and --second-region as the deployment has them, or --local.');
  }
  const name = deployment ?? env['MEDIAKEEP_DEPLOYMENT'] ?? 'mediakeep';
  return await deployedPlace({ deployment: name, homeRegion: region, secondRegion, note: output.note });
};

/** The second region as jobs and their rows are reached there. */
export const standbyTarget = (place: FailoverPlace, outputs: StandbyOutputs): OperatorTarget => ({
  deployment: place.deployment,
  region: place.secondRegion,
  secondRegion: place.homeRegion,
  api: outputs.api,
  userPoolId: '',
  catalogTable: outputs.catalogTable,
  buckets: {
    landing: '',
    vault: outputs.vault,
    scratch: outputs.scratch,
    audit: outputs.scratch,
    logs: '',
  },
  local: place.local,
  aws: (region = place.secondRegion) => place.aws(region),
  now: place.now,
  functionName: async () => outputs.rebuildFunction,
});
