import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { readLocalState } from '../../local/state-file.ts';
import type { CommandContext } from '../context.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import type { Register } from '../program.ts';
import { createTenant } from '../tenant/create-tenant.ts';
import { findOrInviteUser } from '../tenant/find-user.ts';

interface TenantOptions {
  readonly admin: string;
  readonly table?: string;
  readonly userPool?: string;
  readonly region?: string;
  readonly local?: boolean;
}

const examples = `
Examples:
  mediakeep tenant create acme --admin asha@example.org --table mediakeep-data-… --user-pool ap-south-1_… --region ap-south-1
  mediakeep tenant create lab --admin asha@example.org --local

The table and the user pool are outputs of \`cdk deploy\` (CatalogTableName, UserPoolId). AWS credentials come from where the
AWS SDK finds them; they need dynamodb:PutItem on the table, and cognito-idp:AdminGetUser and AdminCreateUser on the pool.`;

/** `tenant create`: a tenant with its first administrator. */
export const registerTenantCommand: Register = (program, context) => {
  const tenant = program.command('tenant').description('tenants of the deployment').addHelpText('after', examples);

  tenant
    .command('create <id>')
    .description('create a tenant with its first administrator, with AWS credentials')
    .requiredOption('--admin <email|sub>', 'e-mail address, or the `sub` of a known principal')
    .option('--table <name>', 'the catalog’s table')
    .option('--user-pool <id>', 'the user pool; needed for an e-mail address')
    .option('--region <region>', 'the home region; AWS_REGION by default')
    .option('--local', 'on the platform that runs on this machine')
    .addHelpText('after', examples)
    .action(async (id: string, options: TenantOptions) => {
      const { output, ...current } = context();
      const target = options.local ? localTarget(current) : awsTarget(options, current);
      const principal = await principalOf(options.admin, target);
      const table = DynamoDBDocumentClient.from(new DynamoDBClient(target.aws));
      await createTenant(table, { tenant: id, principal, tableName: target.tableName, nowMs: Date.now() });
      output.data({ tenant: id, admin: principal });
      output.line(`Tenant ${id} is there; ${options.admin} administers it.`);
    });
};

interface Target {
  readonly aws: { region: string; endpoint?: string; credentials?: { accessKeyId: string; secretAccessKey: string } };
  readonly tableName: string;
  readonly userPoolId: string | undefined;
}

const awsTarget = ({ table, userPool, region }: TenantOptions, { env }: Pick<CommandContext, 'env'>): Target => {
  const home = region ?? env['AWS_REGION'];
  if (table === undefined || home === undefined) {
    throw new CliError(exitCodes.usage, 'Say --table and --region (outputs of `cdk deploy`), or --local.');
  }
  return { aws: { region: home }, tableName: table, userPoolId: userPool };
};

const localTarget = ({ stateDir }: Pick<CommandContext, 'stateDir'>): Target => {
  const state = readLocalState(stateDir);
  const [region] = state?.regions ?? [];
  const tableName = state?.tables['catalog'];
  if (state === undefined || region === undefined || tableName === undefined) {
    throw new CliError(exitCodes.unavailable, 'No platform has run here. Start one with `mediakeep local start`.');
  }
  return {
    aws: { region, endpoint: state.endpoint, credentials: { ...state.admin } },
    tableName,
    userPoolId: state.userPoolId,
  };
};

const principalOf = async (admin: string, { aws, userPoolId }: Target): Promise<string> => {
  if (!admin.includes('@')) return admin;
  if (userPoolId === undefined) throw new CliError(exitCodes.usage, 'An e-mail address needs --user-pool.');
  return await findOrInviteUser(new CognitoIdentityProviderClient(aws), { userPoolId, email: admin });
};
