import { ulid } from 'ulid';
import { MediakeepError } from '../../../core/error.ts';
import { AssetPath } from '../../../core/schemas/primitives.ts';
import { PurgeAsset, PurgeStarted } from '../../../core/schemas/retention.ts';
import { isoTime } from '../../../core/time.ts';
import { findAsset } from '../assets/find.ts';
import { endpoint } from '../endpoint.ts';
import { expectDeletable } from '../retention/decided.ts';

/** Removes every version of a deleted asset for good. */
export const purgeAsset = endpoint({
  operation: 'purgeAsset',
  summary: 'Purge a deleted asset',
  description:
    'Removes every version: nothing brings it back. The asset has to be deleted; before the time of undeletion is over it needs a `reason`. Refused by holds, floors and locks. Safe to repeat.',
  shapes: { path: AssetPath, body: PurgeAsset },
  answers: { 202: PurgeStarted },
  errors: ['not-found', 'gone', 'unprocessable', 'conflict'],
  run: async ({ path: { assetId }, body: { reason }, caller }, services) => {
    const row = await findAsset(assetId, 'purgeAsset', caller, services);
    const marker = row.versions[0];
    if (row.summary.state !== 'deleted' || marker === undefined) {
      throw new MediakeepError('unprocessable', 'Only a deleted asset can be purged; delete it first.');
    }
    const undeletableAt = Date.parse(marker.at) + services.undeleteWindowMs;
    if (reason === undefined && services.clock.now() < undeletableAt) {
      throw new MediakeepError(
        'unprocessable',
        `Until ${isoTime(undeletableAt)} it can be undeleted; give a \`reason\` to purge it earlier.`,
        { fields: [{ pointer: '/reason', message: 'must say why' }] },
      );
    }
    await expectDeletable(row, services);
    const jobId = `purge-${ulid(services.clock.now(), services.random)}`;
    const input = { part: 'purge', assetId, ...(reason !== undefined && { reason }) };
    await services.jobs.start({ tenant: caller.tenant, jobId, job: 'sweep', input, createdBy: caller.principal });
    return { status: 202, body: { assetId, jobId } };
  },
});
