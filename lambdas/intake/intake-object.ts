import { checkLanded, type LandedObject, type LandingPlace } from '../../core/intake/check-landed.ts';
import { completeFacts, landingTime } from '../../core/intake/complete-facts.ts';
import { mayBeOnItsWay } from '../../core/intake/gone.ts';
import type { IntakeOutcome } from '../../core/intake/outcome.ts';
import { parseLandingKey, vaultKey } from '../../core/key-layout.ts';
import { inspectMedia, plainContentType } from '../../core/media/inspect.ts';
import type { Rejection } from '../../core/media/rejection.ts';
import { utcDay } from '../../core/time.ts';
import type { PinnedVersion } from '../shared/copy-source.ts';
import { UnexpectedMessageError } from '../shared/s3-notification.ts';
import { type IntakePorts, SourceGoneError } from './ports.ts';
import { isPastOneCopy, promote } from './promote.ts';
import { type Refused, reject } from './reject.ts';

/** One landed version as its event named it. */
export interface LandedVersion extends PinnedVersion {
  /** The event's time in milliseconds. */
  readonly at: number | undefined;
}

/**
 * Decides about one landed version: refuses it with a reason, resolves it to the asset that has its content, or promotes
 * exactly this version into the vault. It may be repeated, in parallel too, after a crash at any point: what was decided
 * stands in the catalog, a copy is found again in the vault, and the version is removed from landing last.
 */
export const intakeObject = async (version: LandedVersion, ports: IntakePorts): Promise<IntakeOutcome> => {
  const place = parseLandingKey(version.key);
  if (place === undefined) throw new UnexpectedMessageError('The event names a key that no upload of ours has.');
  try {
    return await decide(version, place, ports);
  } catch (error) {
    // It was there a moment ago. Where no row is to be awaited any more, the next delivery finds out who took it.
    if (error instanceof SourceGoneError && mayBeOnItsWay(version.at, ports.clock.now())) return vanished(place);
    throw error;
  }
};

const decide = async (version: LandedVersion, place: LandingPlace, ports: IntakePorts): Promise<IntakeOutcome> => {
  const [object, known] = await Promise.all([
    ports.landing.head(version),
    ports.catalog.recall(place.tenant, place.assetId),
  ]);
  if (known.decision === 'kept' && object !== undefined) await ports.landing.remove(version);
  if (known.decision !== undefined) return { kind: 'decided', assetId: place.assetId };
  if (object === undefined) return mayBeOnItsWay(version.at, ports.clock.now()) ? vanished(place) : lost(place);
  const verified = await verify({ version, place, object, toldAtEnd: known.word }, ports);
  if ('rejection' in verified) return reject(place, verified, ports);
  const outcome = await promote(verified, ports);
  return 'rejection' in outcome ? reject(place, { ...outcome, uploader: verified.facts.uploader }, ports) : outcome;
};

const vanished = ({ assetId }: LandingPlace): IntakeOutcome => ({ kind: 'vanished', assetId });
const lost = ({ tenant, assetId }: LandingPlace): IntakeOutcome => ({ kind: 'lost', tenant, assetId });

interface Arrival {
  readonly version: LandedVersion;
  readonly place: LandingPlace;
  readonly object: LandedObject;
  /** The SHA-256 that the client told when it completed a multipart upload. */
  readonly toldAtEnd: string | undefined;
}

const verify = async ({ version, place, object, toldAtEnd }: Arrival, ports: IntakePorts) => {
  const checked = checkLanded(place, object, ports.findClass);
  if ('rejection' in checked) return checked;
  const { facts, dataClass } = checked;
  const refused = (rejection: Rejection): Refused => ({ rejection, uploader: facts.uploader });
  const read = (offset: number, length: number) => ports.landing.read(version, offset, length);
  const inspected = await inspectMedia({ size: object.bytes, read }, dataClass, facts.contentType);
  if ('rejection' in inspected) return refused(inspected.rejection);
  const { media } = inspected;
  const word = toldAtEnd ?? facts.sha256;
  const keptWord = isPastOneCopy(object.bytes) ? word : undefined;
  const landedAt = landingTime(version.at, object.at);
  const completed = completeFacts(facts, { media, landedAt, word: keptWord });
  if ('rejection' in completed) return refused(completed.rejection);
  const { tenant, assetId } = place;
  const date = utcDay(Date.parse(facts.createdAt));
  const key = vaultKey(dataClass, { ...facts, tenant, assetId, date });
  const contentType = plainContentType(facts.contentType);
  return {
    version,
    facts,
    word,
    header: completed.header,
    key,
    contentType,
    bytes: object.bytes,
    sha256: object.sha256,
    crc: object.crc,
  };
};
