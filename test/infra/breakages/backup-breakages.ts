import type { Breakage, Broken } from './broken-templates.ts';
import { propertiesOf } from './broken-templates.ts';

const vault = ({ data }: Broken) => propertiesOf(data, 'AWS::Backup::BackupVault');
const plan = ({ data }: Broken) => propertiesOf(data, 'AWS::Backup::BackupPlan').BackupPlan.BackupPlanRule;
const selection = ({ data }: Broken) => propertiesOf(data, 'AWS::Backup::BackupSelection').BackupSelection;

/** Ways to spoil a template that the rules of lib/rules/backup-rules.ts have to see. */
export const backups: readonly Breakage[] = [
  {
    rule: 'C66',
    title: 'a catalog that nobody backs up',
    spoil: (t) => {
      selection(t).Resources.pop();
    },
  },
  {
    rule: 'C66',
    title: 'subjects’ keys in a backup',
    spoil: (t) => {
      selection(t).Resources.push({ 'Fn::GetAtt': ['SubjectKeysCEEFEB53', 'Arn'] });
    },
  },
  {
    rule: 'C68',
    title: 'a vault with the key of AWS',
    spoil: (t) => {
      delete vault(t).EncryptionKeyArn;
    },
  },
  {
    rule: 'C69',
    title: 'a vault without a lock',
    spoil: (t) => {
      delete vault(t).LockConfiguration;
    },
  },
  {
    rule: 'C69',
    title: 'a lock that becomes final though nobody said so',
    spoil: (t) => {
      vault(t).LockConfiguration.ChangeableForDays = 3;
    },
  },
  {
    rule: 'C70',
    title: 'a rule that its vault refuses',
    spoil: (t) => {
      plan(t)[0].Lifecycle.DeleteAfterDays = 36;
    },
  },
  {
    rule: 'C70',
    title: 'cold storage for a month',
    spoil: (t) => {
      plan(t)[1].Lifecycle.MoveToColdStorageAfterDays = 1;
    },
  },
  {
    rule: 'C71',
    title: 'a weekly backup that stays in its region',
    spoil: (t) => {
      delete plan(t)[2].CopyActions;
    },
  },
  {
    rule: 'C72',
    title: 'a bucket whose restore nobody tests',
    spoil: ({ data }) => {
      propertiesOf(data, 'AWS::Backup::RestoreTestingSelection', 'BackupTestingBucket').ProtectedResourceType = 'EFS';
    },
  },
  {
    rule: 'C72',
    title: 'restored resources that nobody judges',
    spoil: ({ service }) => {
      propertiesOf(service, 'AWS::Events::Rule', 'ValidateRestore').EventPattern.detail = {};
    },
  },
  {
    rule: 'C73',
    title: 'a vault from which recovery points can be deleted',
    spoil: (t) => {
      vault(t).AccessPolicy.Statement[0].Action = ['backup:DeleteBackupVault'];
    },
  },
  {
    rule: 'C99b',
    title: 'people in clear for a year',
    spoil: (t) => {
      plan(t)[3].Lifecycle.DeleteAfterDays = 365;
    },
  },
];
