import { metricNames } from '../../core/metric-names.ts';
import type { Operation } from '../../core/routes.ts';
import type { Services } from './services.ts';

/** What tenants do that should not become many times more from one hour to the next. */
const counted: Partial<Record<Operation, 'upload' | 'download' | 'delete'>> = {
  beginUpload: 'upload',
  getContent: 'download',
  deleteAsset: 'delete',
  purgeAsset: 'delete',
};

/** Of which the time is told: each is a metric with a price, so that only those are here that somebody waits for. */
const timed: Partial<Record<Operation, 'begin' | 'complete' | 'query' | 'read'>> = {
  beginUpload: 'begin',
  completeUpload: 'complete',
  listAssets: 'query',
  getAsset: 'read',
};

/** Counts an operation that was answered well, and tells how long it took. */
export const measureOperation = (operation: Operation, tookMs: number, { meter }: Pick<Services, 'meter'>): void => {
  const [what, which] = [counted[operation], timed[operation]];
  if (what !== undefined) meter.count(metricNames.operations, 1, { operation: what });
  if (which !== undefined) meter.milliseconds(metricNames.requestLatency, tookMs, { operation: which });
};
