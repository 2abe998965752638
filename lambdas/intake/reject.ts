import type { LandingPlace } from '../../core/intake/check-landed.ts';
import type { IntakeOutcome } from '../../core/intake/outcome.ts';
import type { Rejection } from '../../core/media/rejection.ts';
import { days, isoTime } from '../../core/time.ts';
import type { IntakePorts } from './ports.ts';

/** How long an uploader can read what became of an upload that is no asset. */
const decisionKeptMs = days(30);

/** When a decision made now vanishes, in seconds since the epoch. */
export const decisionExpiresAt = (now: number): number => Math.floor((now + decisionKeptMs) / 1000);

/** An upload that is refused, and who is to be told. */
export interface Refused {
  readonly rejection: Rejection;
  readonly uploader: string;
}

/** Records why an upload is refused. Its object stays in quarantine until landing's expiry. */
export const reject = async (
  { tenant, assetId }: LandingPlace,
  { rejection, uploader }: Refused,
  { catalog, clock }: Pick<IntakePorts, 'catalog' | 'clock'>,
): Promise<IntakeOutcome> => {
  const now = clock.now();
  const { reason, message } = rejection;
  const rejectedAt = isoTime(now);
  const expiresAt = decisionExpiresAt(now);
  await catalog.recordRejection({ tenant, assetId, uploader, reason, message, rejectedAt, expiresAt });
  return { kind: 'rejected', assetId, reason };
};
