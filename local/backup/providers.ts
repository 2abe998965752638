import * as z from 'zod';
import { policyDocument, readProperties, templateBoolean, templateNumber } from '../aws/resource-properties.ts';
import type { CreatedResource, ResourceProvider, TemplateResource } from '../aws/service.ts';
import type { Catalogue } from './catalogue.ts';
import { parseCron } from './cron.ts';

const noTags = {
  BackupVaultTags: 'nothing on one machine reads them',
  BackupPlanTags: 'nothing on one machine reads them',
};

/** Creates what the template says of backups. */
export const backupProviders = (catalogue: Catalogue): ResourceProvider[] => [
  { type: 'AWS::Backup::BackupVault', create: (resource) => createVault(catalogue, resource) },
  { type: 'AWS::Backup::BackupPlan', create: (resource) => createPlan(catalogue, resource) },
  { type: 'AWS::Backup::BackupSelection', create: (resource) => createSelection(catalogue, resource) },
  { type: 'AWS::Backup::RestoreTestingPlan', create: (resource) => createTestingPlan(catalogue, resource) },
  { type: 'AWS::Backup::RestoreTestingSelection', create: (resource) => createTestingSelection(catalogue, resource) },
];

const arnOf = ({ region, accountId }: TemplateResource, kind: string, name: string): string =>
  `arn:aws:backup:${region}:${accountId}:${kind}:${name}`;

const Lock = z.strictObject({
  MinRetentionDays: templateNumber.optional(),
  MaxRetentionDays: templateNumber.optional(),
  ChangeableForDays: templateNumber.optional(),
});

const createVault = ({ vaults }: Catalogue, resource: TemplateResource): CreatedResource => {
  const properties = readProperties(
    resource,
    {
      BackupVaultName: z.string().regex(/^[a-zA-Z0-9_-]{2,50}$/),
      EncryptionKeyArn: z.string().optional(),
      AccessPolicy: policyDocument.optional(),
      LockConfiguration: Lock.optional(),
    },
    noTags,
  );
  const { BackupVaultName: name, EncryptionKeyArn: keyArn, AccessPolicy: policy, LockConfiguration: lock } = properties;
  const arn = arnOf(resource, 'backup-vault', name);
  vaults.set(arn, {
    name,
    arn,
    region: resource.region,
    ...(keyArn !== undefined && { keyArn }),
    ...(policy !== undefined && { policy }),
    ...(lock !== undefined && {
      lock: {
        ...(lock.MinRetentionDays !== undefined && { minDays: lock.MinRetentionDays }),
        ...(lock.MaxRetentionDays !== undefined && { maxDays: lock.MaxRetentionDays }),
        ...(lock.ChangeableForDays !== undefined && { changeableForDays: lock.ChangeableForDays }),
      },
    }),
  });
  return { ref: name, attributes: { BackupVaultArn: arn, BackupVaultName: name } };
};

const LifecycleProperty = z
  .strictObject({ DeleteAfterDays: templateNumber.optional(), MoveToColdStorageAfterDays: templateNumber.optional() })
  .transform((lifecycle) => ({
    ...(lifecycle.DeleteAfterDays !== undefined && { deleteAfterDays: lifecycle.DeleteAfterDays }),
    ...(lifecycle.MoveToColdStorageAfterDays !== undefined && { coldAfterDays: lifecycle.MoveToColdStorageAfterDays }),
  }));

const RuleProperty = z
  .strictObject({
    RuleName: z.string(),
    TargetBackupVault: z.string(),
    ScheduleExpression: z.string(),
    ScheduleExpressionTimezone: z.enum(['Etc/UTC', 'UTC']).optional(),
    StartWindowMinutes: templateNumber.optional(),
    CompletionWindowMinutes: templateNumber.optional(),
    EnableContinuousBackup: templateBoolean.default(false),
    Lifecycle: LifecycleProperty.default({}),
    CopyActions: z
      .array(z.strictObject({ DestinationBackupVaultArn: z.string(), Lifecycle: LifecycleProperty.default({}) }))
      .default([]),
  })
  .transform((rule) => ({
    name: rule.RuleName,
    vault: rule.TargetBackupVault,
    schedule: rule.ScheduleExpression,
    continuous: rule.EnableContinuousBackup,
    ...rule.Lifecycle,
    copies: rule.CopyActions.map((copy) => ({ vaultArn: copy.DestinationBackupVaultArn, ...copy.Lifecycle })),
  }));

