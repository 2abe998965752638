import { metricNames } from '../../core/metric-names.ts';
import type { Outcome } from '../../core/observe/observe.ts';
import { errorFields } from '../shared/error-fields.ts';
import type { Log } from '../shared/logger.ts';
import type { Meter } from '../shared/metrics.ts';

/** What becomes known while a batch is worked off. */
export interface Report {
  observed(outcome: Outcome): void;
  /** A message comes again, and in the end to the dead letters. */
  failed(messageId: string, error: unknown): void;
  /** The whole batch was gone through; the oldest message had waited so long. */
  finished(batch: { readonly failed: number; readonly oldestMs: number }): void;
}

/** Tells logs and metrics what a batch did; ids, codes and counts only. */
export const reportTo = (log: Log, meter: Meter): Report => ({
  observed(outcome) {
    const { tenant, revision, summary } = outcome.row;
    const { change, notices } = outcome;
    const { assetId, state } = summary;
    log.info('observed', { tenant, assetId, change, state, revision });
    if (notices.length > 0) log.warn('observed with notices', { tenant, assetId, notices });
    if (notices.includes('facts-object-refused')) meter.count(metricNames.factsRefused, 1);
    if (becameVisible(outcome)) countStored(meter, outcome);
  },
  failed(messageId, error) {
    log.error('message failed', { messageId, ...errorFields(error) });
  },
  finished({ failed, oldestMs }) {
    if (failed > 0) meter.count(metricNames.messagesFailed, failed);
    meter.milliseconds(metricNames.queueAge, oldestMs);
  },
});

/** An undeleted asset was stored before: only content that nobody had counts. */
const becameVisible = ({ change, row, previous }: Outcome): boolean =>
  change !== 'duplicate' &&
  row.summary.state === 'stored' &&
  (previous === undefined || previous.summary.state === 'gone');

const countStored = (meter: Meter, { row }: Outcome): void => {
  const { summary, detail } = row;
  const dimensions = { class: summary.dataClass };
  meter.count(metricNames.objectsStored, 1, dimensions);
  meter.bytes(metricNames.bytesStored, summary.bytes, dimensions);
  const latencyMs = Date.parse(detail.cataloguedAt) - Date.parse(detail.landedAt ?? '');
  if (Number.isNaN(latencyMs)) return;
  meter.milliseconds(metricNames.ingestLatency, Math.max(0, latencyMs));
};
