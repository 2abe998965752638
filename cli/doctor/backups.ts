import {
  BackupClient,
  DescribeBackupVaultCommand,
  GetBackupSelectionCommand,
  paginateListBackupPlans,
  paginateListBackupSelections,
} from '@aws-sdk/client-backup';
import { type BackupSelection, judgeSelections, judgeVault } from '../../core/doctor/after.ts';
import type { Finding } from '../../core/doctor/finding.ts';
import type { OperatorTarget } from '../operator/operator-target.ts';
import { look } from './look.ts';

/** Are the backup vaults of both regions locked and filled, and do the plans take what they should? */
export const checkBackups = (target: OperatorTarget): readonly Promise<readonly Finding[]>[] => [
  ...[target.region, target.secondRegion].map((region) => look(`backup vault ${region}`, () => vault(target, region))),
  look('backup plans', async () => judgeSelections(await selections(target), target.catalogTable)),
];

const vault = async (target: OperatorTarget, region: string): Promise<readonly Finding[]> => {
  const BackupVaultName = `${target.deployment}-backup`;
  const told = await new BackupClient(target.aws(region)).send(new DescribeBackupVaultCommand({ BackupVaultName }));
  return judgeVault(`backup vault ${region}`, {
    locked: told.Locked === true,
    points: told.NumberOfRecoveryPoints ?? 0,
    ...(told.LockDate && { finalFromMs: told.LockDate.getTime() }),
  });
};

const selections = async ({ aws, deployment }: OperatorTarget): Promise<readonly BackupSelection[]> => {
  const client = new BackupClient(aws());
  const found: BackupSelection[] = [];
  for await (const { BackupPlansList = [] } of paginateListBackupPlans({ client }, {})) {
    for (const { BackupPlanId, BackupPlanName = '' } of BackupPlansList) {
      if (!BackupPlanName.startsWith(`${deployment}-`)) continue;
      for await (const page of paginateListBackupSelections({ client }, { BackupPlanId })) {
        for (const { SelectionId } of page.BackupSelectionsList ?? []) {
          const input = { BackupPlanId, SelectionId };
          const { BackupSelection: selection } = await client.send(new GetBackupSelectionCommand(input));
          // A selection by tag takes whatever bears it, which is a pattern too.
          const byTag = (selection?.ListOfTags ?? []).map(({ ConditionKey }) => `tag:${ConditionKey}=*`);
          found.push({ plan: BackupPlanName, resources: [...(selection?.Resources ?? []), ...byTag] });
        }
      }
    }
  }
  return found;
};
