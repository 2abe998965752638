import type { ContentCrc } from '../../core/content-crc.ts';
import { decodeFacts, type Facts } from '../../core/facts.ts';
import { digestMismatch } from '../../core/intake/check-landed.ts';
import type { IntakeOutcome } from '../../core/intake/outcome.ts';
import { stagedKey } from '../../core/key-layout.ts';
import type { Rejection } from '../../core/media/rejection.ts';
import { isoTime } from '../../core/time.ts';
import { mostCopiedAtOnce } from '../shared/copy-in-parts.ts';
import type { PinnedVersion } from '../shared/copy-source.ts';
import { ReportableError } from '../shared/error-fields.ts';
import type { DigestedVersion, IntakePorts, Promotion } from './ports.ts';
import { decisionExpiresAt } from './reject.ts';
import { resolveClaim } from './resolve-claim.ts';

/** An upload whose content has been looked at and found good. */
export interface VerifiedUpload {
  readonly version: PinnedVersion;
  readonly facts: Facts;
  /** The completed facts for the promoted object. */
  readonly header: string;
  /** Where it goes. */
  readonly key: string;
  readonly contentType: string;
  readonly bytes: number;
  /** The SHA-256 that S3 verified at the upload. */
  readonly sha256: string | undefined;
  /** The CRC of the whole that S3 keeps. */
  readonly crc: ContentCrc | undefined;
  /** The SHA-256 that the client says. */
  readonly word: string | undefined;
}

type Promoted = IntakeOutcome | { readonly rejection: Rejection };

/** True for a content that has to be copied in parts, where S3 computes no digest of the whole. */
export const isPastOneCopy = (bytes: number): boolean => bytes > mostCopiedAtOnce;

/**
 * Moves a verified upload into the vault unless its content is there. The digest is known before anything is written there:
 * from the upload itself, or from a copy within landing that S3 hashes on the way. Landing is cleared last.
 */
export const promote = (upload: VerifiedUpload, ports: IntakePorts): Promise<Promoted> =>
  isPastOneCopy(upload.bytes) ? promoteInParts(upload, ports) : promoteWhole(upload, ports);

const promoteWhole = async (upload: VerifiedUpload, ports: IntakePorts): Promise<Promoted> => {
  const source = await digested(upload, ports);
  const staged = source.key === upload.version.key ? [] : [source];
  if (upload.word !== undefined && upload.word !== source.sha256) {
    await clear(staged, ports);
    return { rejection: digestMismatch };
  }
  const winner = await resolveClaim({ ...claimOf(upload), sha256: source.sha256 }, ports);
  if (winner === undefined) await copyOnce(upload, source, ports);
  else await recordDuplicate(upload, winner, ports);
  await clear([...staged, upload.version], ports);
  return winner === undefined ? accepted(upload) : duplicate(upload, winner);
};

/** Past one copy the SHA-256 stays the client's word, so such content is neither compared with it nor kept only once. */
const promoteInParts = async (upload: VerifiedUpload, ports: IntakePorts): Promise<Promoted> => {
  const { assetId } = upload.facts;
  const crc =
    upload.crc ?? fail(`S3 keeps no checksum of the whole for asset ${assetId}, so it cannot be copied in parts.`);
  const isThere = (await ports.vault.head(upload.key)) !== undefined;
  const result = isThere ? 'occupied' : await ports.vault.copyInParts({ ...promotionOf(upload, upload.version), crc });
  if (result === 'occupied') await checkOwnCopy(upload, undefined, ports);
  await clear([upload.version], ports);
  return accepted(upload);
};

const fail = (message: string): never => {
  throw new ReportableError(message);
};

const digested = async (upload: VerifiedUpload, { landing }: IntakePorts): Promise<DigestedVersion> => {
  const { tenant, assetId } = upload.facts;
  if (upload.sha256 !== undefined) return { ...upload.version, sha256: upload.sha256 };
  return landing.stage(upload.version, stagedKey(tenant, assetId));
};

const claimOf = ({ facts, bytes, key }: VerifiedUpload) => {
  const { tenant, assetId, dataClass, subject, case: ofCase } = facts;
  return { tenant, assetId, dataClass, subject, case: ofCase, bytes, key };
};

const promotionOf = (upload: VerifiedUpload, source: PinnedVersion): Promotion => ({
  source: { key: source.key, versionId: source.versionId },
  key: upload.key,
  bytes: upload.bytes,
  contentType: upload.contentType,
  facts: upload.header,
});

const copyOnce = async (upload: VerifiedUpload, source: DigestedVersion, ports: IntakePorts): Promise<void> => {
  const result = await ports.vault.copy(promotionOf(upload, source));
  if (result === 'occupied') return checkOwnCopy(upload, source.sha256, ports);
  if (result.sha256 === source.sha256) return;
  throw new ReportableError(
    `The copy of asset ${upload.facts.assetId} in the vault has another SHA-256 than its source.`,
  );
};

/**
 * The key has an object: of this asset, since its id is in the key. It is the copy of an earlier delivery whose answer was
 * lost, or of another version that was posted under the same key; the first one stands, whichever it was.
 */
const checkOwnCopy = async (upload: VerifiedUpload, sha256: string | undefined, ports: IntakePorts): Promise<void> => {
  const { assetId } = upload.facts;
  const kept = await ports.vault.head(upload.key);
  if (kept === undefined) throw new ReportableError(`The copy of asset ${assetId} was there and is gone; look again.`);
  const same = kept.bytes === upload.bytes && (sha256 === undefined || kept.sha256 === sha256);
  if (decodeFacts(kept.facts)?.assetId !== assetId) {
    throw new ReportableError(`The vault key of asset ${assetId} holds an object of another asset.`);
  }
  if (!same) ports.log.warn('a second content under one key is dropped', { assetId });
};

const recordDuplicate = async ({ facts }: VerifiedUpload, duplicateOf: string, ports: IntakePorts): Promise<void> => {
  const { tenant, assetId, uploader } = facts;
  const now = ports.clock.now();
  const expiresAt = decisionExpiresAt(now);
  await ports.catalog.recordDuplicate({ tenant, assetId, uploader, duplicateOf, resolvedAt: isoTime(now), expiresAt });
};

const clear = async (versions: readonly PinnedVersion[], { landing }: IntakePorts): Promise<void> => {
  await Promise.all(versions.map(({ key, versionId }) => landing.remove({ key, versionId })));
};

const accepted = ({ facts, bytes }: VerifiedUpload): IntakeOutcome => ({
  kind: 'accepted',
  assetId: facts.assetId,
  dataClass: facts.dataClass,
  bytes,
});

const duplicate = ({ facts }: VerifiedUpload, duplicateOf: string): IntakeOutcome => ({
  kind: 'duplicate',
  assetId: facts.assetId,
  duplicateOf,
  dataClass: facts.dataClass,
});
