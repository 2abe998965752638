import type { Operation } from '../../core/routes.ts';
import type { Endpoint } from './endpoint.ts';
import { openApiDocument } from './openapi.ts';
import { abortUpload } from './routes/abort-upload.ts';
import { addMember } from './routes/add-member.ts';
import { archiveAsset } from './routes/archive-asset.ts';
import { beginUpload } from './routes/begin-upload.ts';
import { cancelJob } from './routes/cancel-job.ts';
import { changeAsset } from './routes/change-asset.ts';
import { changeMember } from './routes/change-member.ts';
import { completeUpload } from './routes/complete-upload.ts';
import { confirmJob } from './routes/confirm-job.ts';
import { deleteAsset } from './routes/delete-asset.ts';
import { explainAsset } from './routes/explain-asset.ts';
import { getAsset } from './routes/get-asset.ts';
import { getContent } from './routes/get-content.ts';
import { getHealth } from './routes/get-health.ts';
import { getJob } from './routes/get-job.ts';
import { getMe } from './routes/get-me.ts';
import { createGetOpenApi } from './routes/get-open-api.ts';
import { getStats } from './routes/get-stats.ts';
import { getUpload } from './routes/get-upload.ts';
import { listAssets } from './routes/list-assets.ts';
import { listClasses } from './routes/list-classes.ts';
import { listHolds } from './routes/list-holds.ts';
import { listJobs } from './routes/list-jobs.ts';
import { listMembers } from './routes/list-members.ts';
import { listUsage } from './routes/list-usage.ts';
import { listVersions } from './routes/list-versions.ts';
import { placeHold } from './routes/place-hold.ts';
import { purgeAsset } from './routes/purge-asset.ts';
import { releaseHold } from './routes/release-hold.ts';
import { removeMember } from './routes/remove-member.ts';
import { setClassRetention } from './routes/set-class-retention.ts';
import { setUserRetention } from './routes/set-user-retention.ts';
import { showRetention } from './routes/show-retention.ts';
import { signParts } from './routes/sign-parts.ts';
import { simulateRetention } from './routes/simulate-retention.ts';
import { startArchive } from './routes/start-archive.ts';
import { startRestore } from './routes/start-restore.ts';
import { undeleteAsset } from './routes/undelete-asset.ts';

/** The work of every operation that the list of routes names. */
export const endpoints: Readonly<Record<Operation, Endpoint>> = {
  getHealth,
  getOpenApi: createGetOpenApi((classes) => openApiDocument(endpoints, classes)),
  listClasses,
  beginUpload,
  signParts,
  completeUpload,
  abortUpload,
  getUpload,
  listAssets,
  getAsset,
  listVersions,
  getContent,
  changeAsset,
  deleteAsset,
  undeleteAsset,
  explainAsset,
  listHolds,
  placeHold,
  purgeAsset,
  releaseHold,
  setClassRetention,
  setUserRetention,
  showRetention,
  simulateRetention,
  archiveAsset,
  startArchive,
  startRestore,
  listJobs,
  getJob,
  confirmJob,
  cancelJob,
  listMembers,
  addMember,
  changeMember,
  removeMember,
  getStats,
  listUsage,
  getMe,
};