const createPlan = ({ plans }: Catalogue, resource: TemplateResource): CreatedResource => {
  const BackupPlan = z.strictObject({ BackupPlanName: z.string(), BackupPlanRule: z.array(RuleProperty).min(1) });
  const { BackupPlan: plan } = readProperties(resource, { BackupPlan }, noTags);
  for (const { schedule } of plan.BackupPlanRule) parseCron(schedule);
  const id = resource.generatedName;
  const arn = arnOf(resource, 'backup-plan', id);
  plans.set(id, { id, arn, name: plan.BackupPlanName, region: resource.region, rules: plan.BackupPlanRule });
  return { ref: id, attributes: { BackupPlanId: id, BackupPlanArn: arn, VersionId: id } };
};

const createSelection = ({ selections }: Catalogue, resource: TemplateResource): CreatedResource => {
  const { BackupPlanId: planId, BackupSelection: selection } = readProperties(resource, {
    BackupPlanId: z.string(),
    BackupSelection: z.strictObject({
      SelectionName: z.string(),
      IamRoleArn: z.string(),
      Resources: z.array(z.string()).min(1),
    }),
  });
  const { SelectionName: name, IamRoleArn: roleArn, Resources: resources } = selection;
  const id = resource.generatedName;
  selections.set(id, { id, planId, name, region: resource.region, roleArn, resources });
  return { ref: `${planId}_${id}`, attributes: { SelectionId: id, BackupPlanId: planId, Id: id } };
};

const createTestingPlan = ({ testingPlans }: Catalogue, resource: TemplateResource): CreatedResource => {
  const properties = readProperties(
    resource,
    {
      RestoreTestingPlanName: z.string().regex(/^[a-zA-Z0-9_]{1,50}$/),
      ScheduleExpression: z.string(),
      RecoveryPointSelection: z.strictObject({
        Algorithm: z.literal('LATEST_WITHIN_WINDOW'),
        IncludeVaults: z.array(z.string()).min(1),
        RecoveryPointTypes: z.array(z.literal('SNAPSHOT')),
        SelectionWindowDays: templateNumber.default(30),
      }),
    },
    {
      ScheduleExpressionTimezone: 'schedules are in UTC here',
      StartWindowHours: 'a test begins at once here',
      Tags: 'nothing on one machine reads them',
    },
  );
  const { RestoreTestingPlanName: name, ScheduleExpression: schedule, RecoveryPointSelection: points } = properties;
  parseCron(schedule);
  const arn = arnOf(resource, 'restore-testing-plan', name);
  testingPlans.set(name, {
    name,
    arn,
    region: resource.region,
    schedule,
    vaultArns: points.IncludeVaults,
    windowDays: points.SelectionWindowDays,
  });
  return { ref: name, attributes: { RestoreTestingPlanArn: arn } };
};

const createTestingSelection = ({ testingSelections }: Catalogue, resource: TemplateResource): CreatedResource => {
  const properties = readProperties(resource, {
    RestoreTestingPlanName: z.string(),
    RestoreTestingSelectionName: z.string(),
    IamRoleArn: z.string(),
    ProtectedResourceType: z.enum(['S3', 'DynamoDB']),
    ProtectedResourceArns: z.array(z.string()).min(1),
    ValidationWindowHours: templateNumber.default(0),
  });
  const name = properties.RestoreTestingSelectionName;
  testingSelections.set(`${properties.RestoreTestingPlanName}/${name}`, {
    name,
    planName: properties.RestoreTestingPlanName,
    region: resource.region,
    roleArn: properties.IamRoleArn,
    resourceType: properties.ProtectedResourceType,
    resourceArns: properties.ProtectedResourceArns,
    validationHours: properties.ValidationWindowHours,
  });
  return { ref: name, attributes: {} };
};
