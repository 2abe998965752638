import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BackupClient, DescribeRegionSettingsCommand } from '@aws-sdk/client-backup';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  judgeBackupSettings,
  judgeBootstrap,
  judgeClock,
  judgeConcurrency,
  judgeVersion,
} from '../../core/doctor/before.ts';
import { type Finding, ok, skipped } from '../../core/doctor/finding.ts';
import type { AwsSettings } from '../operator/operator-target.ts';
import { type Configured, checkConfiguration } from './configuration.ts';
import { look } from './look.ts';

/** How the account is reached before anything of the deployment is there. */
export interface BeforeOptions {
  readonly projectDir: string;
  /** True: there is no account to ask. */
  readonly local: boolean;
  readonly aws: (region: string) => AwsSettings;
  readonly nowMs: number;
}

/** Is everything there that a deployment needs? */
export const checkBefore = async (options: BeforeOptions): Promise<readonly Finding[]> => {
  const { projectDir, local, nowMs } = options;
  const { finding, configured } = await checkConfiguration(projectDir);
  const here = [finding, ...versions(projectDir)];
  if (local) {
    const because = 'the platform on this machine has no account, no quotas and no CloudFormation';
    const account = ['regions', 'bootstrap', 'quotas', 'advanced DynamoDB backup', 'durable functions'];
    return [...here, judgeClock(nowMs), ...account.map((check) => skipped(check, because))];
  }
  if (configured === undefined) {
    const because = 'the configuration does not say which regions are meant';
    return [...here, judgeClock(nowMs), skipped('account', because)];
  }
  const { homeRegion, secondRegion } = configured;
  const regions = [homeRegion, secondRegion];
  const found = await Promise.all(regions.map((region) => checkRegion(region, configured, options)));
  return [...here, ...(await clockOf(homeRegion, options)), ...found.flat()];
};

const checkRegion = async (
  region: string,
  { homeRegion, reserved, enable }: Configured,
  { aws }: BeforeOptions,
): Promise<readonly Finding[]> => {
  const clients = { lambda: new LambdaClient(aws(region)), backup: new BackupClient(aws(region)) };
  const limits = look(`region ${region}`, async () => {
    const { AccountLimit } = await clients.lambda.send(new GetAccountSettingsCommand({}));
    return [
      ok(`region ${region}`, enable.includes(` ${region}\n`) ? 'it is enabled' : 'it answers'),
      judgeConcurrency(
        region,
        {
          concurrent: AccountLimit?.ConcurrentExecutions,
          unreserved: AccountLimit?.UnreservedConcurrentExecutions,
        },
        region === homeRegion ? reserved : 0,
      ),
    ];
  });
  const settings = look(`backup ${region}`, async () => {
    const told = await clients.backup.send(new DescribeRegionSettingsCommand({}));
    const { ResourceTypeOptInPreference: optIn = {}, ResourceTypeManagementPreference: management = {} } = told;
    return judgeBackupSettings(region, { optIn, management });
  });
  const durable = skipped(
    `durable functions ${region}`,
    'no operation of AWS tells where they are offered; the page of AWS Lambda about regions does, and a deployment stops',
  );
  const found = await Promise.all([
    limits,
    look(`bootstrap ${region}`, async () => judgeBootstrap(region, await bootstrapVersion(aws(region)))),
    settings,
  ]);
  return [...found.flat(), durable];
};

const bootstrapVersion = async (settings: AwsSettings): Promise<string | undefined> => {
  try {
    const client = new CloudFormationClient(settings);
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: 'CDKToolkit' }));
    return Stacks[0]?.Outputs?.find(({ OutputKey }) => OutputKey === 'BootstrapVersion')?.OutputValue;
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message)) return;
    throw error;
  }
};

/** AWS says what time it is with each answer. */
const clockOf = async (region: string, { aws, nowMs }: BeforeOptions): Promise<readonly Finding[]> =>
  await look('clock', async () => {
    const client = new LambdaClient(aws(region));
    let date: string | undefined;
    client.middlewareStack.add(
      (next) => async (args) => {
        const answered = await next(args);
        const { headers } = Object(answered.response);
        date = typeof headers?.date === 'string' ? headers.date : undefined;
        return answered;
      },
      { step: 'deserialize', priority: 'low' },
    );
    const started = Date.now();
    await client.send(new GetAccountSettingsCommand({}));
    return judgeClock(nowMs, date === undefined ? undefined : Date.parse(date) - (Date.now() - started));
  });

const versions = (projectDir: string): readonly Finding[] => [
  judgeVersion(
    'Node.js',
    process.version,
    '22.18.0',
    'Install Node 24: it runs the configuration, which is TypeScript',
  ),
  judgeVersion('the CDK', installed(projectDir, 'aws-cdk'), '2.1100.0', 'npm ci'),
  judgeVersion('the CDK library', installed(projectDir, 'aws-cdk-lib'), '2.270.0', 'npm ci'),
];

const installed = (projectDir: string, name: string): string | undefined => {
  try {
    return String(JSON.parse(readFileSync(join(projectDir, 'node_modules', name, 'package.json'), 'utf8')).version);
  } catch {
    // Not there, or broken by an installation that was cut off: the same remedy for both.
    return undefined;
  }
};
