import type { IntakeOutcome } from '../../core/intake/outcome.ts';
import { metricNames } from '../../core/metric-names.ts';
import type { Meter } from '../shared/metrics.ts';
import { type BucketEvent, parseNotification, UnexpectedMessageError } from '../shared/s3-notification.ts';
import { intakeObject, type LandedVersion } from './intake-object.ts';
import type { IntakePorts } from './ports.ts';

/** The bucket whose events are believed. */
export interface LandingAddress {
  readonly bucket: string;
  readonly region: string;
}

/**
 * Takes in everything that one message announces. Several events in one message succeed or fail together, since the
 * message is what comes back; taking in the good ones again changes nothing.
 */
export const intakeMessage = async (
  body: string,
  address: LandingAddress,
  ports: IntakePorts & { readonly meter: Meter },
): Promise<void> => {
  const versions = parseNotification(body).map((event) => landedVersion(event, address));
  const results = await Promise.allSettled(versions.map((version) => intakeAndReport(version, ports)));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
};

/** An event is believed only where it tells of a new version in our landing bucket. */
const landedVersion = (event: BucketEvent, { bucket, region }: LandingAddress): LandedVersion => {
  if (event.bucket !== bucket || event.region !== region) {
    throw new UnexpectedMessageError('The event comes from another bucket or region than landing.');
  }
  if (!/^ObjectCreated:(Put|Post|Copy|CompleteMultipartUpload)$/.test(event.name)) {
    throw new UnexpectedMessageError(`Landing announces new objects only, not ${event.name.slice(0, 60)}.`);
  }
  if (event.versionId === undefined || event.versionId === '' || event.versionId === 'null') {
    throw new UnexpectedMessageError('The event names no version, although landing keeps versions.');
  }
  return { key: event.key, versionId: event.versionId, at: event.at };
};

const intakeAndReport = async (
  version: LandedVersion,
  ports: IntakePorts & { readonly meter: Meter },
): Promise<void> => {
  const outcome = await intakeObject(version, ports);
  ports.log[outcome.kind === 'lost' ? 'error' : 'info'](`upload ${outcome.kind}`, { ...outcome });
  measure(outcome, ports.meter);
  if (version.at !== undefined && isDecision(outcome)) {
    ports.meter.milliseconds(metricNames.intakeLatency, Math.max(0, ports.clock.now() - version.at));
  }
};

const isDecision = ({ kind }: IntakeOutcome): boolean =>
  kind === 'accepted' || kind === 'duplicate' || kind === 'rejected';

const measure = (outcome: IntakeOutcome, meter: Meter): void => {
  if (outcome.kind === 'accepted') {
    meter.count(metricNames.objectsAccepted, 1, { class: outcome.dataClass });
    meter.bytes(metricNames.bytesAccepted, outcome.bytes, { class: outcome.dataClass });
  }
  if (outcome.kind === 'duplicate') meter.count(metricNames.objectsDuplicate, 1, { class: outcome.dataClass });
  if (outcome.kind === 'lost') meter.count(metricNames.objectsLost, 1);
  if (outcome.kind === 'rejected') meter.count(metricNames.objectsRejected, 1, { reason: outcome.reason });
};
