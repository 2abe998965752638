import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { deployedTarget } from './deployed-target.ts';
import { localTarget } from './local-target.ts';

/** The buckets of a deployment, by what they are for. */
export type BucketPart = 'landing' | 'vault' | 'scratch' | 'audit' | 'logs';

/** What every client of the AWS SDK is made with. */
export interface AwsSettings {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** The one endpoint of the platform on this machine has no name for each bucket. */
  readonly forcePathStyle?: boolean;
}

/** A deployment as its operators reach it: with AWS credentials, past the API. */
export interface OperatorTarget {
  /** `name` of the deployment, which all physical names begin with. */
  readonly deployment: string;
  readonly region: string;
  readonly secondRegion: string;
  /** The HTTP API's address, where the service is deployed. */
  readonly api: string | undefined;
  readonly userPoolId: string;
  readonly catalogTable: string;
  readonly buckets: Readonly<Record<BucketPart, string>>;
  /** The role of jobs that copy to the second region what has no copy there. */
  readonly batchReplicationRoleArn?: string | undefined;
  /** True for the platform on this machine. */
  readonly local: boolean;
  /** Settings for a client of the AWS SDK. @default the home region */
  aws(region?: string): AwsSettings;
  /** The deployment's time in milliseconds: the machine's, or that of the platform's own clock. */
  now(): Promise<number>;
  /** The name of a function by its construct's id in lower case, `recover`; throws a {@link CliError} where there is none. */
  functionName(id: string): Promise<string>;
}

/** What an operator's command takes from its command line to find the deployment. */
export interface OperatorOptions {
  readonly local?: boolean;
  readonly region?: string;
  readonly deployment?: string;
}

/** The sentence that every operator's help ends with. */
export const operatorHelp = `
AWS credentials come from where the AWS SDK finds them. Names come from the outputs of the deployment's stacks; with --local
from the state of the platform on this machine.`;

/** Adds the options that say which deployment is meant. */
export const withOperatorOptions = (command: Command): Command =>
  command
    .option('--local', 'the platform that runs on this machine')
    .option('--region <region>', 'the home region; AWS_REGION by default')
    .option('--deployment <name>', '`name` of the deployment; MEDIAKEEP_DEPLOYMENT, or `mediakeep`, by default');

/** Finds the deployment; throws a {@link CliError} that says what is missing. */
export const operatorTarget = async (
  { local, region, deployment }: OperatorOptions,
  { env, stateDir }: Pick<CommandContext, 'env' | 'stateDir'>,
): Promise<OperatorTarget> => {
  if (local) return localTarget(stateDir);
  const home = region ?? env['AWS_REGION'];
  if (home === undefined) {
    throw new CliError(exitCodes.usage, 'Say --region (the home region of the deployment), or --local.');
  }
  return await deployedTarget({ region: home, deployment: deployment ?? env['MEDIAKEEP_DEPLOYMENT'] ?? 'mediakeep' });
};
