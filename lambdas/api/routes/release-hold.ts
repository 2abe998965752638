import { MediakeepError } from '../../../core/error.ts';
import { releasedHold } from '../../../core/retention/hold-row.ts';
import { Hold, HoldPath, ReleaseHold } from '../../../core/schemas/hold.ts';
import { isoTime } from '../../../core/time.ts';
import { endpoint } from '../endpoint.ts';
import { toHold } from '../retention/hold-shape.ts';

/** Releases a legal hold; seven days of grace follow. */
export const releaseHold = endpoint({
  operation: 'releaseHold',
  summary: 'Release a legal hold',
  description:
    'Whoever placed it, or an administrator. For seven days nothing overdue goes; then S3 lets go of every version that no other hold covers. Safe to repeat.',
  shapes: { path: HoldPath, body: ReleaseHold },
  answers: { 200: Hold },
  errors: ['not-found', 'conflict'],
  run: async ({ path: { holdId }, body: { reason }, caller }, { holds, permits, clock }) => {
    const row = await holds.get(caller.tenant, holdId);
    if (row === undefined) throw new MediakeepError('not-found', 'There is no such hold in this tenant.');
    if (!permits(caller, 'releaseHold', { type: 'Hold', tenant: row.tenant, uploader: row.summary.placedBy })) {
      throw new MediakeepError('forbidden', 'Somebody else placed this hold; they or an administrator can release it.');
    }
    if (row.summary.state !== 'in-force') return { status: 200, body: toHold(row.summary) };
    const by = { releasedAt: isoTime(clock.now()), releasedBy: caller.principal, releaseReason: reason };
    const released = releasedHold(row, by);
    if (await holds.replace(row, released)) return { status: 200, body: toHold(released.summary) };
    throw new MediakeepError('conflict', 'Somebody else changed the hold at the same time; look again.');
  },
});
