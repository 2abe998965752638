import { metricNames } from '../../core/metric-names.ts';
import { errorFields } from '../shared/error-fields.ts';
import type { Log } from '../shared/logger.ts';
import type { Meter } from '../shared/metrics.ts';

/** What became of one batch. */
export interface Projected {
  readonly shardId: string;
  readonly records: number;
  readonly counters: number;
  readonly journalled: number;
  /** How old the newest record was when it was counted. */
  readonly lagMs: number;
}

/** What becomes known while a batch is worked off. */
export interface Report {
  /** A record that nobody can understand: what it says is missing until the next recount. */
  refused(sequence: string, error: unknown): void;
  /** A row's journal object could not be written; its record comes again. */
  journalFailed(sequence: string, error: unknown): void;
  /** The jobs that wait for a restored object could not be told; its record comes again. */
  wakeFailed(sequence: string, error: unknown): void;
  /** They could not be told for so long that the shard goes on without. */
  wakeGivenUp(sequence: string): void;
  /** What came under a hold could not be held at once; its record comes again, and the hourly upkeep looks too. */
  holdFailed(sequence: string, error: unknown): void;
  projected(batch: Projected): void;
}

/** Tells logs and metrics what a batch did; sequence numbers, codes and counts only. */
export const reportTo = (log: Log, meter: Meter): Report => ({
  refused(sequence, error) {
    log.error('record refused', { sequence, ...errorFields(error) });
    meter.count(metricNames.recordsRefused, 1);
  },
  journalFailed(sequence, error) {
    log.error('journal failed', { sequence, ...errorFields(error) });
    meter.count(metricNames.journalFailures, 1);
  },
  wakeFailed(sequence, error) {
    log.error('wake failed', { sequence, ...errorFields(error) });
  },
  wakeGivenUp(sequence) {
    log.error('wake given up', { sequence });
    meter.count(metricNames.wakesGivenUp, 1);
  },
  holdFailed(sequence, error) {
    log.error('hold failed', { sequence, ...errorFields(error) });
  },
  projected({ lagMs, ...batch }) {
    log.info('projected', { ...batch });
    meter.milliseconds(metricNames.projectionLag, lagMs);
    if (batch.journalled > 0) meter.count(metricNames.rowsJournalled, batch.journalled);
  },
});
