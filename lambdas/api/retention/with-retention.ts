import type { Asset } from '../../../core/schemas/asset.ts';
import { isoTime } from '../../../core/time.ts';
import type { Decided } from '../../shared/retention-facts.ts';

/** An asset with the day on which it goes as all rules stand now, and the holds that keep it. */
export const withRetention = ({ dueAt: _byClass, ...asset }: Asset, { decision, holds }: Decided): Asset => {
  const keeping = holds.filter(({ summary }) => summary.state !== 'ended').map(({ summary }) => summary.holdId);
  return {
    ...asset,
    ...(decision.deleteAt !== undefined && { dueAt: isoTime(decision.deleteAt) }),
    ...(keeping.length > 0 && { holds: keeping }),
  };
};
