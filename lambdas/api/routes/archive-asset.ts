import { s3StorageClass } from '../../../core/archive/archive-class.ts';
import type { ArchiveInput } from '../../../core/jobs/archive-input.ts';
import { archiveEstimate, tallyOf } from '../../../core/restore/estimate.ts';
import { ArchiveAsset, Job } from '../../../core/schemas/job.ts';
import { AssetPath } from '../../../core/schemas/primitives.ts';
import { expectArchivable } from '../assets/archive.ts';
import { expectStored, findAsset } from '../assets/find.ts';
import { endpoint } from '../endpoint.ts';
import { IdempotencyHeaders } from '../idempotency.ts';
import { beginJob } from '../jobs/begin.ts';
import { toJob } from '../jobs/shape.ts';

/** Sends one asset to the archive. */
export const archiveAsset = endpoint({
  operation: 'archiveAsset',
  summary: 'Archive an asset',
  description:
    'A job marks the current version for the storage class; S3 moves it by the next day or two, holds or not, and makes no new version of it. Until then `archiving` names the class.',
  shapes: { path: AssetPath, body: ArchiveAsset, headers: IdempotencyHeaders },
  answers: { 202: Job },
  errors: ['not-found', 'gone', 'unprocessable', 'idempotency-mismatch'],
  run: async ({ path: { assetId }, body, headers, caller }, services) => {
    const row = await findAsset(assetId, 'archiveAsset', caller, services);
    const storageClass = s3StorageClass[body.storageClass];
    const job = await beginJob(
      {
        operation: 'archiveAsset',
        idempotencyKey: headers['idempotency-key'],
        body: { assetId, ...body },
        job: 'archive',
        plan: async () => {
          expectStored(row);
          expectArchivable(row.summary, storageClass);
          const estimate = archiveEstimate(
            tallyOf([row.summary], () => true),
            storageClass,
            services.prices,
          );
          const input = { scope: { asset: assetId }, storageClass, reason: body.reason, estimate };
          return { state: 'running', input: input as ArchiveInput };
        },
      },
      caller,
      services,
    );
    return { status: 202, body: toJob(job) };
  },
});
