import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { CliError, exitCodes } from '../exit-codes.ts';
import type { OperatorTarget } from './operator-target.ts';
import { stackOutputs } from './stack-outputs.ts';

/** A deployment in an account, as the outputs of its stacks tell of it. */
export const deployedTarget = async (where: { region: string; deployment: string }): Promise<OperatorTarget> => {
  const { region, deployment } = where;
  const client = new CloudFormationClient({ region });
  const data = await stackOutputs(client, `${deployment}-data`);
  if (data === undefined) throw noSuchDeployment(where);
  const service = await stackOutputs(client, `${deployment}-service`);
  const output = (name: string): string => {
    const value = data.get(name);
    if (value !== undefined) return value;
    throw new CliError(
      exitCodes.failed,
      `The stack ${deployment}-data has no output ${name}; another version deployed it. Deploy this one.`,
    );
  };
  return {
    deployment,
    region,
    secondRegion: output('SecondRegion'),
    api: service?.get('ApiUrl'),
    userPoolId: output('UserPoolId'),
    catalogTable: output('CatalogTableName'),
    buckets: {
      landing: output('LandingBucketName'),
      vault: output('VaultBucketName'),
      scratch: output('ScratchBucketName'),
      audit: output('AuditBucketName'),
      logs: output('LogsBucketName'),
    },
    batchReplicationRoleArn: data.get('BatchReplicationRoleArn'),
    local: false,
    aws: (wanted = region) => ({ region: wanted }),
    now: async () => Date.now(),
    functionName: (id) => functionName(client, `${deployment}-service`, id),
  };
};

const noSuchDeployment = ({ region, deployment }: { region: string; deployment: string }): CliError =>
  new CliError(
    exitCodes.notFound,
    `There is no stack ${deployment}-data in ${region}. Say --deployment and --region as \`config/mediakeep.config.ts\` has them.`,
  );

/** A logical id is the construct's path without `Default` and `Resource`, and eight digits of a hash. */
const functionName = async (client: CloudFormationClient, StackName: string, id: string): Promise<string> => {
  const pattern = new RegExp(`^${id}[0-9A-F]{8}$`, 'i');
  for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName })) {
    const found = StackResourceSummaries.find(
      ({ ResourceType, LogicalResourceId = '' }) =>
        ResourceType === 'AWS::Lambda::Function' && pattern.test(LogicalResourceId),
    );
    if (found?.PhysicalResourceId !== undefined) return found.PhysicalResourceId;
  }
  throw new CliError(exitCodes.notFound, `The stack ${StackName} has no function \`${id}\`. Deploy this version.`);
};
