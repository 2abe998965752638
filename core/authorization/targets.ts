import type { Operation } from '../routes.ts';
import type { PolicyContext, Subject, Target } from './entities.ts';

/** What kind of thing each operation acts on. */
export const targetTypes: Readonly<Record<Exclude<Operation, 'getHealth' | 'getOpenApi'>, Target['type']>> = {
  getMe: 'Tenant',
  listClasses: 'Tenant',
  beginUpload: 'Tenant',
  signParts: 'Upload',
  completeUpload: 'Upload',
  abortUpload: 'Upload',
  getUpload: 'Upload',
  listAssets: 'Tenant',
  getAsset: 'Asset',
  listVersions: 'Asset',
  getContent: 'Asset',
  changeAsset: 'Asset',
  deleteAsset: 'Asset',
  undeleteAsset: 'Asset',
  purgeAsset: 'Asset',
  explainAsset: 'Asset',
  placeHold: 'Tenant',
  listHolds: 'Tenant',
  releaseHold: 'Hold',
  showRetention: 'Tenant',
  setClassRetention: 'Tenant',
  setUserRetention: 'Wish',
  simulateRetention: 'Tenant',
  archiveAsset: 'Asset',
  startArchive: 'Tenant',
  startRestore: 'Tenant',
  listJobs: 'Tenant',
  getJob: 'Tenant',
  confirmJob: 'Tenant',
  cancelJob: 'Tenant',
  getStats: 'Tenant',
  listUsage: 'Tenant',
  listMembers: 'Tenant',
  addMember: 'Tenant',
  changeMember: 'Tenant',
  removeMember: 'Tenant',
};

/** An operation that somebody has to be permitted. */
export type GuardedOperation = keyof typeof targetTypes;

/**
 * The target and context for which an operation is permitted most easily: one's own upload or asset, a device of one's own.
 * Who is denied even this is turned away before anything is read.
 */
export const easiestTarget = (
  operation: GuardedOperation,
  subject: Subject,
): { target: Target; context: PolicyContext } => {
  const type = targetTypes[operation];
  const target: Target =
    type === 'Tenant'
      ? { type, tenant: subject.tenant }
      : { type, tenant: subject.tenant, uploader: subject.principal };
  const device = operation === 'beginUpload' ? subject.devices[0] : undefined;
  return { target, context: device === undefined ? {} : { device } };
};
