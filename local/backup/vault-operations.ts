import { days, isoTime } from '../../core/time.ts';
import { invalidRequest, notFound } from './catalogue.ts';
import { describePoint, describeVault } from './descriptions.ts';
import type { RecoveryPoint } from './model.ts';
import type { BackupParts } from './parts.ts';
import { permitAny, permitPoint, permitVault } from './permit.ts';
import type { BackupOperation, BackupRequest } from './rest-api.ts';

const vaultOf = (action: string, parts: BackupParts, { request, path }: BackupRequest) => {
  const vault = parts.catalogue.vault(request.region, path[0] ?? '');
  permitVault(parts, request, action, vault);
  return vault;
};

/** The recovery point of the path, in the vault of the path. */
const pointOf = (action: string, parts: BackupParts, { request, path }: BackupRequest): RecoveryPoint => {
  const [vaultName = '', arn = ''] = path;
  const vault = parts.catalogue.vault(request.region, vaultName);
  permitPoint(parts, request, action, { arn, vault });
  const point = parts.store.point(arn);
  if (point?.region === request.region && point.vaultName === vaultName) return point;
  throw notFound(`Cannot find recovery point ${arn} in ${vaultName}.`);
};

const listVaults: BackupOperation = (parts, { request }) => {
  permitAny(parts, request, 'ListBackupVaults');
  const vaults = [...parts.catalogue.vaults.values()].filter(({ region }) => region === request.region);
  return { BackupVaultList: vaults.map((vault) => describeVault(parts, vault)) };
};

const accessPolicy: BackupOperation = (parts, request) => {
  const vault = vaultOf('GetBackupVaultAccessPolicy', parts, request);
  if (vault.policy === undefined) throw notFound(`The vault ${vault.name} has no access policy.`);
  return { BackupVaultName: vault.name, BackupVaultArn: vault.arn, Policy: JSON.stringify(vault.policy) };
};

const listPoints: BackupOperation = (parts, request) => {
  const vault = vaultOf('ListRecoveryPointsByBackupVault', parts, request);
  const { query } = request;
  const after = query.get('createdAfter');
  const before = query.get('createdBefore');
  const points = parts.store
    .points()
    .filter(({ region, vaultName }) => region === vault.region && vaultName === vault.name)
    .filter(({ resourceArn }) => resourceArn === (query.get('resourceArn') ?? resourceArn))
    .filter(({ resourceType }) => resourceType === (query.get('resourceType') ?? resourceType))
    .filter(({ atMs }) => after === null || atMs > Date.parse(after))
    .filter(({ atMs }) => before === null || atMs < Date.parse(before));
  return { RecoveryPoints: points.map((point) => describePoint(parts, point)) };
};

const listOfResource: BackupOperation = (parts, { request, path }) => {
  permitAny(parts, request, 'ListRecoveryPointsByResource');
  const points = parts.store
    .points()
    .filter(({ region, resourceArn }) => region === request.region && resourceArn === path[0]);
  return { RecoveryPoints: points.map((point) => describePoint(parts, point)) };
};

/** Before its end a recovery point of a locked vault goes by nobody's hand. */
const deletePoint: BackupOperation = (parts, request) => {
  const point = pointOf('DeleteRecoveryPoint', parts, request);
  const { lock } = parts.catalogue.vault(point.region, point.vaultName);
  if (lock !== undefined) {
    const until = point.atMs + days(point.lifecycle.deleteAfterDays ?? lock.minDays ?? 0);
    throw invalidRequest(`The vault ${point.vaultName} is locked; the recovery point stays until ${isoTime(until)}.`);
  }
  parts.store.removePoint(point.arn);
  return {};
};

const restoreMetadata: BackupOperation = (parts, request) => {
  const point = pointOf('GetRecoveryPointRestoreMetadata', parts, request);
  const name = point.resourceArn.split(/[:/]/).at(-1) ?? '';
  const metadata: Record<string, string> =
    point.resourceType === 'S3'
      ? { BucketName: name, Encrypted: 'true', EncryptionType: 'original' }
      : { originalTableName: name, encryptionType: 'Default' };
  return {
    BackupVaultArn: parts.catalogue.vault(point.region, point.vaultName).arn,
    RecoveryPointArn: point.arn,
    RestoreMetadata: metadata,
    ResourceType: point.resourceType,
  };
};

/** Vaults and what lies in them. */
export const vaultOperations: Readonly<Record<string, readonly [string, BackupOperation]>> = {
  'GET /backup-vaults': ['ListBackupVaults', listVaults],
  'GET /backup-vaults/*': [
    'DescribeBackupVault',
    (parts, request) => describeVault(parts, vaultOf('DescribeBackupVault', parts, request)),
  ],
  'GET /backup-vaults/*/access-policy': ['GetBackupVaultAccessPolicy', accessPolicy],
  'GET /backup-vaults/*/recovery-points': ['ListRecoveryPointsByBackupVault', listPoints],
  'GET /backup-vaults/*/recovery-points/*': [
    'DescribeRecoveryPoint',
    (parts, request) => describePoint(parts, pointOf('DescribeRecoveryPoint', parts, request)),
  ],
  'DELETE /backup-vaults/*/recovery-points/*': ['DeleteRecoveryPoint', deletePoint],
  'GET /backup-vaults/*/recovery-points/*/restore-metadata': ['GetRecoveryPointRestoreMetadata', restoreMetadata],
  'GET /resources/*/recovery-points': ['ListRecoveryPointsByResource', listOfResource],
};
