import { notFound } from './catalogue.ts';
import { describePlan } from './descriptions.ts';
import type { Plan, TestingPlan, TestingSelection } from './model.ts';
import type { BackupParts } from './parts.ts';
import { permitAny, permitPoint } from './permit.ts';
import type { BackupOperation, BackupRequest } from './rest-api.ts';

const planOf = (action: string, parts: BackupParts, { request, path }: BackupRequest): Plan => {
  const plan = parts.catalogue.plans.get(path[0] ?? '');
  const arn = `arn:aws:backup:${request.region}:${request.accountId}:backup-plan:${path[0]}`;
  permitPoint(parts, request, action, { arn });
  if (plan?.region === request.region) return plan;
  throw notFound(`There is no backup plan ${path[0]}.`);
};

const listPlans: BackupOperation = (parts, { request }) => {
  permitAny(parts, request, 'ListBackupPlans');
  const plans = [...parts.catalogue.plans.values()].filter(({ region }) => region === request.region);
  return { BackupPlansList: plans.map((plan) => ({ ...describePlan(plan), BackupPlan: undefined })) };
};

const listSelections: BackupOperation = (parts, request) => {
  const { id } = planOf('ListBackupSelections', parts, request);
  const selections = [...parts.catalogue.selections.values()].filter(({ planId }) => planId === id);
  return {
    BackupSelectionsList: selections.map(({ id: SelectionId, name: SelectionName, roleArn: IamRoleArn }) => ({
      SelectionId,
      SelectionName,
      BackupPlanId: id,
      IamRoleArn,
    })),
  };
};

const getSelection: BackupOperation = (parts, request) => {
  const { id } = planOf('GetBackupSelection', parts, request);
  const selection = parts.catalogue.selections.get(request.path[1] ?? '');
  if (selection?.planId !== id) throw notFound(`There is no selection ${request.path[1]}.`);
  return {
    BackupPlanId: id,
    SelectionId: selection.id,
    BackupSelection: {
      SelectionName: selection.name,
      IamRoleArn: selection.roleArn,
      Resources: selection.resources,
    },
  };
};

const describeTestingPlan = ({ name, arn, schedule, vaultArns, windowDays }: TestingPlan) => ({
  RestoreTestingPlanName: name,
  RestoreTestingPlanArn: arn,
  ScheduleExpression: schedule,
  CreationTime: 0,
  StartWindowHours: 1,
  RecoveryPointSelection: {
    Algorithm: 'LATEST_WITHIN_WINDOW',
    IncludeVaults: vaultArns,
    RecoveryPointTypes: ['SNAPSHOT'],
    SelectionWindowDays: windowDays,
  },
});

const describeTestingSelection = ({ name, planName, roleArn, resourceType, validationHours }: TestingSelection) => ({
  RestoreTestingSelectionName: name,
  RestoreTestingPlanName: planName,
  IamRoleArn: roleArn,
  ProtectedResourceType: resourceType,
  ValidationWindowHours: validationHours,
  CreationTime: 0,
});

const listTestingPlans: BackupOperation = (parts, { request }) => {
  permitAny(parts, request, 'ListRestoreTestingPlans');
  const plans = [...parts.catalogue.testingPlans.values()].filter(({ region }) => region === request.region);
  return { RestoreTestingPlans: plans.map(describeTestingPlan) };
};

const testingPlanOf = (action: string, parts: BackupParts, { request, path }: BackupRequest): TestingPlan => {
  const plan = parts.catalogue.testingPlans.get(path[0] ?? '');
  const arn = `arn:aws:backup:${request.region}:${request.accountId}:restore-testing-plan:${path[0]}`;
  permitPoint(parts, request, action, { arn });
  if (plan?.region === request.region) return plan;
  throw notFound(`There is no restore testing plan ${path[0]}.`);
};

const listTestingSelections: BackupOperation = (parts, request) => {
  const { name } = testingPlanOf('ListRestoreTestingSelections', parts, request);
  const selections = [...parts.catalogue.testingSelections.values()].filter(({ planName }) => planName === name);
  return { RestoreTestingSelections: selections.map(describeTestingSelection) };
};

/** Tables and buckets are what the platform has; advanced features for tables are on, as docs/deploy.md asks for. */
const regionSettings: BackupOperation = (parts, { request }) => {
  permitAny(parts, request, 'DescribeRegionSettings');
  return {
    ResourceTypeOptInPreference: { DynamoDB: true, S3: true },
    ResourceTypeManagementPreference: { DynamoDB: true },
  };
};

/** What the template says of plans and tests, for whoever wants to read it, and the settings of the account. */
export const planOperations: Readonly<Record<string, readonly [string, BackupOperation]>> = {
  'GET /backup/plans': ['ListBackupPlans', listPlans],
  'GET /backup/plans/*': ['GetBackupPlan', (parts, request) => describePlan(planOf('GetBackupPlan', parts, request))],
  'GET /backup/plans/*/selections': ['ListBackupSelections', listSelections],
  'GET /backup/plans/*/selections/*': ['GetBackupSelection', getSelection],
  'GET /restore-testing/plans': ['ListRestoreTestingPlans', listTestingPlans],
  'GET /restore-testing/plans/*': [
    'GetRestoreTestingPlan',
    (parts, request) => ({
      RestoreTestingPlan: describeTestingPlan(testingPlanOf('GetRestoreTestingPlan', parts, request)),
    }),
  ],
  'GET /restore-testing/plans/*/selections': ['ListRestoreTestingSelections', listTestingSelections],
  'GET /account-settings': ['DescribeRegionSettings', regionSettings],
};
