import { isArchivable } from '../../../core/archive/archivable.ts';
import { s3StorageClass } from '../../../core/archive/archive-class.ts';
import { archiveEstimate, tallyOf } from '../../../core/restore/estimate.ts';
import { Job, StartArchive } from '../../../core/schemas/job.ts';
import { endpoint } from '../endpoint.ts';
import { IdempotencyHeaders } from '../idempotency.ts';
import { beginJob, stateFor } from '../jobs/begin.ts';
import { assetsOfScope } from '../jobs/count-scope.ts';
import { toJob } from '../jobs/shape.ts';

/** Sends everything of a case, a data subject or a class to the archive. */
export const startArchive = endpoint({
  operation: 'startArchive',
  summary: 'Archive a case, a subject or a class',
  description:
    'Answers what it would do and cost. The job waits to be confirmed, unless `budget` covers the cost. Small objects, and what is packed or as cold already, stay as they are.',
  shapes: { body: StartArchive, headers: IdempotencyHeaders },
  answers: { 202: Job },
  errors: ['not-found', 'gone', 'unprocessable', 'too-large', 'idempotency-mismatch'],
  run: async ({ body, headers, caller }, services) => {
    const { reason, storageClass: target, budget, ...scope } = body;
    const storageClass = s3StorageClass[target];
    const row = await beginJob(
      {
        operation: 'startArchive',
        idempotencyKey: headers['idempotency-key'],
        body,
        job: 'archive',
        plan: async () => {
          const assets = await assetsOfScope(scope, caller, services);
          const tally = tallyOf(assets, (summary) => isArchivable(summary, storageClass));
          const estimate = archiveEstimate(tally, storageClass, services.prices);
          return { state: stateFor(estimate.cost.total, budget), input: { scope, storageClass, reason, estimate } };
        },
      },
      caller,
      services,
    );
    return { status: 202, body: toJob(row) };
  },
});
