import { BackupClient, DescribeBackupVaultCommand } from '@aws-sdk/client-backup';
import { CloudFormationClient, GetTemplateCommand, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { GetObjectLockConfigurationCommand, S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import type { Locks, StackResource } from '../../core/destroy/plan.ts';
import type { OperatorTarget } from '../operator/operator-target.ts';

/** The stacks of a deployment that are there, with their regions, in no order. */
export const stackPlaces = ({ deployment, region, secondRegion }: OperatorTarget) => [
  { stackName: `${deployment}-standby`, region: secondRegion },
  { stackName: `${deployment}-service`, region },
  { stackName: `${deployment}-data`, region },
  { stackName: `${deployment}-replica`, region: secondRegion },
];

const Template = z.object({ Resources: z.record(z.string(), z.object({ DeletionPolicy: z.string().optional() })) });

/** All resources of the stacks, as CloudFormation tells of them. */
export const deployedResources = async (target: OperatorTarget): Promise<readonly StackResource[]> =>
  (await Promise.all(stackPlaces(target).map((place) => resourcesOf(target, place)))).flat();

const resourcesOf = async (
  { aws }: OperatorTarget,
  { stackName: StackName, region }: { readonly stackName: string; readonly region: string },
): Promise<readonly StackResource[]> => {
  const client = new CloudFormationClient(aws(region));
  const template = await unlessAbsent(() => client.send(new GetTemplateCommand({ StackName })));
  if (template === undefined) return [];
  const { Resources } = Template.parse(JSON.parse(template.TemplateBody ?? '{}'));
  const found: StackResource[] = [];
  for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName })) {
    for (const { LogicalResourceId = '', PhysicalResourceId = '', ResourceType: type = '' } of StackResourceSummaries) {
      const retained = Resources[LogicalResourceId]?.DeletionPolicy?.startsWith('Retain') === true;
      found.push({ stackName: StackName, region, type, name: PhysicalResourceId, retained });
    }
  }
  return found;
};

/** Undefined for a stack that is not there. CloudFormation has no error of its own for this. */
export const unlessAbsent = async <Answer>(ask: () => Promise<Answer>): Promise<Answer | undefined> => {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message)) return;
    throw error;
  }
};

/** What forbids deletions, read from what is locked. */
export const readLocks = async (target: OperatorTarget): Promise<Locks> => {
  const { aws, region, secondRegion, deployment, buckets } = target;
  const places = [
    { region, bucket: buckets.audit },
    { region: secondRegion, bucket: buckets.audit.replace(region, secondRegion) },
  ];
  const auditLocks: Record<string, string> = {};
  const vaultLockFinal: Record<string, string> = {};
  for (const place of places) {
    const s3 = new S3Client(aws(place.region));
    const lock = await s3.send(new GetObjectLockConfigurationCommand({ Bucket: place.bucket }));
    const { Mode = '', Days = '' } = lock.ObjectLockConfiguration?.Rule?.DefaultRetention ?? {};
    auditLocks[place.bucket] = `${Mode} ${Days}`;
    const BackupVaultName = `${deployment}-backup`;
    const backup = new BackupClient(aws(place.region));
    const { LockDate } = await backup.send(new DescribeBackupVaultCommand({ BackupVaultName }));
    if (LockDate !== undefined) vaultLockFinal[place.region] = LockDate.toISOString();
  }
  return { auditLocks, vaultLockFinal, catalogTable: target.catalogTable };
};
