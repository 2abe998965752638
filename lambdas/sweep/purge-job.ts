import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { MediakeepError } from '../../core/error.ts';
import { factsKey } from '../../core/key-layout.ts';
import { metricNames } from '../../core/metric-names.ts';
import { isoTime } from '../../core/time.ts';
import { durableStep } from '../shared/durable/step.ts';
import { decideOver } from '../shared/retention-facts.ts';
import type { Removed, SweepDeps } from './ports.ts';

/** Removes every version of one deleted asset, unless something that is stronger came up since it was asked for. */
export const purge = async (
  { tenant, assetId }: { readonly tenant: string; readonly assetId: string },
  context: DurableContext,
  deps: SweepDeps,
): Promise<Record<string, unknown>> => {
  const removed = await durableStep(context, 'purge', () => purgeAsset(tenant, assetId, deps));
  return { ...removed };
};

/** The step itself; a repetition after a crash removes what is left. */
export const purgeAsset = async (tenant: string, assetId: string, deps: SweepDeps): Promise<Removed> => {
  const asset = await deps.index.asset(tenant, assetId);
  if (asset === undefined || asset.summary.state === 'gone') return { versions: 0, bytes: 0 };
  if (asset.summary.state !== 'deleted') {
    throw new MediakeepError('unprocessable', `Asset ${assetId} is not deleted; it came back, or never was.`);
  }
  const { decision } = await decideOver(asset, { ...deps, table: deps.retention }, deps.clock.now());
  const { because, keepUntil = 0 } = decision;
  if (because[0] === 'hold' || deps.clock.now() < keepUntil) {
    const until = because[0] === 'hold' ? 'its hold is released' : isoTime(keepUntil);
    throw new MediakeepError('unprocessable', `Asset ${assetId} has to be kept until ${until}.`);
  }
  // First, since an asset that is gone is not looked at again: what was said of it later names people as well.
  await deps.vault.purge(factsKey(tenant, assetId));
  const removed = await deps.vault.purge(asset.detail.key);
  // Also where the catalog knows of no pack: one that is just being written may hold it.
  await deps.unpack(asset);
  deps.meter.count(metricNames.versionsPurged, removed.versions);
  return removed;
};
