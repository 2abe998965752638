import type { HashRow } from '../../core/catalog/asset-row.ts';
import { decideClaim } from '../../core/intake/claim.ts';
import { ReportableError } from '../shared/error-fields.ts';
import type { ContentClaim, IntakePorts } from './ports.ts';

/** Takeovers that are tried against others who try the same. */
const maxRounds = 3;

/** Another upload of the same content is on its way into the vault; this one is tried again when that is decided. */
export class ClaimPendingError extends ReportableError {
  override readonly name = 'ClaimPendingError';
}

/**
 * Claims a content within its class, for its subject and in its case. Answers the asset that has it, or nothing: then it is ours to
 * promote. Throws {@link ClaimPendingError} while another claimer may still be at work.
 */
export const resolveClaim = async (content: ContentClaim, ports: IntakePorts): Promise<string | undefined> => {
  for (let round = 0; round < maxRounds; round += 1) {
    const claim = await ports.catalog.claim(content);
    if (claim === undefined) return undefined;
    const decision = decideClaim(claim, await holdsContent(claim, content, ports), ports.clock.now());
    if (decision === 'duplicate') return claim.assetId;
    if (decision === 'wait') break;
    if (await ports.catalog.takeOver(content, claim)) return undefined;
  }
  throw new ClaimPendingError(`Another upload of the content of asset ${content.assetId} is on its way.`);
};

const holdsContent = async (claim: HashRow, content: ContentClaim, { vault }: IntakePorts): Promise<boolean> => {
  const kept = await vault.head(claim.key);
  return kept?.bytes === content.bytes && (kept.sha256 === undefined || kept.sha256 === content.sha256);
};
